// What an engine follows of others' broadcasts, message by message. How they reach everybody is
// simulated (tests/sim/broadcast_test.cpp).
#include <gtest/gtest.h>

#include "tests/support/sealed_peer.hpp"

namespace swim {
namespace {

class BroadcastsTest : public testing::Test {
 protected:
  // A run of the peer's name tells of itself, and how many broadcasts it has sent.
  void tell_of(std::uint64_t boot, std::uint64_t life, std::uint64_t sequence) {
    wire::Alive alive = test::SealedPeer::alive();
    alive.descriptor.incarnation = {test::SealedPeer::life + life, boot, 0};
    alive.descriptor.sequence = sequence;
    alive.claim.incarnation = alive.descriptor.incarnation;
    peer_.hear(alive);
  }
  void broadcast(std::uint64_t boot, std::uint64_t sequence) {
    peer_.hear(wire::Broadcast{
        .origin = test::SealedPeer::name, .origin_boot = boot, .sequence = sequence, .topic = "t"});
  }
  std::uint64_t delivered() const { return peer_.engine().stats().messages_delivered; }

  static constexpr std::uint64_t first = test::SealedPeer::boot;
  static constexpr std::uint64_t rival = first + 50;
  test::SealedPeer peer_;
};

TEST_F(BroadcastsTest, begin_with_what_comes_after_the_record) {
  tell_of(rival, 1, 7);
  broadcast(rival, 7);
  EXPECT_EQ(delivered(), 0U);
  broadcast(rival, 8);
  EXPECT_EQ(delivered(), 1U);
}

// Found by random worlds: what was sent between two sights of one run was not asked for.
TEST_F(BroadcastsTest, of_a_run_that_comes_back_go_on_where_it_was_left) {
  tell_of(rival, 1, 0);
  tell_of(first, 2, 3);
  broadcast(first, 4);
  EXPECT_EQ(delivered(), 0U) << "three are missing";
  for (const std::uint64_t missing : {1, 2, 3}) {
    broadcast(first, missing);
  }
  EXPECT_EQ(delivered(), 4U);
}

}  // namespace
}  // namespace swim
