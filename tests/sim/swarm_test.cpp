// Random clusters under random faults. More of them: `./dev sim`, or bin/swim_sim --help.
#include "core/sim/swarm.hpp"

#include <gtest/gtest.h>

#include "core/sim/fault_player.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

// Each a program of its own for ctest, so that they run beside each other.
class SwarmTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SwarmTest, no_rule_is_broken) {
  constexpr std::uint64_t seeds_each = 20;
  const SwarmBounds bounds{.nodes_min = 2, .nodes_max = 9, .duration = std::chrono::minutes(1)};
  for (std::uint64_t seed = GetParam(); seed < GetParam() + seeds_each; ++seed) {
    const SwarmResult result = run_scenario(random_scenario(seed, bounds));
    EXPECT_TRUE(result.passed) << result.report
                               << "replay: swim_sim --nodes 2-9 --minutes 1 --replay " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SwarmTest, testing::Values(1'000, 2'000, 3'000, 4'000, 5'000));

TEST(SwarmCoverageTest, thirty_seeds_try_every_kind_of_fault) {
  const SwarmBounds bounds{.nodes_min = 3, .nodes_max = 5, .duration = std::chrono::minutes(1)};
  std::array<std::uint64_t, fault_kinds> tried{};
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    for (const Fault& fault : random_scenario(seed, bounds).schedule) {
      ++tried[static_cast<std::size_t>(fault.kind)];
    }
  }
  for (std::size_t kind = 0; kind < fault_kinds; ++kind) {
    EXPECT_GT(tried[kind], 0U) << to_string(static_cast<FaultKind>(kind));
  }
}

TEST(SwarmCoverageTest, thirty_seeds_draw_networks_of_every_kind_and_nodes_that_remember) {
  std::array<int, 6> drawn{};
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Scenario scenario = random_scenario(seed, {});
    drawn[0] += scenario.network.loss_ppm > 0 ? 1 : 0;
    drawn[1] += scenario.network.tail_ppm > 0 ? 1 : 0;
    drawn[2] += scenario.network.between_zones > Duration::zero() ? 1 : 0;
    drawn[3] += scenario.remembering_ppm == ppm_max ? 1 : 0;
    drawn[4] += scenario.network.duplicate_ppm > 0 ? 1 : 0;
    drawn[5] += scenario.network.reorder_ppm > 0 ? 1 : 0;
  }
  for (const int scenarios : drawn) {
    EXPECT_GT(scenarios, 2);
    EXPECT_LT(scenarios, 28);
  }
}

class FaultPlayerTest : public SimTest {
 protected:
  FaultPlayer player{world};
};

// A fault of each kind, alone: it has its effect, ends, and the cluster is whole again.
TEST_F(FaultPlayerTest, every_fault_has_its_effect_and_its_end) {
  const auto nodes = cluster(5);
  for (std::size_t kind = 0; kind < fault_kinds; ++kind) {
    player.play({{.at = 1s,
                  .kind = static_cast<FaultKind>(kind),
                  .subject = 1,
                  .other = 2,
                  .lasts = 3s,
                  .amount = 1'000}});
    world.run_for(5s);
    EXPECT_EQ(player.counts()[kind], 1U) << to_string(static_cast<FaultKind>(kind));
    EXPECT_TRUE(wait_for([&] { return world.converged(); }, 60s))
        << to_string(static_cast<FaultKind>(kind)) << "\n"
        << world.report();
  }
}

}  // namespace
}  // namespace swim::sim
