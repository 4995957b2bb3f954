// Broadcasts whose payload fits no datagram: announced, pulled over streams, and then like any
// other: each once, in the order of its origin, to everybody, or its loss announced.
#include <algorithm>
#include <array>
#include <string>

#include "core/base/prng.hpp"
#include "core/sim/chance.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;

// No two alike, so that parts of different ones can't make up one that looks right.
std::string payload_of(std::uint64_t seed, std::size_t bytes) {
  Prng prng(seed);
  std::string text(bytes, '\0');
  std::ranges::generate(text, [&] { return static_cast<char>('a' + prng.below(26)); });
  return text;
}

class PayloadTest : public SimTest {
 protected:
  explicit PayloadTest(Config config = {}) : SimTest({.config = config, .plain = true}) {}

  // Broadcasts it and remembers what all must get of that origin, in this order.
  void tell(NodeId origin, std::size_t bytes) {
    told_.push_back(payload_of(told_.size(), bytes));
    ASSERT_TRUE(world.broadcast(origin, "t", told_.back()));
  }

  bool has_all(NodeId node) const {
    const auto& messages = world.history(node).messages;
    return std::ranges::equal(messages, told_,
                              [](const MessageReceived& message, const std::string& told) {
                                return as_text(*message.payload) == told;
                              });
  }
  bool all_have_all(std::span<const NodeId> nodes, Duration limit = 10s) {
    return wait_for([&] { return count_of(nodes) == nodes.size() * told_.size(); }, limit) &&
           std::ranges::all_of(nodes, [&](NodeId node) { return has_all(node); });
  }
  std::size_t count_of(std::span<const NodeId> nodes) const {
    std::size_t sum = 0;
    for (const NodeId node : nodes) {
      sum += world.history(node).messages.size();
    }
    return sum;
  }
  std::size_t gaps(std::span<const NodeId> nodes) const {
    std::size_t sum = 0;
    for (const NodeId node : nodes) {
      sum += world.history(node).lost.size();
    }
    return sum;
  }
  Stats stats() const { return world.coverage().stats; }
  const Stats& stats_of(NodeId node) { return world.at(node).engine().stats(); }

  std::vector<std::string> told_;
};

TEST_F(PayloadTest, of_any_size_come_once_and_in_order_between_small_ones) {
  const auto nodes = cluster(10);
  for (const std::size_t bytes : {64UL, 2 * kibibyte, 64UL, 64 * kibibyte, 64UL, mebibyte, 64UL}) {
    tell(nodes[3], bytes);
  }
  ASSERT_TRUE(all_have_all(nodes));
  EXPECT_EQ(gaps(nodes), 0U);
  EXPECT_EQ(stats().payloads_pulled, 3U * 9);
  EXPECT_EQ(stats().payloads_served, 3U * 9);
  EXPECT_EQ(stats().payloads_refused, 0U);
  EXPECT_EQ(stats().pulls_failed, 0U);
  EXPECT_TRUE(world.check_quiet(30s)) << world.report();
}

TEST_F(PayloadTest, one_byte_more_than_a_datagram_holds_is_pulled) {
  const auto nodes = cluster(3);
  const std::size_t most = world.at(nodes[0]).engine().max_datagram_payload();
  tell(nodes[0], most);
  ASSERT_TRUE(all_have_all(nodes));
  EXPECT_EQ(stats().payloads_announced, 0U);
  tell(nodes[0], most + 1);
  ASSERT_TRUE(all_have_all(nodes));
  EXPECT_EQ(stats().payloads_pulled, 2U);
}

