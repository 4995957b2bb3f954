// How nodes find their cluster by their seeds, in single worlds.
#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

using SeedsTest = SimTest;

// One that starts before its seed does, and hears of it from a third that asks both, knows the seed
// already when it asks again, and need not wait until its pause is over.
TEST_F(SeedsTest, a_seed_that_is_known_before_it_let_a_node_in_is_asked_all_the_same) {
  const NodeId a = world.add_node("a", {.seeds = std::vector<NodeId>{}});
  const NodeId b = world.add_node("b", {.seeds = std::vector{a}});
  const NodeId c = world.add_node("c", {.seeds = std::vector{a, b}});
  const auto state = [&] { return world.at(b).engine().state(); };
  world.start(b);
  world.run_for(5500ms);
  EXPECT_EQ(state(), NodeState::joining) << "it asks again in some seconds";
  world.start(a);
  world.start(c);
  EXPECT_TRUE(wait_for([&] { return world.all_see(3); }, 100ms)) << world.report();
  EXPECT_TRUE(wait_for([&] { return state() == NodeState::running; }, 100ms)) << world.report();
  EXPECT_TRUE(world.converged());
}

// A call of its seeds that was under way when it left brings nobody back.
TEST_F(SeedsTest, who_leaves_while_it_calls_its_seeds_stays_away) {
  const NodeId other = world.add_node("other", {.seeds = std::vector<NodeId>{}});
  const NodeId own = world.add_node("own", {.seeds = std::vector{NodeId{1}, other}});
  ASSERT_EQ(own, NodeId{1});
  world.start(own);
  world.run_for(500ms);
  ASSERT_EQ(world.at(own).engine().state(), NodeState::joining) << "nobody was there yet";
  ASSERT_TRUE(world.leave(own));
  world.run_for(30s);
  EXPECT_EQ(world.at(own).engine().state(), NodeState::left);
}

}  // namespace
}  // namespace swim::sim
