// Each fault does what it says, where it says so, for as long as it lasts and no longer.
#include <algorithm>
#include <array>
#include <vector>

#include "core/sim/fault_player.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Six nodes, every other one in the same zone.
class FaultEffectTest : public SimTest {
 protected:
  static constexpr NodeId a{0};
  static constexpr NodeId b{1};  // in the other zone
  static constexpr NodeId c{2};  // in the zone of a
  static constexpr Duration soon = 10ms;

  void SetUp() override {
    for (int i = 0; i < 6; ++i) {
      world.add_node("n" + std::to_string(i), {.zone = i % 2 == 0 ? "even" : "odd"});
    }
    world.start_all();
    ASSERT_TRUE(wait_for([&] { return world.all_see(6); }, 10s)) << world.report();
  }

  // From now on.
  void begin(FaultKind kind, Duration lasts, std::uint32_t amount = 0) {
    player.play({{.kind = kind, .subject = 0, .other = 1, .lasts = lasts, .amount = amount}});
    world.run_for(0s);
    ASSERT_EQ(player.counts()[static_cast<std::size_t>(kind)], 1U);
  }

  // One datagram; nothing where the sender takes the other for gone.
  std::string send(NodeId from, NodeId to) {
    std::string text = "number " + std::to_string(++serial);
    return world.send_datagram(from, to, "test", text) ? text : "";
  }
  bool arrives(NodeId from, NodeId to, Duration within = soon) {
    const std::string text = send(from, to);
    world.run_for(within);
    return received(to, text) == 1;
  }
  std::size_t arrive(std::size_t count, NodeId from, NodeId to, Duration within = soon) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
      texts.push_back(send(from, to));
    }
    world.run_for(within);
    return static_cast<std::size_t>(std::ranges::count_if(
        texts, [&](const std::string& text) { return received(to, text) == 1; }));
  }

  // Whom a datagram of this node reaches.
  std::vector<NodeId> reached_by(NodeId from) {
    std::vector<NodeId> reached;
    for (const NodeId to : world.nodes()) {
      if (to != from && arrives(from, to, 2ms)) {
        reached.push_back(to);
      }
    }
    return reached;
  }

  // Past the end of the fault, with whatever it led to.
  void expect_whole_again() {
    EXPECT_TRUE(wait_for([&] { return world.converged(); })) << world.report();
    for (const NodeId node : world.nodes()) {
      EXPECT_THAT(reached_by(node), SizeIs(5)) << world.at(node).name();
    }
  }

  FaultPlayer player{world};
  std::uint64_t serial{};
};

TEST_F(FaultEffectTest, a_lossy_zone_loses_its_share_both_ways_and_within_a_zone_nothing_is_lost) {
  begin(FaultKind::lossy_zone, 500ms, percent(40));
  const std::size_t there = arrive(500, a, b);
  const std::size_t back = arrive(500, b, c);
  EXPECT_NEAR(static_cast<double>(there), 300, 40);
  EXPECT_NEAR(static_cast<double>(back), 300, 40);
  EXPECT_EQ(arrive(100, a, c), 100U);
  world.run_for(500ms);
  EXPECT_EQ(arrive(100, a, b), 100U);
  expect_whole_again();
}

TEST_F(FaultEffectTest, what_is_clogged_is_held_and_arrives_at_the_end) {
  begin(FaultKind::clog, 400ms);
  const std::string held = send(a, b);
  EXPECT_TRUE(arrives(b, a));
  EXPECT_TRUE(arrives(a, c));
  world.run_for(400ms - 3 * soon);
  EXPECT_EQ(received(b, held), 0U);
  world.run_for(2 * soon);
  EXPECT_EQ(received(b, held), 1U);
  expect_whole_again();
}

TEST_F(FaultEffectTest, a_flapping_link_goes_and_comes) {
  begin(FaultKind::flapping_link, 1s, 40);
  world.run_for(soon);
  for (int period = 0; period < 12; ++period) {
    const bool up = period % 2 == 1;
    EXPECT_EQ(arrives(a, b), up) << period;
    EXPECT_EQ(arrives(b, a), up) << period;
    EXPECT_TRUE(arrives(a, c));
    world.run_for(40ms - 3 * soon);
  }
  world.run_for(1s);
  expect_whole_again();
}