TEST_F(PayloadTest, above_one_mebibyte_is_refused) {
  const auto nodes = cluster(2);
  EXPECT_EQ(world.at(nodes[0]).engine().max_broadcast_payload(), mebibyte);
  const auto refused = world.broadcast(nodes[0], "t", std::string(mebibyte + 1, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

// Many that come together share streams.
TEST_F(PayloadTest, many_are_pulled_by_few_streams) {
  const auto nodes = cluster(5);
  for (int i = 0; i < 400; ++i) {
    tell(nodes[0], 2 * kibibyte);
  }
  ASSERT_TRUE(all_have_all(nodes));
  EXPECT_EQ(stats().payloads_pulled, 400U * 4);
  EXPECT_LT(stats().pulls_started, 400U * 4 / 2);
  EXPECT_EQ(gaps(nodes), 0U);
}

TEST_F(PayloadTest, at_5_percent_loss_nothing_is_missing) {
  const auto nodes = cluster(10);
  world.network().loss_ppm = percent(5);
  for (int i = 0; i < 40; ++i) {
    tell(nodes[0], i % 4 == 3 ? 100 * kibibyte : 64);
    world.run_for(20ms);
  }
  ASSERT_TRUE(all_have_all(nodes, 30s));
  EXPECT_EQ(gaps(nodes), 0U);
}

// Loss, and links that are cut while payloads are on them.
TEST_F(PayloadTest, at_30_percent_loss_and_with_broken_streams_each_comes_or_is_announced) {
  const auto nodes = cluster(10);
  world.network().loss_ppm = percent(30);
  Prng prng(7);
  for (int i = 0; i < 60; ++i) {
    const NodeId origin = nodes[prng.below(3)];
    ASSERT_TRUE(world.broadcast(origin, "t", payload_of(prng.next(), 1 + prng.below(200'000))));
    const NodeId one = nodes[prng.below(10)];
    const NodeId other = nodes[prng.below(10)];
    if (one != other) {
      world.cut(one, other);
      world.after(500ms, [this, one, other] { world.mend(one, other); });
    }
    if (i % 20 == 10) {
      const NodeId victim = nodes[5 + prng.below(5)];
      world.restart(victim);
    }
    world.run_for(50ms);
  }
  world.network().loss_ppm = 0;
  world.heal();
  ASSERT_TRUE(wait_for([&] { return world.converged(); }, 60s));
  EXPECT_TRUE(world.check_delivered(60s)) << world.report();
  EXPECT_GT(stats().payloads_pulled, 200U);
  EXPECT_GT(stats().pulls_failed, 0U);
}

TEST_F(PayloadTest, what_a_dead_origin_gave_one_reaches_all_from_that_one) {
  const auto nodes = cluster(10);
  for (std::size_t i = 2; i < nodes.size(); ++i) {
    world.cut(nodes[0], nodes[i]);
  }
  tell(nodes[0], mebibyte);
  ASSERT_TRUE(wait_for([&] { return has_all(nodes[1]); }, 2s));
  world.crash(nodes[0]);
  world.heal();
  const auto others = std::span(nodes).subspan(1);
  ASSERT_TRUE(all_have_all(others, 10s));
  EXPECT_EQ(gaps(others), 0U);
}

// It is announced to all, and its origin dies before anybody has it.
TEST_F(PayloadTest, what_died_with_its_origin_is_announced_as_lost) {
  const auto nodes = cluster(5);
  tell(nodes[0], 64);
  ASSERT_TRUE(all_have_all(nodes));
  tell(nodes[0], mebibyte);
  world.run_for(1ms);
  world.lose_host(nodes[0]);
  const auto others = std::span(nodes).subspan(1);
  ASSERT_TRUE(wait_for([&] { return gaps(others) == others.size(); }, 40s));
  EXPECT_EQ(world.history(nodes[1]).lost.front().first, 2U);
  EXPECT_EQ(world.history(nodes[1]).lost.front().last, 2U);
}

TEST_F(PayloadTest, who_was_away_pulls_what_is_retained) {
  const auto nodes = cluster(4);
  world.isolate(nodes[3]);
  for (int i = 0; i < 20; ++i) {
    tell(nodes[0], i % 2 == 0 ? 200 * kibibyte : 64);
  }
  world.run_for(10s);
  world.heal();
  EXPECT_TRUE(all_have_all(nodes, 60s));
  EXPECT_EQ(gaps(nodes), 0U);
}

TEST_F(PayloadTest, of_what_is_superseded_the_last_comes) {
  const auto nodes = cluster(2);
  told_ = {payload_of(1, 100 * kibibyte)};
  world.tell(nodes[0], [&](Engine& engine, Moment at) {
    for (const std::string& payload : {payload_of(2, mebibyte), std::string("x"), told_.front()}) {
      EXPECT_TRUE(engine.broadcast("t", as_bytes(payload), "key", at));
    }
    EXPECT_EQ(engine.stats().broadcasts_queued_bytes, 3 + 100 * kibibyte) << "and the key";
    return 0;
  });
  EXPECT_TRUE(all_have_all(nodes));
}

// What is handed to the sockets is not there yet: the next must not be served on top of it.
TEST_F(PayloadTest, are_served_until_whoever_pulls_has_them_all) {
  const auto nodes = cluster(2);
  tell(nodes[0], mebibyte);
  while (stats_of(nodes[0]).payloads_served == 0 && world.age() < 20s) {
    world.run_for(10us);
  }
  ASSERT_EQ(count_of(std::array{nodes[1]}), 0U) << "the last parts are on their way";
  world.pause(nodes[1]);
  world.run_for(1s);
  EXPECT_EQ(stats_of(nodes[0]).pulls_serving, 1U);
  world.resume(nodes[1]);
  EXPECT_TRUE(all_have_all(nodes));
  EXPECT_TRUE(wait_for([&] { return stats_of(nodes[0]).pulls_serving == 0; }, 1s));
  EXPECT_EQ(stats().pulls_failed, 0U);
}

Config slow() {
  Config config;
  config.broadcast_bytes_per_second = mebibyte;
  return config;
}

class SlowPayloadTest : public PayloadTest {
 protected:
  SlowPayloadTest() : PayloadTest(slow()) {}
};

// The origin alone would need longer than anybody waits for a payload.
TEST_F(SlowPayloadTest, those_who_have_a_payload_give_it_to_whom_its_origin_turns_away) {
  const auto nodes = world.add_nodes(60);
  world.start_acquainted();
  world.run_for(2s);
  tell(nodes[0], mebibyte);
  EXPECT_TRUE(all_have_all(nodes, 30s));
  EXPECT_EQ(gaps(nodes), 0U);
  EXPECT_LT(stats_of(nodes[0]).payloads_served, 40U);
}

// A part for each in turn would be a part in four seconds: nobody waits so long.
TEST_F(PayloadTest, at_the_slowest_pace_they_come_one_after_the_other) {
  Config config;
  config.broadcast_bytes_per_second = 128 * kibibyte;
  World slow({.config = config, .plain = true});
  const auto nodes = slow.add_nodes(8);
  slow.start_acquainted();
  slow.run_for(2s);
  ASSERT_TRUE(slow.broadcast(nodes[0], "t", payload_of(1, 300 * kibibyte)));
  EXPECT_TRUE(slow.run_until(
      [&] {
        return std::ranges::all_of(
            nodes, [&](NodeId node) { return slow.history(node).messages.size() == 1; });
      },
      60s))
      << slow.report();
}

// ---- bounds ------------------------------------------------------------------------------------

TEST_F(PayloadTest, from_one_member_few_streams_pull_at_a_time) {
  const auto nodes = cluster(3);
  world.network().latency_min = world.network().latency_max = 20ms;
  for (int i = 0; i < 12; ++i) {
    tell(nodes[0], 700 * kibibyte);
  }
  std::uint64_t most = 0;
  while (!has_all(nodes[1]) && world.age() < 60s) {
    world.run_for(1ms);
    most = std::max(most, stats_of(nodes[1]).pulls_open);
  }
  EXPECT_EQ(most, limits::pulls_per_member_max);
  EXPECT_GT(stats_of(nodes[1]).payloads_held_back, 0U);
  EXPECT_TRUE(all_have_all(nodes));
}

TEST_F(PayloadTest, few_streams_pull_at_a_time_however_many_have_something_to_say) {
  const auto nodes = cluster(12);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    for (int many = 0; many < 3; ++many) {
      ASSERT_TRUE(world.broadcast(nodes[i], "t", payload_of(i, 600 * kibibyte)));
    }
  }
  std::uint64_t most = 0;
  while (count_of(nodes) < 33 * nodes.size() && world.age() < 60s) {
    world.run_for(1ms);
    most = std::max(most, stats_of(nodes[0]).pulls_open);
  }
  EXPECT_EQ(most, limits::pulls_max);
  EXPECT_EQ(count_of(nodes), 33 * nodes.size());
  EXPECT_EQ(gaps(nodes), 0U);
}

TEST_F(PayloadTest, few_are_served_at_a_time_and_the_others_come_later) {
  const auto nodes = world.add_nodes(40);
  world.start_acquainted();
  world.run_for(1s);
  tell(nodes[0], mebibyte);
  std::uint64_t most = 0;
  while (count_of(nodes) < nodes.size() && world.age() < 60s) {
    world.run_for(1ms);
    most = std::max(most, stats_of(nodes[0]).pulls_serving);
  }
  EXPECT_EQ(most, limits::pulls_served_max);
  EXPECT_GT(stats_of(nodes[0]).pulls_refused, 0U);
  EXPECT_TRUE(all_have_all(nodes));
  EXPECT_EQ(gaps(nodes), 0U);
}

TEST_F(SlowPayloadTest, are_given_under_the_pace_and_the_next_is_announced_when_it_allows) {
  const auto nodes = cluster(3);
  world.run_for(1s);
  const std::uint64_t before = stats_of(nodes[0]).stream_bytes_sent;
  for (int i = 0; i < 4; ++i) {
    tell(nodes[0], mebibyte);
  }
  world.run_for(2s);
  EXPECT_LT(stats_of(nodes[0]).stream_bytes_sent - before, 2 * mebibyte + mebibyte / 2);
  EXPECT_LE(stats_of(nodes[0]).broadcasts_retained, 2U) << "two copies of each are to be paid for";
  EXPECT_TRUE(all_have_all(nodes, 20s));
  EXPECT_EQ(gaps(nodes), 0U);
}

Config narrow() {
  Config config;
  config.broadcast_reorder_bytes = 300 * kibibyte;
  return config;
}

class NarrowPayloadTest : public PayloadTest {
 protected:
  NarrowPayloadTest() : PayloadTest(narrow()) {}
};

TEST_F(NarrowPayloadTest, where_there_is_no_room_to_wait_in_they_are_pulled_one_by_one) {
  const auto nodes = cluster(4);
  for (int i = 0; i < 10; ++i) {
    tell(nodes[0], 200 * kibibyte);
  }
  EXPECT_TRUE(all_have_all(nodes));
  EXPECT_EQ(gaps(nodes), 0U);
  EXPECT_GT(stats().payloads_held_back, 0U);
}

// ---- a cluster in which each tells some --------------------------------------------------------

Config relayed() {
  Config config;
  config.broadcast_direct_fanout = 8;
  return config;
}

class RelayedPayloadTest : public PayloadTest {
 protected:
  RelayedPayloadTest() : PayloadTest(relayed()) {}
};

TEST_F(RelayedPayloadTest, who_pulled_one_tells_some_and_gives_it_to_them) {
  const auto nodes = world.add_nodes(60);
  world.start_acquainted();
  world.run_for(1s);
  tell(nodes[5], 300 * kibibyte);
  EXPECT_TRUE(all_have_all(nodes));
  EXPECT_LT(stats_of(nodes[5]).payloads_served, 40U);
  EXPECT_EQ(stats().payloads_pulled, 59U);
}

}  // namespace
}  // namespace swim::sim
