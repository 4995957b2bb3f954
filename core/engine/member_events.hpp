// Which event a watcher must see next, from what it was last shown to what is known now (DESIGN
// §4.1). Pure.
#pragma once

#include <optional>

#include "core/engine/app_changes.hpp"
#include "core/engine/event.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

struct NextEvent {
  EventType type{};
  EventReason reason{};
  MemberStatus status{};
  bool keep_run{};  // the event is about the run shown, not about the one that is known now
  std::optional<AppChange> app{};  // of one app; no other event of the same run shows any
};

// Called again after each event has been applied to what is shown, until it has nothing to say.
std::optional<NextEvent> next_event(const Record& record, Evidence evidence);

}  // namespace swim::engine
