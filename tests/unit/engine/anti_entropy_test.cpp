// When a difference of digests leads to a sync, seen from one engine.
#include <gtest/gtest.h>

#include "tests/support/sealed_peer.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

class AntiEntropyTest : public testing::Test {
 protected:
  // The peer pings ten times a second, and answers whatever it is accused of.
  void pings_for(Duration duration, std::uint64_t digest) {
    for (Duration passed{}; passed < duration; passed += 100ms) {
      wire::Alive alive = test::SealedPeer::alive();
      alive.descriptor.incarnation.count = alive.claim.incarnation.count = ++count_;
      peer_.hear(alive);
      wire::Ping ping = peer_.ping();
      ping.digest = digest;
      peer_.hear(ping);
      peer_.run_for(100ms);
    }
  }
  std::uint64_t syncs() const { return peer_.engine().stats().syncs_for_difference; }

  std::uint32_t count_{};
  test::SealedPeer peer_;
};

// It is refused each time. The pauses are 5, 10, 20, 40 s and so on.
TEST_F(AntiEntropyTest, whose_sync_changes_nothing_waits_longer_and_longer) {
  peer_.refuse_streams();
  pings_for(10s, 42);
  EXPECT_EQ(syncs(), 2U);
  pings_for(140s, 42);
  EXPECT_EQ(syncs(), 5U);
}

TEST_F(AntiEntropyTest, whoever_says_no_digest_is_not_synced_with_for_it) {
  pings_for(10s, 0);
  EXPECT_EQ(syncs(), 0U);
}

}  // namespace
}  // namespace swim
