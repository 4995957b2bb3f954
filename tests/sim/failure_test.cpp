// Clusters in bad weather: crashes, lost hosts, cuts, partitions, stalls, loss. Names with test_
// are the seed's rows.
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class FailureTest : public SimTest {
 protected:
  // Nobody was called failed who runs.
  void expect_no_false_alarm() const {
    EXPECT_EQ(world.coverage().failures_of_running, 0U) << world.report();
  }
};

TEST_F(FailureTest, test_failure_detection) {
  const auto nodes = cluster(3);
  world.crash(nodes[2]);
  EXPECT_TRUE(all_list(nodes[2], MemberStatus::failed, 3s)) << world.report();
  EXPECT_EQ(world.events(nodes[0], EventType::failed, nodes[2]), 1U);
  expect_no_false_alarm();
}

TEST_F(FailureTest, test_node_crash) {
  const auto nodes = cluster(10);
  world.crash(nodes[4]);
  const auto took =
      time_until([&] { return world.all_others_see(nodes[4], MemberStatus::failed); }, 5s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_LT(*took, 2s);
  EXPECT_EQ(world.history(nodes[0]).events.back().reason, EventReason::probe_refused);
}

TEST_F(FailureTest, a_lost_host_is_failed_too) {
  const auto nodes = cluster(10);
  world.lose_host(nodes[4]);
  const auto took =
      time_until([&] { return world.all_others_see(nodes[4], MemberStatus::failed); }, 5s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_EQ(world.history(nodes[0]).events.back().reason, EventReason::probe_silent);
}

TEST_F(FailureTest, the_survivor_of_two_finds_the_other_failed) {
  const auto nodes = cluster(2);
  world.lose_host(nodes[1]);
  EXPECT_TRUE(all_list(nodes[1], MemberStatus::failed, 5s)) << world.report();
}

TEST_F(FailureTest, half_of_the_cluster_crashes_at_once) {
  const auto nodes = cluster(20);
  for (std::size_t i = 10; i < 20; ++i) {
    world.crash(nodes[i]);
  }
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 15s)) << world.report();
  expect_no_false_alarm();
}

TEST_F(FailureTest, test_suspect_event_fired) {
  const auto nodes = cluster(3);
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::failed, 5s));
  for (const NodeId node : {nodes[0], nodes[1]}) {
    EXPECT_EQ(world.events(node, EventType::suspected, nodes[2]), 1U);
  }
}

TEST_F(FailureTest, a_failure_can_be_explained) {
  const auto nodes = cluster(3);
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::failed, 5s));
  const auto why = world.at(nodes[0]).engine().explain("n2", world.at(nodes[0]).now());
  ASSERT_TRUE(why);
  EXPECT_EQ(why->member->status, MemberStatus::failed);
  ASSERT_GE(why->transitions.size(), 3U);
  EXPECT_EQ(why->transitions.front().type, EventType::joined);
  EXPECT_EQ(why->transitions.back().type, EventType::failed);
  EXPECT_TRUE(why->last_ack);
}

// Two members that don't reach each other over UDP see each other through a third one.
TEST_F(FailureTest, test_indirect_probe) {
  WorldOptions options;
  options.config.stream_probes = false;
  World without_streams(options);
  const auto nodes = without_streams.add_nodes(3);
  without_streams.start_all();
  ASSERT_TRUE(without_streams.run_until([&] { return without_streams.all_see(3); }, 5s));
  without_streams.cut(nodes[1], nodes[2]);
  without_streams.run_for(60s);
  EXPECT_GT(without_streams.at(nodes[1]).engine().stats().probes_acked_indirect, 0U);
  EXPECT_EQ(without_streams.coverage().failures_of_running, 0U);
  EXPECT_EQ(
      without_streams.coverage().member_events[static_cast<std::size_t>(EventType::suspected)], 0U);
  EXPECT_TRUE(without_streams.converged());
  EXPECT_FALSE(without_streams.broken()) << without_streams.report();
}

TEST_F(FailureTest, a_cut_of_one_direction_between_two_hurts_nobody) {
  const auto nodes = cluster(4);
  world.cut_one_way(nodes[1], nodes[2]);
  world.run_for(60s);
  EXPECT_TRUE(world.converged()) << world.report();
  expect_no_false_alarm();
}

// UDP dies and TCP does not: a firewall that somebody mended by half.
TEST_F(FailureTest, where_only_streams_get_through_nobody_fails) {
  WorldOptions options;
  options.seed = 5;
  World udp_free(options);
  const auto nodes = udp_free.add_nodes(2);
  udp_free.start_all();
  ASSERT_TRUE(udp_free.run_until([&] { return udp_free.all_see(2); }, 5s));
  const std::uint64_t before = udp_free.at(nodes[0]).engine().stats().probes_acked_stream;
  udp_free.network().corrupt_ppm = ppm_max;
  udp_free.run_for(20s);
  EXPECT_GT(udp_free.at(nodes[0]).engine().stats().probes_acked_stream, before);
  EXPECT_TRUE(udp_free.converged());
  EXPECT_EQ(udp_free.coverage().failures_of_running, 0U) << udp_free.report();
}

