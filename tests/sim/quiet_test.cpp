// A cluster in which nothing happens has nothing to do but to probe.
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

}  // namespace
}  // namespace swim::sim
