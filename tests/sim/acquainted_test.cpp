// Worlds that begin with all knowing all: nothing is left to say, and the protocol works from
// there.
#include <gtest/gtest.h>

#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class AcquaintedTest : public SimTest {
 protected:
  AcquaintedTest() : SimTest({.plain = true}) {
    world.add_nodes(20);
    world.start_acquainted();
  }

  std::uint64_t gossiped() const {
    std::uint64_t sum = 0;
    for (const NodeId node : world.running()) {
      sum += world.at(node).engine().stats().updates_gossiped;
    }
    return sum;
  }
};

TEST_F(AcquaintedTest, all_know_all_at_once_and_have_nothing_to_say) {
  EXPECT_TRUE(world.all_see(20));
  EXPECT_TRUE(world.converged());
  world.run_for(5s);
  EXPECT_TRUE(world.converged());
  EXPECT_EQ(world.stream_counts().opened, 0U);
  // Beside what each tells each of itself until it is answered for the first time.
  EXPECT_EQ(gossiped(), 0U);
  for (const NodeId node : world.nodes()) {
    EXPECT_EQ(world.at(node).engine().state(), NodeState::running);
    EXPECT_GT(world.at(node).engine().stats().probes_acked_direct, 0U);
    EXPECT_EQ(world.at(node).engine().stats().probes_failed, 0U);
  }
}

TEST_F(AcquaintedTest, a_crash_is_seen_by_all_and_a_restart_too) {
  world.crash(NodeId{7});
  EXPECT_TRUE(all_list(NodeId{7}, MemberStatus::failed, 5s));
  EXPECT_GT(gossiped(), 0U);
  world.restart(NodeId{7});
  EXPECT_TRUE(wait_for([&] { return world.converged(); }));
}

TEST_F(AcquaintedTest, one_member_is_found_as_the_snapshot_shows_it) {
  const Snapshot view = world.view_of(NodeId{3});
  for (const MemberPtr& member : view.members) {
    const MemberPtr found = world.find(NodeId{3}, member->name);
    ASSERT_NE(found, nullptr) << member->name;
    EXPECT_EQ(found->incarnation, member->incarnation);
    EXPECT_EQ(found->address, member->address);
    EXPECT_EQ(found->revision, member->revision);
  }
  EXPECT_EQ(world.find(NodeId{3}, "nobody"), nullptr);
}

}  // namespace
}  // namespace swim::sim