TEST_F(FailureTest, test_network_partition) {
  const auto nodes = cluster(6);
  world.partition(std::vector{nodes[0], nodes[1], nodes[2]});
  const auto sides_apart = [&] {
    return std::ranges::all_of(nodes, [&](NodeId node) {
      return world.count(node, MemberStatus::alive) == 3 &&
             world.count(node, MemberStatus::failed) == 3;
    });
  };
  ASSERT_TRUE(wait_for(sides_apart, 10s)) << world.report();
  world.heal();
  const auto took = time_until([&] { return world.converged(); }, 60s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_LE(*took, 30s);
}

TEST_F(FailureTest, a_partition_of_ten_minutes_heals_by_itself) {
  const auto nodes = cluster(6);
  world.partition(std::vector{nodes[0], nodes[3]});
  world.run_for(10min);
  world.heal();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 30s)) << world.report();
}

TEST_F(FailureTest, after_a_partition_the_same_runs_are_shown_as_recovered) {
  const auto nodes = cluster(4);
  world.isolate(nodes[3]);
  ASSERT_TRUE(all_list(nodes[3], MemberStatus::failed, 10s));
  world.heal();
  ASSERT_TRUE(wait_for([&] { return world.converged(); }, 60s)) << world.report();
  EXPECT_EQ(world.history(nodes[0]).events.back().type, EventType::joined);
  EXPECT_EQ(world.history(nodes[0]).events.back().reason, EventReason::recovered);
  EXPECT_EQ(world.events(nodes[0], EventType::replaced, nodes[3]), 0U);
}

TEST_F(FailureTest, a_short_isolation_is_refuted) {
  const auto nodes = cluster(5);
  world.isolate(nodes[2]);
  ASSERT_TRUE(
      wait_for([&] { return world.events(nodes[0], EventType::suspected, nodes[2]) == 1; }, 5s));
  world.heal();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 5s)) << world.report();
  EXPECT_GE(world.events(nodes[0], EventType::refuted, nodes[2]), 1U);
}

TEST_F(FailureTest, a_lossy_network_calls_nobody_failed) {
  const auto nodes = cluster(10);
  world.network().loss_ppm = percent(5);
  world.network().duplicate_ppm = percent(5);
  world.network().reorder_ppm = percent(10);
  world.run_for(2min);
  expect_no_false_alarm();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 5s)) << world.report();
}

TEST_F(FailureTest, corruption_is_dropped_and_counted) {
  const auto nodes = cluster(3);
  world.network().corrupt_ppm = percent(20);
  world.run_for(30s);
  std::uint64_t dropped = 0;
  for (const std::uint64_t count : world.at(nodes[0]).engine().stats().dropped) {
    dropped += count;
  }
  EXPECT_GT(dropped, 0U);
  expect_no_false_alarm();
}

TEST_F(FailureTest, who_slept_accuses_nobody) {
  const auto nodes = cluster(5);
  world.pause(nodes[1]);
  world.run_for(700ms);
  world.resume(nodes[1]);
  world.run_for(10s);
  for (const NodeId node : nodes) {
    if (node != nodes[1]) {
      EXPECT_EQ(world.events(nodes[1], EventType::failed, node), 0U);
    }
  }
  EXPECT_TRUE(world.converged()) << world.report();
}

TEST_F(FailureTest, a_process_that_was_stopped_for_long_comes_back_by_itself) {
  const auto nodes = cluster(5);
  world.pause(nodes[3]);
  ASSERT_TRUE(all_list(nodes[3], MemberStatus::failed, 30s)) << world.report();
  world.run_for(20s);
  world.resume(nodes[3]);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 30s)) << world.report();
}

TEST_F(FailureTest, a_machine_that_slept_comes_back_by_itself) {
  const auto nodes = cluster(5);
  world.pause(nodes[3], true);
  world.run_for(1h);
  world.resume(nodes[3]);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 60s)) << world.report();
}

TEST_F(FailureTest, an_ack_of_a_stranger_on_the_same_address_counts_for_nobody) {
  const auto nodes = cluster(3);
  const Endpoint address = world.at(nodes[2]).options().address;
  world.crash(nodes[2]);
  const NodeId stranger = world.add_node("stranger", {.address = address});
  world.start(stranger);
  EXPECT_TRUE(wait_for(
      [&] {
        return world.status(nodes[0], nodes[2]) == MemberStatus::failed &&
               world.status(nodes[1], nodes[2]) == MemberStatus::failed;
      },
      10s))
      << world.report();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 10s)) << world.report();
}

TEST_F(FailureTest, nothing_is_left_over_after_a_storm) {
  const auto nodes = cluster(8);
  world.network().loss_ppm = percent(60);
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(world.send(nodes[0], nodes[1], "t", std::to_string(i)));
    static_cast<void>(world.ping(nodes[2], nodes[3]));
    world.run_for(500ms);
  }
  world.network().loss_ppm = 0;
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 60s)) << world.report();
  EXPECT_TRUE(world.check_quiet(60s)) << world.report();
}

}  // namespace
}  // namespace swim::sim
