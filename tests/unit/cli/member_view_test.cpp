#include "cli/format/member_view.hpp"

#include <gtest/gtest.h>

#include "tests/unit/cli/support.hpp"

namespace swim::cli {
namespace {

v1::WatchMembersResponse part(bool begin, bool end, std::initializer_list<const char*> names,
                              v1::MemberSnapshot::Reason reason) {
  v1::WatchMembersResponse response;
  auto& snapshot = *response.mutable_snapshot();
  snapshot.set_reason(reason);
  snapshot.set_begin(begin);
  snapshot.set_end(end);
  for (const char* name : names) {
    *snapshot.add_members() = member(name, v1::MEMBER_STATUS_ALIVE);
  }
  return response;
}

v1::WatchMembersResponse change(v1::MemberEvent::Type type, const v1::Member& about) {
  v1::WatchMembersResponse response;
  *response.mutable_events()->add_events() =
      event(type, v1::MemberEvent::REASON_UNSPECIFIED, about);
  return response;
}

constexpr auto initial = v1::MemberSnapshot::REASON_INITIAL;
constexpr auto restarted = v1::MemberSnapshot::REASON_RESTARTED;

TEST(CliMemberView, IsWholeWhenTheLastPartOfASnapshotIsThere) {
  MemberView view;
  EXPECT_FALSE(view.apply(part(true, false, {"a", "b"}, initial)));
  EXPECT_FALSE(view.whole());
  const auto snapshot = view.apply(part(false, true, {"c"}, initial));
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->reason, initial);
  EXPECT_TRUE(snapshot->before.empty());
  EXPECT_TRUE(view.whole());
  EXPECT_EQ(view.members().size(), 3U);
}

TEST(CliMemberView, FollowsEventsAndForgetsTheExpired) {
  MemberView view;
  view.apply(part(true, true, {"a", "b"}, initial));
  view.apply(change(v1::MemberEvent::TYPE_FAILED, member("a", v1::MEMBER_STATUS_FAILED)));
  EXPECT_EQ(view.members().at("a").status(), v1::MEMBER_STATUS_FAILED);
  view.apply(change(v1::MemberEvent::TYPE_EXPIRED, member("a", v1::MEMBER_STATUS_FAILED)));
  EXPECT_EQ(view.members().count("a"), 0U);
  view.apply(change(v1::MemberEvent::TYPE_JOINED, member("c", v1::MEMBER_STATUS_ALIVE)));
  EXPECT_EQ(view.members().size(), 2U);
}

// As `members -w --status alive` sees a crash, and -l role=web a relabelled member.
TEST(CliMemberView, DropsWhoNoLongerMatchesUntilItDoesAgain) {
  MemberView view;
  view.apply(part(true, true, {"a", "b"}, initial));
  auto last = change(v1::MemberEvent::TYPE_SUSPECTED, member("a", v1::MEMBER_STATUS_SUSPECT));
  last.mutable_events()->mutable_events(0)->set_no_longer_matches(true);
  view.apply(last);
  EXPECT_EQ(view.members().count("a"), 0U);
  EXPECT_EQ(view.members().count("b"), 1U);
  view.apply(change(v1::MemberEvent::TYPE_REFUTED, member("a", v1::MEMBER_STATUS_ALIVE)));
  EXPECT_EQ(view.members().at("a").status(), v1::MEMBER_STATUS_ALIVE);
}

TEST(CliMemberView, ANewSnapshotTellsWhatWasKnownBeforeIt) {
  MemberView view;
  view.apply(part(true, true, {"a", "b"}, initial));
  const auto snapshot = view.apply(part(true, true, {"b"}, restarted));
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->reason, restarted);
  EXPECT_EQ(snapshot->before.size(), 2U);
  EXPECT_EQ(view.members().size(), 1U);
}

TEST(CliMemberView, ASnapshotThatBrokeOffDoesNotCount) {
  MemberView view;
  view.apply(part(true, true, {"a", "b"}, initial));
  view.apply(part(true, false, {"x"}, restarted));
  EXPECT_FALSE(view.whole());
  const auto snapshot = view.apply(part(true, true, {"b"}, restarted));
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->before.size(), 2U) << "what was shown before the break, not the fragment";
  EXPECT_EQ(view.members().count("x"), 0U);
}

}  // namespace
}  // namespace swim::cli
