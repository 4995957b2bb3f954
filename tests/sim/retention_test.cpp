// How long whoever is gone is still listed.
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class LeftRetentionTest : public SimTest {};

TEST_F(LeftRetentionTest, members_are_listed_for_an_hour_after_they_left_and_then_expire) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.leave(nodes[2]));
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::left, 3s));
  world.stop(nodes[2]);
  world.run_for(59min);
  EXPECT_EQ(world.status(nodes[0], nodes[2]), MemberStatus::left);
  world.run_for(3min);
  EXPECT_EQ(world.status(nodes[0], nodes[2]), std::nullopt);
  EXPECT_EQ(world.events(nodes[0], EventType::expired, nodes[2]), 1U);
}

WorldOptions slow_pace() {
  WorldOptions options;
  options.config.probe_interval = 5s;  // a day of the usual pace would be millions of probes
  options.config.suspicion_max_timeout = 20s;
  return options;
}

class FailedRetentionTest : public SimTest {
 protected:
  FailedRetentionTest() : SimTest(slow_pace()) {}
};

TEST_F(FailedRetentionTest, members_are_listed_for_a_day_after_they_failed_and_then_expire) {
  const auto nodes = world.add_nodes(3);
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(3); }, 1min)) << world.report();
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::failed, 3min)) << world.report();
  world.run_for(24h - 3min);
  for (const NodeId node : {nodes[0], nodes[1]}) {
    EXPECT_EQ(world.status(node, nodes[2]), MemberStatus::failed);
  }
  world.run_for(6min);
  for (const NodeId node : {nodes[0], nodes[1]}) {
    EXPECT_EQ(world.status(node, nodes[2]), std::nullopt);
    EXPECT_EQ(world.events(node, EventType::expired, nodes[2]), 1U);
  }
}

}  // namespace
}  // namespace swim::sim
