// Cut off for a day: whoever heard nobody for so long forgets all and joins anew (DESIGN §4.4).
#include <algorithm>

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

}  // namespace
}  // namespace swim::sim
