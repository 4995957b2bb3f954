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

TEST(MemberFilter, a_member_that_stops_matching_is_told_once) {
  const auto live = filter({MemberStatus::alive});
  const auto alive = member("a", MemberStatus::alive);
  const auto failed = member("a", MemberStatus::failed);
  const auto left = member("a", MemberStatus::left);
  EXPECT_TRUE(live.concerns(event(1, EventType::joined, alive)));
  EXPECT_TRUE(live.concerns(event(2, EventType::failed, failed, alive)));
  EXPECT_FALSE(live.concerns(event(3, EventType::left, left, failed)));
}

TEST(MemberFilter, so_is_one_whose_labels_change) {
  const auto web = filter({}, "role=web");
  const auto before = member("a", MemberStatus::alive, {{"role", "web"}});
  const auto after = member("a", MemberStatus::alive, {{"role", "db"}});
  EXPECT_TRUE(web.concerns(event(1, EventType::updated, after, before)));
  EXPECT_TRUE(web.concerns(event(1, EventType::updated, before, after)));
  EXPECT_TRUE(web.concerns(event(1, EventType::suspected, before, before)));
  EXPECT_FALSE(web.concerns(event(1, EventType::suspected, after, after)));
}

TEST(MemberFilter, a_member_that_never_matched_is_not_told) {
  const auto live = filter({MemberStatus::alive});
  const auto left = member("a", MemberStatus::left);
  EXPECT_FALSE(live.concerns(event(1, EventType::joined, left)));
  EXPECT_FALSE(live.concerns(event(2, EventType::expired, left, left)));
}

TEST(MemberFilter, the_end_of_a_listed_member_is_told_though_it_matches) {
  const auto failed = member("a", MemberStatus::failed);
  EXPECT_TRUE(
      filter({MemberStatus::failed}).concerns(event(1, EventType::expired, failed, failed)));
}

TEST(MemberFilter, who_matched_and_does_no_more_is_told_from_who_does_still) {
  const auto web = filter({MemberStatus::alive}, "role=web");
  const auto alive = member("a", MemberStatus::alive, {{"role", "web"}});
  const auto suspect = member("a", MemberStatus::suspect, {{"role", "web"}});
  const auto failed = member("a", MemberStatus::failed, {{"role", "web"}});
  const auto relabelled = member("a", MemberStatus::alive, {{"role", "db"}});
  const auto both = member("a", MemberStatus::failed, {{"role", "db"}});
  for (const auto& after : {suspect, failed, relabelled, both}) {
    EXPECT_TRUE(web.no_longer_matches(event(1, EventType::updated, after, alive)));
    EXPECT_FALSE(web.no_longer_matches(event(1, EventType::updated, alive, after))) << "comes back";
    EXPECT_FALSE(web.no_longer_matches(event(1, EventType::updated, after, after)));
  }
  EXPECT_FALSE(web.no_longer_matches(event(1, EventType::app_lost, alive, alive)));
  EXPECT_FALSE(web.no_longer_matches(event(1, EventType::joined, relabelled))) << "never did";
}

TEST(MemberFilter, who_is_no_longer_listed_matches_no_more) {
  const auto failed = member("a", MemberStatus::failed);
  const auto expired = event(1, EventType::expired, failed, failed);
  EXPECT_TRUE(filter({MemberStatus::failed}).no_longer_matches(expired));
  EXPECT_FALSE(filter({MemberStatus::alive}).no_longer_matches(expired));
}

TEST(MemberFilter, where_everything_matches_nobody_ceases_to) {
  const auto all = filter({MemberStatus::alive, MemberStatus::suspect, MemberStatus::leaving,
                           MemberStatus::left, MemberStatus::failed});
  const auto failed = member("a", MemberStatus::failed);
  for (const MemberFilter& each : {filter({}), all}) {
    EXPECT_FALSE(each.no_longer_matches(event(1, EventType::expired, failed, failed)));
  }
}

TEST(MemberFilter, keys_are_equal_where_the_text_is) {
  EXPECT_EQ(filter({}, "a").key(), filter({}, "a").key());
  EXPECT_NE(filter({}, "a").key(), filter({}, "b").key());
  EXPECT_NE(filter({}, "a").key(), filter({MemberStatus::alive}, "a").key());
}

}  // namespace
}  // namespace swim::server
