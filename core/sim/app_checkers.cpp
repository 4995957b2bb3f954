// The rules about what watchers are told of members' apps.
#include <algorithm>

#include "core/sim/checkers.hpp"

namespace swim::sim {

namespace {

using wire::AppStates;

bool is_about_app(const MemberEvent& event) {
  return event.type == EventType::app_lost || event.type == EventType::app_back ||
         event.reason == EventReason::app_attached || event.reason == EventReason::app_detached;
}

// none: not attached and not lost; otherwise whether it is lost.
std::optional<bool> state_of(const AppStates& apps, const std::string& name) {
  const auto found = std::ranges::find(apps, name, &wire::AppState::name);
  return found == apps.end() ? std::nullopt : std::optional(found->lost);
}

AppStates others(AppStates apps, const std::string& name) {
  std::erase_if(apps, [&](const wire::AppState& app) { return app.name == name; });
  return apps;
}

bool is_app_step(const MemberEvent& event, const AppStates& before) {
  const auto was = state_of(before, event.app);
  const auto is = state_of(event.member->apps, event.app);
  if (others(before, event.app) != others(event.member->apps, event.app)) {
    return false;
  }
  if (event.type == EventType::app_lost) {
    return was == std::optional(false) && is == std::optional(true);
  }
  if (event.type == EventType::app_back) {
    return was == std::optional(true) && is == std::optional(false);
  }
  return event.reason == EventReason::app_attached ? !was && is == std::optional(false)
                                                   : was && !is;
}

}  // namespace

void AppStory::on_event(RunId observer, const MemberEvent& event, Violations& out) {
  const MemberInfo& member = *event.member;
  const auto wrong = [&](const char* what) {
    out.push_back({"app story", std::string(to_string(event.type)) + "(" +
                                    std::string(to_string(event.reason)) + ") " + event.app +
                                    " of " + describe(member) + ": " + what});
  };
  auto& members = known_[packed(observer)];
  if (event.type == EventType::expired) {
    members.erase(member.name);
    return;
  }
  Known& known = members[member.name];
  const bool comes = event.type == EventType::joined || event.type == EventType::replaced;
  if (is_about_app(event) ? !is_app_step(event, known.apps) : !event.app.empty()) {
    wrong("not one app's step from what was told before");
  } else if (!is_about_app(event) && !comes && member.apps != known.apps) {
    wrong("the apps changed with it");
  }
  if (known.boot != member.incarnation.boot) {
    known.losses.clear();
  }
  known.boot = member.incarnation.boot;
  known.apps = member.apps;
  if (event.type != EventType::app_lost) {
    return;
  }
  const std::pair app(member.incarnation.boot, event.app);
  const std::uint64_t told = ++known.losses[event.app];
  if (member.local) {
    ++own_losses_[app];
  } else if (const auto own = own_losses_.find(app);
             own == own_losses_.end() || told > own->second) {
    wrong("the member itself knows of no such loss");
  }
}

}  // namespace swim::sim
