// The rule about apps bites: it is shown a history that breaks it, and the same unbroken.
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "core/sim/checkers.hpp"

namespace swim::sim {
namespace {

constexpr RunId observer{NodeId{1}, 1};
constexpr RunId itself{NodeId{2}, 1};

const wire::AppStates attached{{"web", false, 0}};
const wire::AppStates lost{{"web", true, 1}};

MemberEvent event(EventType type, EventReason reason, const wire::AppStates& apps,
                  const std::string& app, bool local = false) {
  MemberInfo member;
  member.name = "m";
  member.incarnation = {100, 7, 0};
  member.apps = apps;
  member.local = local;
  MemberEvent result;
  result.type = type;
  result.reason = reason;
  result.member = std::make_shared<const MemberInfo>(member);
  result.app = app;
  return result;
}

MemberEvent joined(const wire::AppStates& apps, bool local = false) {
  return event(EventType::joined, EventReason::first_seen, apps, "", local);
}
MemberEvent loses(const wire::AppStates& after, bool local = false) {
  return event(EventType::app_lost, EventReason::app_broken, after, "web", local);
}

class AppStoryTest : public testing::Test {
 protected:
  // The member itself is told first.
  AppStoryTest() {
    for (const MemberEvent& told : {joined(attached, true), loses(lost, true)}) {
      rule.on_event(itself, told, violations);
    }
  }
  bool holds(const std::vector<MemberEvent>& events) {
    for (const MemberEvent& told : events) {
      rule.on_event(observer, told, violations);
    }
    return violations.empty();
  }

  AppStory rule;
  Violations violations;
};

TEST_F(AppStoryTest, a_story_of_one_app_holds) {
  EXPECT_TRUE(
      holds({joined({}), event(EventType::updated, EventReason::app_attached, attached, "web"),
             loses(lost), event(EventType::app_back, EventReason::app_attached, attached, "web"),
             event(EventType::updated, EventReason::labels, attached, ""),
             event(EventType::updated, EventReason::app_detached, {}, "web")}));
}

TEST_F(AppStoryTest, a_loss_that_the_member_knows_nothing_of_breaks_it) {
  EXPECT_FALSE(
      holds({joined({{"db", false, 0}}),
             event(EventType::app_lost, EventReason::app_broken, {{"db", true, 1}}, "db")}));
}

TEST_F(AppStoryTest, a_loss_told_twice_breaks_it) {
  EXPECT_FALSE(
      holds({joined(attached), loses(lost),
             event(EventType::app_back, EventReason::app_attached, attached, "web"), loses(lost)}));
}

TEST_F(AppStoryTest, a_loss_of_an_app_that_is_not_attached_breaks_it) {
  EXPECT_FALSE(holds({joined({}), loses(lost)}));
}

TEST_F(AppStoryTest, an_app_that_changes_with_another_event_breaks_it) {
  EXPECT_FALSE(holds({joined(attached), event(EventType::updated, EventReason::labels, lost, "")}));
}

TEST_F(AppStoryTest, two_apps_that_change_with_one_event_break_it) {
  EXPECT_FALSE(holds({joined({}), event(EventType::updated, EventReason::app_attached,
                                        {{"db", false, 0}, {"web", false, 0}}, "web")}));
}

TEST_F(AppStoryTest, an_event_that_leaves_its_app_as_it_was_breaks_it) {
  EXPECT_FALSE(
      holds({joined(lost), event(EventType::app_back, EventReason::app_attached, lost, "web")}));
}

TEST(AppsConvergenceTest, an_app_that_is_shown_in_another_state_than_its_members_own_breaks_it) {
  const auto party = [](const std::string& name, const wire::AppStates& apps) {
    Party one;
    one.name = name;
    MemberInfo member;
    member.name = "m";
    member.apps = apps;
    one.view.local = std::make_shared<const MemberInfo>(member);
    one.view.members = {one.view.local};
    return one;
  };
  Violations violations;
  const Party own = party("m", attached);
  check_converged(std::vector{own}, violations, 1);
  EXPECT_TRUE(violations.empty());
  Party wrong = own;
  wrong.view.members = party("m", lost).view.members;
  check_converged(std::vector{wrong}, violations, 1);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace swim::sim
