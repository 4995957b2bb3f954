// The last broadcast before a silence: nothing behind it would show that it is missing.
#include <string>

#include "core/sim/chance.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

constexpr Duration repeat_after = Config{}.broadcast_repeat_after;

class LastBroadcastTest : public SimTest {
 protected:
  LastBroadcastTest() : SimTest({.plain = true}) {}

  bool all_received(std::span<const NodeId> nodes, std::string_view payload, Duration limit) {
    return wait_for(
        [&] {
          return std::ranges::all_of(nodes,
                                     [&](NodeId node) { return received(node, payload) == 1; });
        },
        limit);
  }
  std::uint64_t sent() const { return world.coverage().stats.broadcasts_sent; }
  std::uint64_t heard_again() const { return world.coverage().stats.broadcasts_duplicate; }
};

TEST_F(LastBroadcastTest, comes_within_a_moment_at_a_hundred_nodes_and_5_percent_loss) {
  const auto nodes = cluster(100);
  world.network().loss_ppm = percent(5);
  Duration sum{};
  for (std::size_t round = 0; round < 50; ++round) {
    const std::string payload = "round " + std::to_string(round);
    ASSERT_TRUE(world.broadcast(nodes[round], "t", payload));
    const TimePoint start = world.now();
    ASSERT_TRUE(all_received(nodes, payload, 10s)) << world.report();
    sum += world.now() - start;
    world.run_for(50ms);
  }
  // About five miss it, and a quarter of a member the second copy too: that one waits for a ping.
  EXPECT_LT(sum / 50, 5 * repeat_after);
}

TEST_F(LastBroadcastTest, is_said_twice_to_each_and_then_no_more) {
  const auto nodes = cluster(10);
  world.run_for(1s);
  const std::uint64_t before = sent();
  ASSERT_TRUE(world.broadcast(nodes[0], "t", "alone"));
  world.run_for(repeat_after / 2);
  EXPECT_EQ(sent() - before, 9U);
  world.run_for(repeat_after);
  EXPECT_EQ(sent() - before, 18U);
  world.run_for(60s);
  EXPECT_EQ(sent() - before, 18U);
  EXPECT_EQ(heard_again(), 9U);
}

TEST_F(LastBroadcastTest, is_the_only_one_of_many_that_is_said_twice) {
  const auto nodes = cluster(10);
  world.run_for(1s);
  const std::uint64_t before = sent();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(world.broadcast(nodes[0], "t", std::to_string(i)));
    world.run_for(repeat_after / 2);
  }
  world.run_for(10s);
  EXPECT_EQ(sent() - before, 9U * 101);
}

TEST_F(LastBroadcastTest, is_not_repeated_by_who_left) {
  const auto nodes = cluster(3);
  world.run_for(1s);
  ASSERT_TRUE(world.broadcast(nodes[0], "t", "goodbye"));
  ASSERT_TRUE(all_received(nodes, "goodbye", repeat_after / 2));
  ASSERT_TRUE(world.leave(nodes[0]));
  world.run_for(5s);
  EXPECT_EQ(heard_again(), 0U);
}

// Pings would show it too, by their marks, but seldom so soon.
TEST_F(LastBroadcastTest, shows_all_that_got_lost_before_it) {
  const auto nodes = cluster(3);
  world.run_for(1s);
  int in_time = 0;
  for (int round = 0; round < 20; ++round) {
    const std::string first = "first " + std::to_string(round);
    world.cut_one_way(nodes[0], nodes[2]);
    ASSERT_TRUE(world.broadcast(nodes[0], "t", first));
    ASSERT_TRUE(world.broadcast(nodes[0], "t", "last " + std::to_string(round)));
    world.run_for(repeat_after / 2);
    world.heal();
    in_time += all_received(nodes, first, 2 * repeat_after) ? 1 : 0;
    ASSERT_TRUE(all_received(nodes, first, 5s));
    world.run_for(1s);
  }
  EXPECT_EQ(in_time, 20);
}

}  // namespace
}  // namespace swim::sim
