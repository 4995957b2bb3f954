#include "server/member_filter.hpp"

#include <gtest/gtest.h>

#include "tests/unit/server/members.hpp"

namespace swim::server {
namespace {

using testing::event;
using testing::member;

MemberFilter filter(const std::vector<MemberStatus>& statuses, const std::string& selector = "") {
  auto made = MemberFilter::make(statuses, selector);
  EXPECT_TRUE(made);
  return *made;
}

TEST(MemberFilter, nothing_said_matches_everything) {
  EXPECT_TRUE(filter({}).matches_everything());
  EXPECT_TRUE(filter({}).matches(*member("a", MemberStatus::failed)));
}

TEST(MemberFilter, statuses_are_alternatives) {
  const auto live = filter({MemberStatus::alive, MemberStatus::suspect});
  EXPECT_TRUE(live.matches(*member("a", MemberStatus::suspect)));
  EXPECT_FALSE(live.matches(*member("a", MemberStatus::left)));
}

TEST(MemberFilter, status_and_labels_must_both_hold) {
  const auto web = filter({MemberStatus::alive}, "role=web");
  EXPECT_TRUE(web.matches(*member("a", MemberStatus::alive, {{"role", "web"}})));
  EXPECT_FALSE(web.matches(*member("a", MemberStatus::left, {{"role", "web"}})));
  EXPECT_FALSE(web.matches(*member("a", MemberStatus::alive, {{"role", "db"}})));
}

TEST(MemberFilter, metadata_of_another_kind_has_no_labels) {
  auto strange = *member("a", MemberStatus::alive);
  strange.metadata = {0xFF, 0x01};
  EXPECT_FALSE(filter({}, "role").matches(strange));
  EXPECT_TRUE(filter({}, "!role").matches(strange));
}

TEST(MemberFilter, hashes_differ_where_filters_do) {
  EXPECT_EQ(filter({}, "a").hash(), filter({}, "a").hash());
  EXPECT_NE(filter({}, "a").hash(), filter({}, "b").hash());
  EXPECT_NE(filter({}).hash(), filter({MemberStatus::alive}).hash());
}

TEST(FilteredView, a_member_that_stops_matching_is_told_once) {
  FilteredView view(filter({MemberStatus::alive}));
  EXPECT_TRUE(view.show(*member("a", MemberStatus::alive)));
  EXPECT_TRUE(view.show(event(1, EventType::failed, member("a", MemberStatus::failed))));
  EXPECT_FALSE(view.show(event(2, EventType::left, member("a", MemberStatus::left))));
}

TEST(FilteredView, a_member_that_never_matched_is_not_told) {
  FilteredView view(filter({MemberStatus::alive}));
  EXPECT_FALSE(view.show(*member("a", MemberStatus::failed)));
  EXPECT_FALSE(view.show(event(1, EventType::left, member("a", MemberStatus::left))));
}

TEST(FilteredView, after_a_resume_the_first_event_of_each_goes_through) {
  FilteredView view(filter({MemberStatus::alive}));
  view.resume();
  EXPECT_TRUE(view.show(event(1, EventType::failed, member("a", MemberStatus::failed))));
  EXPECT_FALSE(view.show(event(2, EventType::left, member("a", MemberStatus::left))));
}

TEST(FilteredView, the_end_of_a_shown_member_is_told_though_it_matches) {
  FilteredView view(filter({MemberStatus::failed}));
  EXPECT_TRUE(view.show(*member("a", MemberStatus::failed)));
  EXPECT_TRUE(view.show(event(1, EventType::expired, member("a", MemberStatus::failed))));
  EXPECT_FALSE(view.show(event(2, EventType::expired, member("a", MemberStatus::failed))));
}

}  // namespace
}  // namespace swim::server
