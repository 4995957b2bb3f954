// Processes that come back: the same name, the same or another address, whatever the clocks say.
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class RestartTest : public SimTest {
 protected:
  bool all_see_run(NodeId subject, Duration limit) {
    return wait_for(
        [&] {
          return std::ranges::all_of(world.running(), [&](NodeId observer) {
            const MemberPtr member = world.find(observer, world.at(subject).name());
            return member && member->status == MemberStatus::alive &&
                   member->incarnation.boot == world.boot_of(subject);
          });
        },
        limit);
  }

  void expect_no_conflict() const {
    EXPECT_EQ(world.coverage().member_events[static_cast<std::size_t>(EventType::conflict)], 0U);
  }

  static Endpoint other_address() { return Endpoint::v4(10, 9, 9, 9, 7946); }
};

TEST_F(RestartTest, test_rejoin_after_crash) {
  const auto nodes = cluster(3);
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::failed, 5s));
  world.start(nodes[2]);
  EXPECT_TRUE(all_see_run(nodes[2], 2s)) << world.report();
  EXPECT_EQ(world.history(nodes[0]).events.back().type, EventType::joined);
  EXPECT_EQ(world.history(nodes[0]).events.back().reason, EventReason::rejoined);
  expect_no_conflict();
}

TEST_F(RestartTest, a_quick_restart_is_one_replaced_on_all_others) {
  const auto nodes = cluster(6);
  world.restart(nodes[2]);
  const auto took = time_until([&] { return world.converged(); }, 2s);
  ASSERT_TRUE(took) << world.report();
  EXPECT_LT(*took, 1s);
  world.run_for(30s);
  for (const NodeId node : nodes) {
    if (node != nodes[2]) {
      EXPECT_EQ(world.events(node, EventType::replaced, nodes[2]), 1U);
      EXPECT_EQ(world.events(node, EventType::failed, nodes[2]), 0U);
    }
  }
  expect_no_conflict();
}

TEST_F(RestartTest, a_restart_at_another_address_is_one_replaced_on_all_others) {
  const auto nodes = cluster(10);
  world.restart_at(nodes[4], other_address());
  const auto took = time_until([&] { return world.converged(); }, 2s);
  ASSERT_TRUE(took) << world.report();
  EXPECT_LT(*took, 1s);
  world.run_for(30s);
  for (const NodeId node : nodes) {
    if (node != nodes[4]) {
      EXPECT_EQ(world.events(node, EventType::replaced, nodes[4]), 1U);
      EXPECT_EQ(world.events(node, EventType::failed, nodes[4]), 0U);
      EXPECT_EQ(world.find(node, "n4")->address, other_address());
    }
  }
  expect_no_conflict();
}

TEST_F(RestartTest, a_clean_restart_is_left_and_then_joined) {
  const auto nodes = cluster(6);
  const auto operation = world.leave(nodes[5]);
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[5], *operation) != nullptr; }, 2s));
  world.stop(nodes[5]);
  ASSERT_TRUE(all_list(nodes[5], MemberStatus::left, 2s));
  world.start(nodes[5]);
  EXPECT_TRUE(all_see_run(nodes[5], 2s)) << world.report();
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(world.events(nodes[i], EventType::left, nodes[5]), 1U);
    EXPECT_EQ(world.events(nodes[i], EventType::joined, nodes[5]), 2U);
    EXPECT_EQ(world.events(nodes[i], EventType::replaced, nodes[5]), 0U);
  }
  expect_no_conflict();
}

TEST_F(RestartTest, a_restart_in_the_same_second_is_a_new_life) {
  const auto nodes = cluster(3);
  for (int i = 0; i < 5; ++i) {
    world.restart(nodes[1]);
    EXPECT_TRUE(all_see_run(nodes[1], 2s)) << world.report();
  }
  expect_no_conflict();
}

TEST_F(RestartTest, one_that_joins_nobody_and_restarts_within_a_second_is_heard) {
  // The others' seed, which has none itself: no verdict tells it which life to take.
  const NodeId first = world.add_node("first", {.seeds = std::vector<NodeId>{}});
  const NodeId second = world.add_node("second", {.seeds = std::vector<NodeId>{first}});
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(2); }, 5s));
  for (int i = 0; i < 6; ++i) {
    world.restart(first);
    ASSERT_TRUE(all_see_run(first, 2s)) << "restart " << i << world.report();
    ASSERT_TRUE(wait_for([&] { return world.converged(); }, 2s)) << world.report();
    world.run_for(2s);  // an answered probe makes the other trust itself again
  }
  EXPECT_EQ(world.events(second, EventType::failed, first), 0U);
  expect_no_conflict();
}

