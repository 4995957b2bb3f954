// What to tell a watcher of a member's apps, from what was shown to what is known now, one app and
// one step at a time. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/wire/apps.hpp"

namespace swim {

struct AppChange {
  // An app comes as attached, goes by a goodbye, and is lost only while attached and back only
  // while lost: a loss and a return that nobody here heard of are told in their turn.
  enum class Step : std::uint8_t { attached, detached, lost, back };

  Step step{};
  std::string name;
  wire::AppStates after;  // all apps, with this one as it is after the step
};

// nullopt: what is shown says what is known. Ends after a few steps an app whatever the lists say.
std::optional<AppChange> next_app_change(const wire::AppStates& shown,
                                         const wire::AppStates& known);

}  // namespace swim
