// How often an engine says what it heard: on gossip of its own and beside pings and acks alike.
#include <gtest/gtest.h>

#include "core/engine/formulas.hpp"
#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

// How often, and to whom, news of the first of `peers` peers is told until nobody says it any more.
struct Told {
  std::size_t times{};
  std::size_t to_itself{};
};

Told news_of_the_first(std::size_t peers, const Config& config) {
  test::EngineAmong among(peers, config);
  among.run_for(1min);
  Told told;
  among.on_said([&](std::size_t peer, std::size_t, const wire::Message& message) {
    const auto* alive = std::get_if<wire::Alive>(&message);
    if (alive != nullptr && alive->descriptor.node.name == "p0" &&
        alive->claim.incarnation.count == 1) {
      ++told.times;
      told.to_itself += peer == 0 ? 1 : 0;
    }
  });
  wire::Alive news = among.alive(0);
  ++news.descriptor.incarnation.count;
  ++news.claim.incarnation.count;
  among.hear(1, news);
  among.run_for(1min);
  return told;
}

TEST(GossipTest, an_update_is_transmitted_as_often_as_the_limit_says) {
  Config config;
  config.detection = Detection::plain();
  config.stream_probes = false;
  for (const std::size_t peers : {2U, 5U, 20U, 60U}) {
    const Told told = news_of_the_first(peers, config);
    EXPECT_EQ(told.times, retransmit_limit(config, peers + 1)) << peers;
    EXPECT_EQ(told.to_itself, 0U) << "it knows best";
  }
  config.retransmit_mult = 1;
  EXPECT_EQ(news_of_the_first(5, config).times, 2U);
}

}  // namespace
}  // namespace swim
