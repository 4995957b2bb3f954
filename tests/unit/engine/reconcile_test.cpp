// Digests and inventories: what two members compare before they send anything.
#include "core/engine/reconcile.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "core/engine/digest.hpp"
#include "core/engine/precedence.hpp"

namespace swim {
namespace {

constexpr Incarnation run{100, 7, 1};
constexpr Incarnation refuted{100, 7, 2};

MemberState alive(const Incarnation& incarnation = run) {
  return {{.incarnation = incarnation}, incarnation};
}

wire::SyncItem item_of(const MemberState& state) {
  return {.name_hash = 1, .claim = state.claim, .descriptor = state.descriptor};
}

// The numbers are the wire: members of different versions compare them.
TEST(DigestTest, the_hashes_are_those_of_every_version) {
  EXPECT_EQ(name_hash(""), 0U);
  EXPECT_EQ(name_hash("n1"), 9102690357622290077U);
  EXPECT_EQ(name_hash("web-0.default"), 334296443586198746U);
  EXPECT_EQ(record_digest("n1", alive()), 10276137176219476867U);
}

TEST(DigestTest, every_part_of_a_name_counts) {
  EXPECT_NE(name_hash("aaaaaaaab"), name_hash("aaaaaaaac"));
  EXPECT_NE(name_hash("baaaaaaaa"), name_hash("caaaaaaaa"));
  EXPECT_NE(name_hash("a"), name_hash(std::string_view("a\0", 2)));
}

TEST(DigestTest, everything_that_decides_about_a_member_counts) {
  const std::uint64_t before = record_digest("n", alive());
  MemberState state = alive();
  state.claim.suspect = true;
  EXPECT_NE(record_digest("n", state), before);
  state = alive();
  state.claim.leaving = true;
  EXPECT_NE(record_digest("n", state), before);
  state = alive();
  state.descriptor = refuted;
  EXPECT_NE(record_digest("n", state), before);
  EXPECT_NE(record_digest("n", alive(refuted)), before);
  EXPECT_NE(record_digest("m", alive()), before);
}

TEST(DigestTest, who_is_gone_does_not_count) {
  MemberState state = alive();
  state.claim = declared(state.claim, Terminal::dead);
  EXPECT_EQ(record_digest("n", state), 0U);
  EXPECT_EQ(record_digest("n", {}), 0U);
}

TEST(ReconcileTest, equal_records_are_no_news_to_anybody) {
  const Difference found = difference(alive(), item_of(alive()));
  EXPECT_FALSE(found.ours_is_news);
  EXPECT_FALSE(found.theirs_is_news);
}

TEST(ReconcileTest, the_greater_claim_is_news_to_the_other_side) {
  EXPECT_TRUE(difference(alive(refuted), item_of(alive())).ours_is_news);
  EXPECT_FALSE(difference(alive(refuted), item_of(alive())).theirs_is_news);
  EXPECT_TRUE(difference(alive(), item_of(alive(refuted))).theirs_is_news);
}

TEST(ReconcileTest, a_claim_ahead_of_its_descriptor_asks_for_it) {
  MemberState behind = alive();
  behind.claim.incarnation = refuted;
  const Difference found = difference(behind, item_of(alive(refuted)));
  EXPECT_TRUE(found.theirs_is_news);
  EXPECT_FALSE(found.ours_is_news);
}

TEST(ReconcileTest, each_side_may_be_ahead_in_one_half) {
  MemberState ours = alive();
  ours.claim.suspect = true;
  MemberState theirs = alive();
  theirs.descriptor = refuted;
  const Difference found = difference(ours, item_of(theirs));
  EXPECT_TRUE(found.ours_is_news);
  EXPECT_TRUE(found.theirs_is_news);
}

TEST(ReconcileTest, of_one_suspicion_both_tell_their_accusers) {
  MemberState suspect = alive();
  suspect.claim.suspect = true;
  const Difference found = difference(suspect, item_of(suspect));
  EXPECT_TRUE(found.ours_is_news);
  EXPECT_TRUE(found.theirs_is_news);
}

TEST(ReconcileTest, of_a_death_known_to_both_the_description_is_no_news) {
  MemberState described = alive();
  described.claim = declared(described.claim, Terminal::dead);
  MemberState tombstone = described;
  tombstone.descriptor = {};
  for (const auto& [ours, theirs] : {std::pair(described, tombstone), {tombstone, described}}) {
    EXPECT_FALSE(difference(ours, item_of(theirs)).ours_is_news);
    EXPECT_FALSE(difference(ours, item_of(theirs)).theirs_is_news);
  }
}

TEST(ReconcileTest, what_was_not_met_is_what_only_they_know) {
  Inventory theirs;
  for (const std::uint64_t hash : {5U, 3U, 9U}) {
    ASSERT_TRUE(theirs.add({.name_hash = hash}));
  }
  ASSERT_NE(theirs.meet(9), nullptr);
  EXPECT_EQ(theirs.meet(9)->name_hash, 9U);
  EXPECT_EQ(theirs.meet(4), nullptr);
  EXPECT_EQ(theirs.unmet(), (std::vector<std::uint64_t>{3, 5}));
}

TEST(ReconcileTest, an_inventory_takes_no_more_than_a_table_holds) {
  Inventory theirs;
  for (std::uint64_t hash = 0; hash < limits::members_max; ++hash) {
    ASSERT_TRUE(theirs.add({.name_hash = hash}));
  }
  EXPECT_FALSE(theirs.add({.name_hash = 0}));
}

}  // namespace
}  // namespace swim
