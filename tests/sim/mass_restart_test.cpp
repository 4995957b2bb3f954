// Everybody at once: processes that all end and come back, and processes that all come.
#include <algorithm>

#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class MassRestartTest : public SimTest {
 protected:
  static WorldOptions options() {
    WorldOptions options;
    options.seed = 17;
    return options;
  }
  MassRestartTest() : SimTest(options()) {}

  // Nobody shows what does not run, and everybody has the same digest.
  bool agree() {
    return world.converged() && std::ranges::all_of(world.running(), [&](NodeId node) {
             return digest(node) == digest(world.running().front());
           });
  }
  std::uint64_t digest(NodeId node) { return world.at(node).engine().stats().membership_digest; }

  // Every process once within ten seconds, in any order; on another machine where `moves`.
  void restart_all(const std::vector<NodeId>& nodes, bool moves) {
    Prng order(5);
    for (const NodeId node : nodes) {
      const Duration when = std::chrono::milliseconds(order.below(10'000));
      world.after(when, [this, node, moves] {
        const std::uint32_t index = index_of(node);
        moves ? world.restart_at(node, Endpoint::v4(10, 77, static_cast<std::uint8_t>(index >> 8U),
                                                    static_cast<std::uint8_t>(index), 7946))
              : world.restart(node);
      });
    }
    world.run_for(10s);
  }
};

TEST_F(MassRestartTest, all_of_a_hundred_restart_and_all_views_are_equal) {
  const auto nodes = cluster(100);
  restart_all(nodes, false);
  const auto took = time_until([&] { return agree(); }, 30s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  world.run_for(10s);
  EXPECT_TRUE(agree()) << world.report();
}

TEST_F(MassRestartTest, all_of_a_hundred_come_back_at_other_addresses) {
  const auto nodes = cluster(100);
  restart_all(nodes, true);
  const auto took = time_until([&] { return agree(); }, 30s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  world.run_for(10s);
  EXPECT_TRUE(agree()) << world.report();
}

// Long enough for the others to see it: one in ten is away for up to eight seconds.
TEST_F(MassRestartTest, all_of_a_hundred_are_away_for_a_while_and_all_views_are_equal) {
  constexpr std::uint64_t within = 10'000;  // ms, until the last is back
  const auto nodes = cluster(100);
  Prng draw(23);
  for (const NodeId node : nodes) {
    const std::uint64_t away =
        draw.below(10) == 0 ? draw.between(3'000, 8'000) : draw.between(500, 3'000);
    const std::uint64_t down = draw.between(0, within - away);
    world.after(std::chrono::milliseconds(down), [this, node] { world.crash(node); });
    world.after(std::chrono::milliseconds(down + away), [this, node] { world.start(node); });
  }
  world.run_for(std::chrono::milliseconds(within));
  for (const NodeId node : nodes) {
    EXPECT_TRUE(world.at(node).running() && world.at(node).run().run == 2) << world.at(node).name();
  }
  EXPECT_GT(world.coverage().member_events[static_cast<std::size_t>(EventType::failed)], 100U);
  const auto took = time_until([&] { return agree(); }, 30s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  world.run_for(10s);
  EXPECT_TRUE(agree()) << world.report();
}

// A thousand at once, through one seed (E11).
TEST_F(MassRestartTest, a_hundred_join_within_a_second_through_one_seed_and_agree) {
  const auto nodes = world.add_nodes(100);
  world.start(nodes[0]);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    world.after(std::chrono::milliseconds(10 * i), [this, node = nodes[i]] { world.start(node); });
  }
  world.run_for(1s);
  const auto took = time_until([&] { return agree(); }, 10s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_LE(*took, 3s);
}

}  // namespace
}  // namespace swim::sim
