// The same seed is the same world, to the last event; otherwise no failure could be looked at
// twice.
#include <gtest/gtest.h>

#include <set>

#include "core/sim/swarm.hpp"

namespace swim::sim {
namespace {

constexpr SwarmBounds small{.nodes_min = 3, .nodes_max = 6, .duration = std::chrono::seconds(20)};

TEST(DeterminismTest, the_same_seed_gives_the_same_trace) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const SwarmResult first = run_scenario(random_scenario(seed, small));
    const SwarmResult second = run_scenario(random_scenario(seed, small));
    EXPECT_EQ(first.trace_hash, second.trace_hash) << "seed " << seed;
    EXPECT_EQ(first.events, second.events) << "seed " << seed;
    EXPECT_GT(first.events, 1'000U);
  }
}

TEST(DeterminismTest, other_seeds_give_other_traces) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    hashes.insert(run_scenario(random_scenario(seed, small)).trace_hash);
  }
  EXPECT_EQ(hashes.size(), 5U);
}

TEST(DeterminismTest, the_trace_hash_depends_on_order_and_value) {
  const auto hash = [](std::initializer_list<std::uint64_t> values) {
    TraceHash result;
    for (const std::uint64_t value : values) {
      result.add(value);
    }
    return result.value();
  };
  EXPECT_EQ(hash({1, 2, 3}), hash({1, 2, 3}));
  EXPECT_NE(hash({1, 2, 3}), hash({1, 3, 2}));
  EXPECT_NE(hash({0}), hash({0, 0}));
  EXPECT_NE(hash({1}), hash({2}));
}

}  // namespace
}  // namespace swim::sim
