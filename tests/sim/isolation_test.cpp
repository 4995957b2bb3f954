// Cut off for a day: whoever heard nobody for so long forgets all and joins anew (DESIGN §4.4).
#include <algorithm>
#include <array>

#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class DayTest : public SimTest {
 protected:
  static WorldOptions quick() {
    WorldOptions options;
    options.config.isolation_max = 10min;
    return options;
  }
  DayTest() : SimTest(quick()) {}

  std::size_t forgotten(NodeId node) const {
    return static_cast<std::size_t>(std::ranges::count(
        world.history(node).events, EventReason::forgotten, &MemberEvent::reason));
  }
};

TEST_F(DayTest, a_machine_that_slept_too_long_forgets_all_and_joins_anew) {
  const auto nodes = cluster(5);
  world.pause(nodes[3], true);
  world.run_for(11min);
  world.resume(nodes[3]);
  EXPECT_EQ(forgotten(nodes[3]), 4U);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 5s)) << world.report();
}

TEST_F(DayTest, a_machine_that_slept_for_less_keeps_what_it_knew) {
  const auto nodes = cluster(5);
  world.pause(nodes[3], true);
  world.run_for(9min);
  world.resume(nodes[3]);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 5s)) << world.report();
  EXPECT_EQ(forgotten(nodes[3]), 0U);
}

TEST_F(DayTest, who_heard_nobody_for_too_long_begins_anew_and_is_found_again) {
  const auto nodes = cluster(5);
  world.isolate(nodes[3]);
  world.run_for(11min);
  EXPECT_EQ(forgotten(nodes[3]), 4U);
  world.heal();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 10s)) << world.report();
}

// Whoever is found at once knows nobody: what the sleeper remembers is all that leads to the rest.
TEST_F(DayTest, who_is_found_in_the_moment_of_the_drop_does_not_replace_all_others) {
  for (int i = 0; i < 5; ++i) {
    world.add_node("n" + std::to_string(i), {.remembers = true});
  }
  const auto nodes = world.nodes();
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(5); }, 5s)) << world.report();
  world.fail_names(true);
  world.run_for(2s);
  world.pause(nodes[3], true);
  world.partition(std::array{nodes[0], nodes[3]});
  world.crash(nodes[0]);
  world.at(nodes[0]).options().peers.clear();
  world.start(nodes[0]);
  world.run_for(11min);
  world.resume(nodes[3]);
  world.run_for(5s);
  EXPECT_EQ(world.count(nodes[3], MemberStatus::alive), 2U);
  EXPECT_EQ(world.at(nodes[3]).options().peers.size(), 4U);
  world.heal();
  ASSERT_TRUE(wait_for([&] { return world.all_see(5); }, 30s)) << world.report();
  // The one that began anew is let in by its seeds alone, and their names lead nowhere yet.
  world.fail_names(false);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 30s)) << world.report();
}

}  // namespace
}  // namespace swim::sim
