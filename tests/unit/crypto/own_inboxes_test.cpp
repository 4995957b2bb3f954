#include "core/crypto/own_inboxes.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace swim::crypto {
namespace {

constexpr TimePoint t0{std::chrono::hours(5)};
constexpr Duration grace = std::chrono::minutes(10);

std::vector<std::uint64_t> ids(const OwnInboxes& inboxes) {
  std::vector<std::uint64_t> all;
  for (const OwnInbox& inbox : inboxes.good()) {
    all.push_back(inbox.id);
  }
  return all;
}

TEST(OwnInboxes, there_is_none_at_first) {
  OwnInboxes inboxes;
  EXPECT_EQ(inboxes.current(), 0U);
  EXPECT_TRUE(inboxes.good().empty());
  EXPECT_FALSE(inboxes.expire(t0));
}

TEST(OwnInboxes, the_current_one_never_expires) {
  OwnInboxes inboxes;
  EXPECT_TRUE(inboxes.draw(7, t0, grace));
  EXPECT_FALSE(inboxes.expire(t0 + std::chrono::hours(24 * 365)));
  EXPECT_EQ(ids(inboxes), std::vector<std::uint64_t>{7});
}

TEST(OwnInboxes, a_former_one_is_good_for_its_grace_and_not_a_moment_longer) {
  OwnInboxes inboxes;
  inboxes.draw(7, t0, grace);
  inboxes.draw(8, t0, grace);
  EXPECT_FALSE(inboxes.expire(t0 + grace - Duration(1)));
  EXPECT_EQ(ids(inboxes), (std::vector<std::uint64_t>{8, 7}));
  EXPECT_EQ(inboxes.oldest(), 1U);
  EXPECT_TRUE(inboxes.expire(t0 + grace));
  EXPECT_EQ(ids(inboxes), std::vector<std::uint64_t>{8});
  EXPECT_EQ(inboxes.oldest(), 2U);
}

TEST(OwnInboxes, the_same_one_again_changes_nothing) {
  OwnInboxes inboxes;
  inboxes.draw(7, t0, grace);
  EXPECT_FALSE(inboxes.draw(7, t0, grace));
  EXPECT_EQ(ids(inboxes), std::vector<std::uint64_t>{7});
  EXPECT_FALSE(inboxes.expire(t0 + grace));
}

TEST(OwnInboxes, no_grace_ends_the_former_one_at_once) {
  OwnInboxes inboxes;
  inboxes.draw(7, t0, grace);
  inboxes.draw(8, t0, Duration::zero());
  EXPECT_EQ(ids(inboxes), std::vector<std::uint64_t>{8});
}

TEST(OwnInboxes, beyond_the_bound_the_oldest_goes_before_its_time) {
  OwnInboxes inboxes;
  for (std::uint64_t id = 1; id <= OwnInboxes::capacity + 3; ++id) {
    inboxes.draw(id, t0, grace);
  }
  EXPECT_EQ(inboxes.good().size(), OwnInboxes::capacity);
  EXPECT_EQ(inboxes.current(), OwnInboxes::capacity + 3);
  EXPECT_EQ(inboxes.oldest(), 4U);
}

TEST(OwnInboxesDeathTest, zero_is_nobodys_inbox) {
  OwnInboxes inboxes;
  EXPECT_DEATH(inboxes.draw(0, t0, grace), "assertion failed");
}

TEST(OwnInboxesDeathTest, one_that_is_still_good_must_not_come_back) {
  OwnInboxes inboxes;
  inboxes.draw(7, t0, grace);
  inboxes.draw(8, t0, grace);
  EXPECT_DEATH(inboxes.draw(7, t0, grace), "assertion failed");
}

}  // namespace
}  // namespace swim::crypto
