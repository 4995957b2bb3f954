#include "core/engine/app_changes.hpp"

#include <algorithm>
#include <utility>

namespace swim {

namespace {

using wire::AppState;
using wire::AppStates;

const AppState* find(const AppStates& apps, const std::string& name) {
  const auto found = std::ranges::lower_bound(apps, name, {}, &AppState::name);
  return found != apps.end() && found->name == name ? &*found : nullptr;
}

AppStates with(AppStates apps, AppState next) {
  const auto place = std::ranges::lower_bound(apps, next.name, {}, &AppState::name);
  if (place != apps.end() && place->name == next.name) {
    *place = std::move(next);
  } else {
    apps.insert(place, std::move(next));
  }
  return apps;
}

AppStates without(AppStates apps, const std::string& name) {
  std::erase_if(apps, [&](const AppState& app) { return app.name == name; });
  return apps;
}

// Of an app that is in both lists.
std::optional<AppChange> next_step(const AppStates& all, const AppState& shown,
                                   const AppState& known) {
  using Step = AppChange::Step;
  const bool lost_since = known.loss > shown.loss;
  if (shown.lost && (!known.lost || lost_since)) {
    return AppChange{Step::back, shown.name, with(all, {shown.name, false, shown.loss})};
  }
  if (!shown.lost && (known.lost || lost_since)) {
    return AppChange{Step::lost, shown.name, with(all, {shown.name, true, known.loss})};
  }
  return std::nullopt;
}

}  // namespace

std::optional<AppChange> next_app_change(const AppStates& shown, const AppStates& known) {
  for (const AppState& app : shown) {
    const AppState* const now = find(known, app.name);
    if (now == nullptr) {
      return AppChange{AppChange::Step::detached, app.name, without(shown, app.name)};
    }
    if (auto change = next_step(shown, app, *now)) {
      return change;
    }
  }
  for (const AppState& app : known) {
    if (find(shown, app.name) == nullptr) {
      return AppChange{AppChange::Step::attached, app.name, with(shown, {app.name, false, 0})};
    }
  }
  return std::nullopt;
}

}  // namespace swim
