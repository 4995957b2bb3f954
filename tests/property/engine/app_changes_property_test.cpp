// Laws of what watchers are told of apps, whatever two descriptors say.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/app_changes.hpp"
#include "tests/generators/app_generators.hpp"

namespace swim {
namespace {

using Step = AppChange::Step;

constexpr std::size_t steps_an_app = 4;

// none: not there; otherwise whether it is lost.
std::optional<bool> state_of(const wire::AppStates& apps, const std::string& name) {
  const auto found = std::ranges::find(apps, name, &wire::AppState::name);
  return found == apps.end() ? std::nullopt : std::optional(found->lost);
}

bool looks_alike(const wire::AppStates& a, const wire::AppStates& b) {
  return std::ranges::equal(a, b, [](const wire::AppState& one, const wire::AppState& other) {
    return one.name == other.name && one.lost == other.lost;
  });
}

std::vector<AppChange> changes(wire::AppStates shown, const wire::AppStates& known) {
  std::vector<AppChange> all;
  while (auto change = next_app_change(shown, known)) {
    shown = change->after;
    all.push_back(std::move(*change));
    RC_ASSERT(all.size() <= steps_an_app * (shown.size() + known.size() + 5));
  }
  return all;
}

RC_GTEST_PROP(AppChanges, lead_to_what_is_known_and_then_end, ()) {
  const auto shown = *test::gen_apps();
  const auto known = *test::gen_apps();
  const auto all = changes(shown, known);
  RC_ASSERT(looks_alike(all.empty() ? shown : all.back().after, known));
}

RC_GTEST_PROP(AppChanges, are_none_where_nothing_changed, ()) {
  const auto apps = *test::gen_apps();
  RC_ASSERT(!next_app_change(apps, apps));
}

RC_GTEST_PROP(AppChanges, change_one_app_as_they_say_and_can_be_encoded, ()) {
  auto before = *test::gen_apps();
  for (const AppChange& change : changes(before, *test::gen_apps())) {
    const auto was = state_of(before, change.name);
    const auto is = state_of(change.after, change.name);
    switch (change.step) {
      case Step::attached:
        RC_ASSERT(!was && is == std::optional(false));
        break;
      case Step::detached:
        RC_ASSERT(was && !is);
        break;
      case Step::lost:
        RC_ASSERT(was == std::optional(false) && is == std::optional(true));
        break;
      case Step::back:
        RC_ASSERT(was == std::optional(true) && is == std::optional(false));
        break;
    }
    auto rest = change.after;
    for (wire::AppStates* apps : {&rest, &before}) {
      std::erase_if(*apps, [&](const wire::AppState& app) { return app.name == change.name; });
    }
    RC_ASSERT(rest == before);
    RC_ASSERT(wire::encode_apps(change.after).has_value());
    before = change.after;
  }
}

// What one daemon goes through, and a watcher that sees only some of the descriptors.
struct Daemon {
  wire::AppStates apps;
  std::uint32_t losses{};
  std::map<std::string, std::size_t> lost;  // how often, by name

  void act(const std::string& name, int what) {
    const auto found = std::ranges::find(apps, name, &wire::AppState::name);
    if (found == apps.end()) {
      apps.push_back({name, false, 0});
      std::ranges::sort(apps, {}, &wire::AppState::name);
    } else if (what == 0) {
      apps.erase(found);
    } else if (found->lost) {
      found->lost = false;
    } else {
      found->lost = true;
      found->loss = ++losses;
      ++lost[name];
    }
  }
};

RC_GTEST_PROP(AppChanges, tell_each_app_that_was_lost_since_and_no_other, ()) {
  Daemon daemon;
  wire::AppStates shown;
  std::map<std::string, std::size_t> told;
  std::map<std::string, std::size_t> lost_then;
  for (int round = *rc::gen::inRange(1, 8); round > 0; --round) {
    std::map<std::string, bool> said_goodbye;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
      const std::string name(1, static_cast<char>('a' + *rc::gen::inRange(0, 3)));
      const int what = *rc::gen::inRange(0, 3);
      daemon.act(name, what);
      said_goodbye[name] = said_goodbye[name] || !state_of(daemon.apps, name);
    }
    auto told_now = told;
    for (const AppChange& change : changes(shown, daemon.apps)) {
      told_now[change.name] += change.step == Step::lost ? 1 : 0;
      shown = change.after;
    }
    for (const std::string name : {"a", "b", "c"}) {
      const std::size_t lost = daemon.lost[name] - lost_then[name];
      const std::size_t heard = told_now[name] - told[name];
      RC_ASSERT(heard <= lost);  // never one that was not
      RC_ASSERT(heard > 0 || lost == 0 || said_goodbye[name]);
    }
    told = told_now;
    lost_then = daemon.lost;
  }
}

}  // namespace
}  // namespace swim
