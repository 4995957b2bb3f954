// What a user gets who sets nothing, and that an engine takes it.
#include "core/engine/config.hpp"

#include <gtest/gtest.h>

#include "tests/support/sealed_peer.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

TEST(ConfigTest, the_defaults_are_these) {
  const Config config;
  EXPECT_EQ(config.probe_interval, 100ms);
  EXPECT_EQ(config.probe_timeout, 100ms);
  EXPECT_EQ(config.probe_deadline, 300ms);
  EXPECT_EQ(config.indirect_probes, 3U);
  EXPECT_EQ(config.suspicion_mult, 4);
  EXPECT_EQ(config.suspicion_max_timeout, 1200ms);
  EXPECT_EQ(config.suspicion_confirmations, 3U);
  EXPECT_EQ(config.gossip_interval, 20ms);
  EXPECT_EQ(config.gossip_fanout, 3U);
  EXPECT_EQ(config.retransmit_mult, 4U);
  EXPECT_EQ(config.datagram_bytes, limits::datagram_bytes_default);
  EXPECT_EQ(config.join_timeout, 5s);
  EXPECT_EQ(config.leave_timeout, 800ms);
  EXPECT_EQ(config.left_retention, 1h);
  EXPECT_EQ(config.failed_retention, 24h);
}

TEST(ConfigTest, an_engine_takes_the_defaults_and_each_preset) {
  const auto take = [](const Config& config) {
    test::CountedIds ids;
    test::NoTrace sink;
    return Engine::create(config, LocalMember{"self", Endpoint::v4(10, 0, 0, 1, 7946), {}, {}},
                          "test", test::SealedPeer::keys(), 1, Engine::Seams{ids, sink},
                          Moment{TimePoint{1h}, {1}})
        .has_value();
  };
  EXPECT_TRUE(take({}));
  for (const char* name : {"local", "lan", "wan"}) {
    const auto preset = Config::preset(name);
    ASSERT_TRUE(preset) << name;
    EXPECT_TRUE(take(*preset)) << name;
  }
  EXPECT_FALSE(Config::preset("moon"));
  Config wrong;
  wrong.probe_deadline = wrong.probe_timeout;
  EXPECT_FALSE(take(wrong));
}

}  // namespace
}  // namespace swim
