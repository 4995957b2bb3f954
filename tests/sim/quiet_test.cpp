// What news costs: none costs nothing but probes, and one member's troubles cost all little.
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class NewsTest : public SimTest {
 protected:
  // Found by the swarm, seed 1001 with 2 to 9 nodes: what a node had to tell about its only peer
  // could be told to nobody, and waited for ever.
  void expect_nothing_left_to_tell(std::size_t members) {
    const auto nodes = cluster(members);
    ASSERT_TRUE(world.set_metadata(nodes[0], "new"));
    world.run_for(5s);
    for (const NodeId node : nodes) {
      EXPECT_EQ(world.at(node).engine().stats().updates_queued, 0U) << world.at(node).name();
    }
  }
};

TEST_F(NewsTest, two_members_run_out_of_news) {
  expect_nothing_left_to_tell(2);
}

TEST_F(NewsTest, many_members_run_out_of_news) {
  expect_nothing_left_to_tell(12);
}

// A member that hears all and is hardly heard is accused, and answers, for as long as that lasts.
TEST_F(NewsTest, a_half_detached_member_costs_the_others_little) {
  const auto nodes = cluster(50);
  world.run_for(10s);
  const auto sent_in = [&](Duration duration) {
    const std::uint64_t before = world.at(nodes[0]).engine().stats().datagrams_sent;
    world.run_for(duration);
    return world.at(nodes[0]).engine().stats().datagrams_sent - before;
  };
  const std::uint64_t idle = sent_in(20s);
  world.topology().lose_outgoing(nodes[7], percent(95));
  const std::uint64_t accusing = sent_in(20s);
  EXPECT_GT(accusing, idle * 3 / 2) << "nobody accused anybody";
  EXPECT_LT(accusing, 5 * idle);
  world.topology().lose_outgoing(nodes[7], percent(0));
  EXPECT_TRUE(world.run_until([&] { return world.all_see(50); }, 10s)) << world.report();
}

}  // namespace
}  // namespace swim::sim
