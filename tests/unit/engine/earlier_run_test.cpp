// A run of our name that was before us: at our own address it is gone, for we hold its port.
#include <gtest/gtest.h>

#include "tests/support/sealed_peer.hpp"

namespace swim::engine {
namespace {

using test::SealedPeer;

constexpr std::uint64_t earlier_boot = 700;

class EarlierRunTest : public ::testing::Test {
 protected:
  static Incarnation incarnation(std::uint64_t life) {
    return {SealedPeer::life + life, earlier_boot, 0};
  }
  static wire::Alive alive(std::uint64_t life, const Endpoint& address) {
    wire::Alive alive;
    alive.descriptor.node = {"self", address, {}};
    alive.descriptor.incarnation = alive.claim.incarnation = incarnation(life);
    alive.descriptor.inbox = 5;
    return alive;
  }
  static wire::Suspect accusation(std::uint64_t life) {
    wire::Suspect suspect;
    suspect.node = "self";
    suspect.claim.incarnation = incarnation(life);
    suspect.claim.suspect = true;
    suspect.accuser = SealedPeer::name;
    suspect.accuser_boot = SealedPeer::boot;
    return suspect;
  }
  bool conflict() { return peer.engine().snapshot().conflict; }
  std::uint64_t new_lives() const { return peer.engine().stats().new_lives; }

  Endpoint ours = Endpoint::v4(10, 0, 0, 1, 7946);
  Endpoint elsewhere = Endpoint::v4(10, 0, 0, 9, 7946);
  SealedPeer peer;
};

TEST_F(EarlierRunTest, where_we_are_is_gone) {
  peer.hear(alive(5, ours));
  EXPECT_FALSE(conflict());
  EXPECT_EQ(new_lives(), 1U);
}

TEST_F(EarlierRunTest, elsewhere_may_run) {
  peer.hear(alive(5, elsewhere));
  EXPECT_TRUE(conflict());
}

TEST_F(EarlierRunTest, that_is_accused_may_be_anywhere_until_somebody_says_where_it_was) {
  peer.hear(accusation(5));
  EXPECT_TRUE(conflict());
  peer.hear(alive(5, elsewhere));
  EXPECT_TRUE(conflict());
  peer.hear(alive(5, ours));
  EXPECT_FALSE(conflict());
  EXPECT_EQ(new_lives(), 1U);
}

// Two that advertise one address don't take turns for ever.
TEST_F(EarlierRunTest, that_takes_a_higher_life_than_ours_runs_wherever_that_may_be) {
  peer.hear(alive(5, ours));
  ASSERT_FALSE(conflict());
  peer.hear(alive(50, ours));
  EXPECT_TRUE(conflict());
  peer.hear(alive(50, ours));
  EXPECT_TRUE(conflict());
}

}  // namespace
}  // namespace swim::engine