TEST_F(FaultEffectTest, a_flapping_partition_has_the_same_sides_each_time) {
  constexpr Duration period = 200ms;
  begin(FaultKind::flapping_partition, 1s, 4'000);
  world.run_for(50ms);
  const auto reached = reached_by(a);
  EXPECT_LT(reached.size(), 5U);
  for (const NodeId node : world.nodes()) {
    const bool same_side = node == a || std::ranges::find(reached, node) != reached.end();
    EXPECT_EQ(reached_by(node).size(), same_side ? reached.size() : 4 - reached.size());
  }
  world.run_for(50ms + period - 36 * 2ms);  // 36 datagrams were waited for
  EXPECT_THAT(reached_by(a), SizeIs(5));
  world.run_for(period);
  EXPECT_EQ(reached_by(a), reached);
  world.run_for(2s);
  expect_whole_again();
}

TEST_F(FaultEffectTest, whoever_hears_nobody_is_still_heard) {
  begin(FaultKind::isolate_in, 300ms);
  EXPECT_THAT(reached_by(a), SizeIs(5));
  for (const NodeId node : world.nodes()) {
    EXPECT_THAT(reached_by(node), SizeIs(node == a ? 5 : 4)) << world.at(node).name();
  }
  EXPECT_FALSE(arrives(b, a));
  world.run_for(500ms);
  expect_whole_again();
}

TEST_F(FaultEffectTest, whoever_is_isolated_neither_hears_nor_is_heard) {
  begin(FaultKind::isolate, 300ms);
  EXPECT_THAT(reached_by(a), IsEmpty());
  EXPECT_FALSE(arrives(b, a));
  EXPECT_TRUE(arrives(b, c));
  world.run_for(500ms);
  expect_whole_again();
}

TEST_F(FaultEffectTest, a_partition_has_two_sides) {
  begin(FaultKind::partition, 300ms, 4'000);
  const auto reached = reached_by(a);
  ASSERT_LT(reached.size(), 5U);
  for (const NodeId node : reached) {
    EXPECT_THAT(reached_by(node), SizeIs(reached.size()));
  }
  world.run_for(500ms);
  expect_whole_again();
}

TEST_F(FaultEffectTest, a_cut_has_two_ways_or_one) {
  begin(FaultKind::cut, 100ms);
  EXPECT_FALSE(arrives(a, b));
  EXPECT_FALSE(arrives(b, a));
  EXPECT_TRUE(arrives(a, c));
  world.run_for(100ms);
  expect_whole_again();
  begin(FaultKind::cut_one_way, 100ms);
  EXPECT_FALSE(arrives(a, b));
  EXPECT_TRUE(arrives(b, a));
  world.run_for(100ms);
  expect_whole_again();
}

TEST_F(FaultEffectTest, loss_goes_out_comes_in_or_has_one_way) {
  constexpr std::uint32_t all = ppm_max;
  begin(FaultKind::lossy_out, 100ms, all);
  EXPECT_FALSE(arrives(a, b));
  EXPECT_TRUE(arrives(b, a));
  world.run_for(100ms);
  begin(FaultKind::lossy_in, 100ms, all);
  EXPECT_TRUE(arrives(a, b));
  EXPECT_FALSE(arrives(b, a));
  world.run_for(100ms);
  begin(FaultKind::lossy_way, 100ms, all);
  EXPECT_FALSE(arrives(a, b));
  EXPECT_TRUE(arrives(b, a));
  EXPECT_TRUE(arrives(a, c));
  world.run_for(100ms);
  begin(FaultKind::loss, 100ms, all);
  EXPECT_THAT(reached_by(a), IsEmpty());
  world.run_for(100ms);
  expect_whole_again();
}

TEST_F(FaultEffectTest, a_long_tail_makes_its_share_late_and_loses_nothing) {
  begin(FaultKind::long_tail, 50ms, percent(30));
  const std::uint64_t before = world.network_counts().in_tail;
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i) {
    texts.push_back(send(a, b));
  }
  const auto there = [&] {
    return static_cast<double>(std::ranges::count_if(
        texts, [&](const std::string& text) { return received(b, text) == 1; }));
  };
  world.run_for(soon);
  EXPECT_NEAR(there(), 350, 40);
  EXPECT_GE(world.network_counts().in_tail, before + 100);
  world.run_for(600ms);
  EXPECT_EQ(there(), 500);
  EXPECT_EQ(arrive(100, a, b), 100U);
  expect_whole_again();
}

TEST_F(FaultEffectTest, far_zones_are_far_both_ways_and_a_zone_is_near_to_itself) {
  begin(FaultKind::far_zones, 300ms, 30'000);
  const std::uint64_t before = world.network_counts().far;
  for (const auto& [from, to] : {std::pair(a, b), std::pair(b, c)}) {
    const std::string text = send(from, to);
    world.run_for(29ms);
    EXPECT_EQ(received(to, text), 0U);
    world.run_for(2ms);
    EXPECT_EQ(received(to, text), 1U);
  }
  EXPECT_GE(world.network_counts().far, before + 2);
  EXPECT_TRUE(arrives(a, c));
  world.run_for(300ms);
  EXPECT_TRUE(arrives(a, b));
  expect_whole_again();
}

TEST_F(FaultEffectTest, a_clock_that_drifts_gains_or_loses_its_share_and_keeps_it) {
  const auto ahead = [&] {
    return world.at(a).now().wall.unix_ms - world.at(b).now().wall.unix_ms;
  };
  begin(FaultKind::drift, 10s, 200'000);
  world.run_for(5s);
  EXPECT_EQ(ahead(), 1'000);
  world.run_for(60s);
  EXPECT_EQ(ahead(), 2'000);
  world.shift_wall_clock(a, -2s);
  player.play({{.kind = FaultKind::drift, .lasts = 10s, .amount = 100'001}});
  world.run_for(60s);
  EXPECT_NEAR(static_cast<double>(ahead()), -1'000, 1);
  player.play({{.kind = FaultKind::wall_clock, .amount = 500}});  // whatever it was before
  world.run_for(1s);
  EXPECT_EQ(ahead(), 500'000);
}

TEST_F(FaultEffectTest, a_clock_that_still_drifts_goes_right_when_all_is_calm) {
  begin(FaultKind::drift, 1h, 200'000);
  world.run_for(10s);
  player.calm();
  EXPECT_EQ(world.at(a).wall_skew(), 2s);
  world.run_for(10s);
  EXPECT_EQ(world.at(a).wall_skew(), 2s);
}

// All end at once, and nobody is left who would call the others.
TEST_F(FaultEffectTest, while_names_fail_nobody_finds_its_seeds) {
  begin(FaultKind::names_fail, 10s);
  for (const NodeId node : world.nodes()) {
    world.restart(node);
  }
  world.run_for(9s);
  EXPECT_TRUE(world.all_see(1));
  EXPECT_GT(world.coverage().names_unresolved, 0U);
  EXPECT_TRUE(wait_for([&] { return world.all_see(6); })) << world.report();
}

TEST_F(FaultEffectTest, calm_ends_every_fault_of_the_network) {
  constexpr std::array kinds{FaultKind::loss,       FaultKind::lossy_zone, FaultKind::far_zones,
                             FaultKind::long_tail,  FaultKind::names_fail, FaultKind::clog,
                             FaultKind::isolate_in, FaultKind::partition,  FaultKind::slow_network};
  for (const FaultKind kind : kinds) {
    begin(kind, 1h, percent(30));
  }
  EXPECT_LT(arrive(100, a, b), 100U);
  player.calm();
  world.run_for(1s);
  EXPECT_EQ(arrive(100, a, b), 100U);
  const std::uint64_t unresolved = world.coverage().names_unresolved;
  world.restart(b);
  expect_whole_again();
  EXPECT_EQ(world.coverage().names_unresolved, unresolved);
  EXPECT_THAT(player.counts(), testing::Contains(1U).Times(kinds.size()));
}

}  // namespace
}  // namespace swim::sim
