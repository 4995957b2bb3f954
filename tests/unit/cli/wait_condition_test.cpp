#include "cli/format/wait_condition.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/support.hpp"

namespace swim::cli {
namespace {

MemberMap two_alive_one_failed() {
  MemberMap members;
  members["a"] = member("a", v1::MEMBER_STATUS_ALIVE);
  members["b=c"] = member("b=c", v1::MEMBER_STATUS_ALIVE);
  members["d"] = member("d", v1::MEMBER_STATUS_FAILED);
  return members;
}

bool count(const char* text) {
  const auto condition = CountCondition::parse(text);
  EXPECT_TRUE(condition) << text;
  return condition && condition->holds(two_alive_one_failed());
}

bool one(const char* text) {
  const auto condition = MemberCondition::parse(text);
  EXPECT_TRUE(condition) << text;
  return condition && condition->holds(two_alive_one_failed());
}

TEST(CliWait, CountsMembersThatAreAlive) {
  for (const char* text : {">=2", ">= 2", ">1", "=2", "==2", "2", "<=2", "<3", "!=3"}) {
    EXPECT_TRUE(count(text)) << text;
  }
  for (const char* text : {">=3", ">2", "=3", "3", "<=1", "<2", "!=2"}) {
    EXPECT_FALSE(count(text)) << text;
  }
  for (const char* text : {"", ">", "x", ">=x", "=>3", "3 ", "-1", ">=-1"}) {
    EXPECT_FALSE(CountCondition::parse(text)) << text;
  }
}

TEST(CliWait, LooksAtOneMember) {
  EXPECT_TRUE(one("a=alive"));
  EXPECT_FALSE(one("a=failed"));
  EXPECT_TRUE(one("d=FAILED"));
  EXPECT_TRUE(one("b=c=alive"));
  EXPECT_TRUE(one("d=listed"));
  EXPECT_FALSE(one("x=listed"));
  EXPECT_TRUE(one("x=absent"));
  EXPECT_FALSE(one("x=alive"));
  for (const char* text : {"a", "=alive", "a=dead", "a="}) {
    EXPECT_FALSE(MemberCondition::parse(text)) << text;
  }
}

TEST(CliWait, SelfIsTheNodeThatAnswers) {
  MemberMap members = two_alive_one_failed();
  EXPECT_FALSE(MemberCondition::parse("self=alive")->holds(members)) << "no record of it yet";
  members["a"].set_local(true);
  EXPECT_TRUE(MemberCondition::parse("self=alive")->holds(members));
  EXPECT_TRUE(MemberCondition::parse("self=listed")->holds(members));
  EXPECT_FALSE(MemberCondition::parse("self=absent")->holds(members));
  EXPECT_EQ(MemberCondition::parse("self=left")->unmet(members), "self is ALIVE, wanted left");
}

TEST(CliWait, SaysAllThatIsLacking) {
  MemberConditions conditions;
  EXPECT_TRUE(conditions.hold({}));
  conditions.counts.push_back(*CountCondition::parse(">=3"));
  conditions.members.push_back(*MemberCondition::parse("d=alive"));
  conditions.members.push_back(*MemberCondition::parse("x=alive"));
  conditions.members.push_back(*MemberCondition::parse("a=alive"));
  EXPECT_FALSE(conditions.hold(two_alive_one_failed()));
  EXPECT_EQ(
      conditions.unmet(two_alive_one_failed()),
      "2 members ALIVE, wanted >=3; d is FAILED, wanted alive; x is not listed, wanted alive");
}

}  // namespace
}  // namespace swim::cli