// The run between took a life above the clock's, and what others say of it next is that they
// suspect it: where it was, the last one has to ask.
TEST_F(RestartTest, one_that_restarts_twice_within_a_second_is_itself_again_at_once) {
  const NodeId first = world.add_node("first", {.seeds = std::vector<NodeId>{}});
  for (const auto* name : {"second", "third", "fourth"}) {
    world.add_node(name, {.seeds = std::vector<NodeId>{first}});
  }
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(4); }, 5s));
  Duration longest{};
  for (int round = 0; round < 60; ++round) {
    const auto crash_and_start = [&] {
      world.crash(first);
      world.run_for(10ms + (round % 12) * 10ms);
      world.start(first);
    };
    crash_and_start();
    world.run_for(10ms + round * 5ms);
    crash_and_start();
    Duration in_conflict{};
    for (int i = 0; i < 2000; ++i) {
      world.run_for(5ms);
      in_conflict += world.view_of(first).conflict ? 5ms : 0ms;
    }
    longest = std::max(longest, in_conflict);
    EXPECT_TRUE(world.converged()) << world.report();
  }
  RecordProperty("longest_ms", static_cast<int>(longest / 1ms));
  EXPECT_LT(longest, 100ms);
  EXPECT_GT(world.coverage().stats.name_conflicts, 0U) << "nothing was shown";
}

TEST_F(RestartTest, a_clock_that_went_back_does_no_harm) {
  const auto nodes = cluster(3);
  world.crash(nodes[1]);
  world.shift_wall_clock(nodes[1], -24h);
  world.run_for(5s);
  world.start(nodes[1]);
  EXPECT_TRUE(all_see_run(nodes[1], 3s)) << world.report();
  expect_no_conflict();
}

TEST_F(RestartTest, the_metadata_of_the_new_run_is_shown) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.set_metadata(nodes[1], "old run"));
  ASSERT_TRUE(wait_for([&] { return metadata(nodes[0], nodes[1]) == "old run"; }, 3s));
  world.crash(nodes[1]);
  world.at(nodes[1]).options().metadata = to_vector(as_bytes("new run"));
  world.start(nodes[1]);
  EXPECT_TRUE(all_see_run(nodes[1], 2s)) << world.report();
  EXPECT_EQ(metadata(nodes[0], nodes[1]), "new run");
}

TEST_F(RestartTest, all_nodes_restart_at_once) {
  const auto nodes = cluster(10);
  for (const NodeId node : nodes) {
    world.crash(node);
  }
  world.run_for(1s);
  world.start_all();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 20s)) << world.report();
  expect_no_conflict();
}

TEST_F(RestartTest, a_rolling_restart_leaves_everybody_listed) {
  const auto nodes = cluster(8);
  for (const NodeId node : nodes) {
    const auto operation = world.leave(node);
    ASSERT_TRUE(operation);
    ASSERT_TRUE(wait_for([&] { return world.completed(node, *operation) != nullptr; }, 2s));
    world.stop(node);
    world.run_for(300ms);
    world.start(node);
    world.run_for(2s);
  }
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 10s)) << world.report();
  EXPECT_EQ(world.coverage().member_events[static_cast<std::size_t>(EventType::failed)], 0U);
  expect_no_conflict();
}

TEST_F(RestartTest, broadcasts_of_a_new_run_are_not_taken_for_old_ones) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.broadcast(nodes[1], "t", "from the old run"));
  ASSERT_TRUE(wait_for([&] { return received(nodes[0], "from the old run") == 1; }, 2s));
  world.restart(nodes[1]);
  ASSERT_TRUE(all_see_run(nodes[1], 3s));
  ASSERT_TRUE(world.broadcast(nodes[1], "t", "from the new run"));
  EXPECT_TRUE(wait_for([&] { return received(nodes[0], "from the new run") == 1; }, 2s));
}

}  // namespace
}  // namespace swim::sim
