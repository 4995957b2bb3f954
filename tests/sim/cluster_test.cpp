// Clusters in good weather: join, leave, messages, metadata, events. Names with test_ are the
// seed's rows.
#include "tests/sim/sim_test.hpp"
#include "tests/support/error_of.hpp"

namespace swim::sim {
namespace {

using swim::test::code_of;

class ClusterTest : public SimTest {};

TEST_F(ClusterTest, test_two_node_join) {
  const NodeId a = world.add_node("a");
  const NodeId b = world.add_node("b");
  world.start(a);
  world.start(b);
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 2s)) << world.report();
  EXPECT_EQ(world.status(a, b), MemberStatus::alive);
  EXPECT_EQ(world.status(b, a), MemberStatus::alive);
}

TEST_F(ClusterTest, a_node_alone_is_a_cluster_of_its_own) {
  const NodeId a = world.add_node("a");
  world.start(a);
  world.run_for(30s);
  EXPECT_EQ(world.view_of(a).members.size(), 1U);
  EXPECT_EQ(world.view_of(a).state, NodeState::running);
}

TEST_F(ClusterTest, a_join_reports_each_address) {
  const auto nodes = cluster(2);
  const NodeId late = world.add_node("late", {.seeds = std::vector<NodeId>{}});
  world.start(late);
  const NodeId nobody = world.add_node("nobody");
  const auto operation = world.join(late, std::vector{nodes[0], nodes[1], nobody});
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(late, *operation) != nullptr; }, 10s));
  const OperationCompleted& done = *world.completed(late, *operation);
  EXPECT_FALSE(done.error);
  ASSERT_EQ(done.seeds.size(), 3U);
  std::size_t accepted = 0;
  for (const SeedResult& seed : done.seeds) {
    accepted += seed.accepted ? 1 : 0;
    EXPECT_EQ(seed.accepted, seed.address != world.at(nobody).options().address);
  }
  EXPECT_EQ(accepted, 2U);
}

TEST_F(ClusterTest, a_join_that_reaches_nobody_says_so) {
  const NodeId a = world.add_node("a", {.seeds = std::vector<NodeId>{}});
  const NodeId gone = world.add_node("gone");
  world.start(a);
  const auto operation = world.join(a, std::vector{gone});
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(a, *operation) != nullptr; }, 10s));
  const OperationCompleted& done = *world.completed(a, *operation);
  ASSERT_TRUE(done.error);
  EXPECT_EQ(done.error->code, Errc::no_seeds_reachable);
  ASSERT_EQ(done.seeds.size(), 1U);
  EXPECT_FALSE(done.seeds[0].accepted);
}

TEST_F(ClusterTest, ten_nodes_that_start_at_once_all_see_ten) {
  const auto nodes = world.add_nodes(10);
  world.start_all();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 3s)) << world.report();
}

TEST_F(ClusterTest, test_convergence_time) {
  const auto nodes = world.add_nodes(50);
  world.start_all();
  const auto took = time_until([&] { return world.all_see(50); }, 10s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_LT(*took, 1s);
}

TEST_F(ClusterTest, test_two_node_leave) {
  const auto nodes = cluster(2);
  const auto operation = world.leave(nodes[1]);
  ASSERT_TRUE(operation);
  const auto took =
      time_until([&] { return world.status(nodes[0], nodes[1]) == MemberStatus::left; }, 2s);
  ASSERT_TRUE(took) << world.report();
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[1], *operation) != nullptr; }, 2s));
  EXPECT_EQ(world.completed(nodes[1], *operation)->acknowledged, 1U);
  EXPECT_EQ(world.view_of(nodes[1]).state, NodeState::left);
  world.stop(nodes[1]);
  world.run_for(10s);
  EXPECT_EQ(world.status(nodes[0], nodes[1]), MemberStatus::left) << "a goodbye is not a failure";
  EXPECT_EQ(world.events(nodes[0], EventType::failed, nodes[1]), 0U);
}

TEST_F(ClusterTest, a_leave_is_heard_by_all_even_if_the_process_exits_at_once_after_it) {
  const auto nodes = cluster(20);
  const auto operation = world.leave(nodes[7]);
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[7], *operation) != nullptr; }, 2s));
  world.stop(nodes[7]);
  EXPECT_TRUE(all_list(nodes[7], MemberStatus::left, 3s)) << world.report();
}

TEST_F(ClusterTest, a_goodbye_that_nobody_hears_costs_few_datagrams) {
  const auto nodes = cluster(4);
  world.run_for(2s);
  world.isolate(nodes[0]);
  const std::uint64_t before = world.at(nodes[0]).engine().stats().datagrams_sent;
  const auto operation = world.leave(nodes[0]);
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }, 2s));
  EXPECT_EQ(world.completed(nodes[0], *operation)->acknowledged, 0U);
  // Six attempts to three members, beside the gossip of its last updates.
  EXPECT_LE(world.at(nodes[0]).engine().stats().datagrams_sent - before, 40U);
}

TEST_F(ClusterTest, the_last_one_leaves_alone) {
  const auto nodes = cluster(1);
  const auto operation = world.leave(nodes[0]);
  ASSERT_TRUE(operation);
  EXPECT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }, 2s));
}

TEST_F(ClusterTest, a_node_that_left_comes_back_by_an_explicit_join) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.leave(nodes[2]));
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::left, 3s));
  world.run_for(60s);
  EXPECT_EQ(world.status(nodes[0], nodes[2]), MemberStatus::left) << "never by itself";
  ASSERT_TRUE(world.join(nodes[2], std::vector{nodes[0]}));
  EXPECT_TRUE(wait_for([&] { return world.all_see(3); }, 5s)) << world.report();
}

TEST_F(ClusterTest, test_two_node_broadcast) {
  const auto nodes = cluster(2);
  ASSERT_TRUE(world.broadcast(nodes[0], "topic", "hello"));
  EXPECT_TRUE(wait_for([&] { return received(nodes[1], "hello") == 1; }, 1s));
  EXPECT_EQ(received(nodes[0], "hello"), 1U) << "one's own, marked as such";
  const MessageReceived& message = world.history(nodes[1]).messages.back();
  EXPECT_EQ(message.origin, "n0");
  EXPECT_EQ(message.topic, "topic");
  EXPECT_EQ(message.origin_boot, world.boot_of(nodes[0]));
  EXPECT_TRUE(message.broadcast);
  EXPECT_FALSE(message.own);
}

TEST_F(ClusterTest, test_gossip_propagation) {
  const auto nodes = cluster(20);
  ASSERT_TRUE(world.broadcast(nodes[3], "topic", "to all"));
  const auto all_have_it = [&] {
    return std::ranges::all_of(nodes, [&](NodeId node) { return received(node, "to all") == 1; });
  };
  EXPECT_TRUE(wait_for(all_have_it, 3s)) << world.report();
}

TEST_F(ClusterTest, test_message_throughput) {
  const auto nodes = cluster(5);
  constexpr std::size_t messages = 2'000;
  std::size_t sent = 0;
  const auto took = time_until(
      [&] {
        while (sent < messages && world.broadcast(nodes[0], "load", std::to_string(sent))) {
          ++sent;
        }
        return std::ranges::all_of(
            nodes, [&](NodeId node) { return world.history(node).messages.size() >= messages; });
      },
      60s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_LT(*took, 200ms) << "ten thousand a second";
  for (const NodeId node : nodes) {
    EXPECT_EQ(world.history(node).messages.size(), messages);
  }
}

TEST_F(ClusterTest, a_lane_that_overflows_loses_nothing_that_was_accepted) {
  const auto nodes = cluster(3);
  std::size_t messages = 0;
  for (std::size_t i = 0; i < 2 * limits::broadcast_lane_messages_default; ++i) {
    const auto taken = world.broadcast(nodes[0], "load", std::to_string(i));
    messages += taken ? 1 : 0;
    ASSERT_TRUE(taken || taken.error().code == Errc::queue_full);
  }
  EXPECT_GE(messages, limits::broadcast_lane_messages_default);
  EXPECT_LT(messages, 2 * limits::broadcast_lane_messages_default);
  EXPECT_TRUE(wait_for(
      [&] {
        return std::ranges::all_of(
            nodes, [&](NodeId node) { return world.history(node).messages.size() == messages; });
      },
      60s))
      << world.history(nodes[1]).messages.size();
}

TEST_F(ClusterTest, a_superseded_message_that_was_not_sent_yet_is_never_sent) {
  const auto nodes = cluster(2);
  world.tell(nodes[0], [&](Engine& engine, Moment at) {
    EXPECT_TRUE(engine.broadcast("state", as_bytes("old"), "key", at));
    return engine.broadcast("state", as_bytes("new"), "key", at);
  });
  EXPECT_TRUE(wait_for([&] { return received(nodes[1], "new") == 1; }, 1s));
  EXPECT_EQ(received(nodes[1], "old"), 0U);
}

TEST_F(ClusterTest, test_two_node_direct_send) {
  const auto nodes = cluster(2);
  const auto operation = world.send(nodes[0], nodes[1], "topic", "to you");
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }, 2s));
  EXPECT_FALSE(world.completed(nodes[0], *operation)->error);
  EXPECT_EQ(received(nodes[1], "to you"), 1U);
  EXPECT_FALSE(world.history(nodes[1]).messages.back().broadcast);
}

TEST_F(ClusterTest, a_large_message_is_sent_over_a_stream) {
  const auto nodes = cluster(2);
  const std::string large(512 * 1024, 'x');
  const auto operation = world.send(nodes[0], nodes[1], "topic", large);
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }, 5s));
  EXPECT_FALSE(world.completed(nodes[0], *operation)->error);
  EXPECT_EQ(received(nodes[1], large), 1U);
}

TEST_F(ClusterTest, a_datagram_is_sent_to_one_alone) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.send_datagram(nodes[0], nodes[1], "topic", "to you"));
  EXPECT_TRUE(wait_for([&] { return received(nodes[1], "to you") == 1; }, 1s));
  world.run_for(1s);
  EXPECT_EQ(received(nodes[2], "to you"), 0U);
}

TEST_F(ClusterTest, a_send_where_nobody_listens_says_so) {
  const auto nodes = cluster(2);
  world.at(nodes[1]).engine().set_accepts_messages(false);
  const auto operation = world.send(nodes[0], nodes[1], "topic", "to you");
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }, 2s));
  ASSERT_TRUE(world.completed(nodes[0], *operation)->error);
  EXPECT_EQ(world.completed(nodes[0], *operation)->error->code, Errc::no_subscriber);
}

TEST_F(ClusterTest, test_metadata_propagation) {
  const auto nodes = cluster(10);
  ASSERT_TRUE(world.set_metadata(nodes[4], "role=worker"));
  const auto all_have_it = [&] {
    return std::ranges::all_of(
        nodes, [&](NodeId node) { return metadata(node, nodes[4]) == "role=worker"; });
  };
  EXPECT_TRUE(wait_for(all_have_it, 3s)) << world.report();
  EXPECT_EQ(world.events(nodes[0], EventType::updated, nodes[4]), 1U);
}

TEST_F(ClusterTest, test_metadata_update) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.set_metadata(nodes[1], "first"));
  ASSERT_TRUE(world.set_metadata(nodes[1], "second"));
  EXPECT_TRUE(wait_for([&] { return metadata(nodes[0], nodes[1]) == "second"; }, 3s));
  world.run_for(5s);
  EXPECT_EQ(metadata(nodes[0], nodes[1]), "second") << "the old never comes back";
  EXPECT_EQ(metadata(nodes[2], nodes[1]), "second");
}

TEST_F(ClusterTest, an_update_against_an_old_revision_is_refused) {
  const auto nodes = cluster(1);
  const std::uint64_t revision = world.view_of(nodes[0]).local->revision;
  ASSERT_TRUE(world.set_metadata(nodes[0], "changed"));
  const auto stale = world.tell(nodes[0], [&](Engine& engine, Moment at) {
    return engine.update_metadata(as_bytes("lost update"), revision, at);
  });
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, Errc::revision_mismatch);
  EXPECT_EQ(code_of(world.set_metadata(nodes[0], std::string(513, 'x'))), Errc::too_large);
}

TEST_F(ClusterTest, test_join_event_fired) {
  const auto nodes = cluster(3);
  const NodeId late = world.add_node("late");
  world.start(late);
  ASSERT_TRUE(wait_for([&] { return world.all_see(4); }, 5s));
  for (const NodeId node : nodes) {
    EXPECT_EQ(world.events(node, EventType::joined, late), 1U);
  }
  EXPECT_EQ(world.events(late, EventType::joined, nodes[1]), 1U);
}

TEST_F(ClusterTest, test_leave_event_fired) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(world.leave(nodes[2]));
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::left, 3s));
  world.run_for(5s);
  for (const NodeId node : {nodes[0], nodes[1]}) {
    EXPECT_EQ(world.events(node, EventType::left, nodes[2]), 1U);
    EXPECT_EQ(world.events(node, EventType::failed, nodes[2]), 0U);
    EXPECT_EQ(world.history(node).events.back().reason, EventReason::goodbye);
  }
}

TEST_F(ClusterTest, a_drain_is_seen_by_all_and_can_be_taken_back) {
  const auto nodes = cluster(5);
  ASSERT_TRUE(world.drain(nodes[1], 30s));
  EXPECT_TRUE(all_list(nodes[1], MemberStatus::leaving, 3s)) << world.report();
  EXPECT_EQ(code_of(world.broadcast(nodes[1], "t", "x")), Errc::draining);
  ASSERT_TRUE(world.cancel_drain(nodes[1]));
  EXPECT_TRUE(all_list(nodes[1], MemberStatus::alive, 3s)) << world.report();
  EXPECT_TRUE(world.broadcast(nodes[1], "t", "x"));
}

TEST_F(ClusterTest, a_drain_is_taken_back_once_however_often_it_is_asked) {
  const auto nodes = cluster(3);
  const auto count = [&] { return world.view_of(nodes[1]).local->incarnation.count; };
  const std::uint32_t before = count();
  EXPECT_TRUE(world.cancel_drain(nodes[1])) << "before any drain";
  ASSERT_TRUE(world.drain(nodes[1], 30s));
  EXPECT_EQ(count(), before + 1) << "what changed nothing raised nothing";
  ASSERT_TRUE(all_list(nodes[1], MemberStatus::leaving, 3s)) << world.report();
  ASSERT_TRUE(world.cancel_drain(nodes[1]));
  ASSERT_TRUE(all_list(nodes[1], MemberStatus::alive, 3s)) << world.report();
  EXPECT_TRUE(world.cancel_drain(nodes[1])) << "once more";
  EXPECT_TRUE(all_list(nodes[1], MemberStatus::alive, 3s)) << world.report();
  ASSERT_TRUE(world.drain(nodes[1], 30s));
  EXPECT_EQ(count(), before + 3);
  ASSERT_TRUE(world.leave(nodes[1]));
  EXPECT_EQ(code_of(world.cancel_drain(nodes[1])), Errc::left);
}

TEST_F(ClusterTest, silence_within_a_drain_is_left_and_after_it_failed) {
  const auto nodes = cluster(4);
  ASSERT_TRUE(world.drain(nodes[2], 20s));
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::leaving, 3s));
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::left, 10s)) << world.report();
  EXPECT_EQ(world.history(nodes[0]).events.back().reason, EventReason::silent);

  ASSERT_TRUE(world.drain(nodes[3], 1s));
  ASSERT_TRUE(all_list(nodes[3], MemberStatus::leaving, 3s));
  world.run_for(2s);
  world.crash(nodes[3]);
  EXPECT_TRUE(all_list(nodes[3], MemberStatus::failed, 10s)) << world.report();
}

TEST_F(ClusterTest, a_ping_answers_with_the_round_trip) {
  world.network().latency_min = world.network().latency_max = 2ms;
  const auto nodes = cluster(2);
  const auto operation = world.ping(nodes[0], nodes[1]);
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }, 2s));
  EXPECT_FALSE(world.completed(nodes[0], *operation)->error);
  EXPECT_EQ(world.completed(nodes[0], *operation)->round_trip, 4ms);
}

TEST_F(ClusterTest, a_live_member_undoes_a_forced_leave) {
  const auto nodes = cluster(4);
  const auto forced = world.force_leave(nodes[0], "n2");
  ASSERT_TRUE(forced);
  EXPECT_TRUE(*forced) << "the reply says that it is alive";
  ASSERT_TRUE(wait_for([&] { return world.events(nodes[0], EventType::left, nodes[2]) == 1; }, 5s));
  EXPECT_TRUE(wait_for(
      [&] { return world.all_others_see(nodes[2], MemberStatus::alive) && world.converged(); },
      10s))
      << world.report();
}

TEST_F(ClusterTest, a_forced_leave_of_a_failed_member_is_final) {
  const auto nodes = cluster(4);
  world.crash(nodes[3]);
  ASSERT_TRUE(all_list(nodes[3], MemberStatus::failed, 10s));
  const auto forced = world.force_leave(nodes[0], "n3");
  ASSERT_TRUE(forced);
  EXPECT_FALSE(*forced);
  EXPECT_TRUE(all_list(nodes[3], MemberStatus::left, 5s)) << world.report();
}

}  // namespace
}  // namespace swim::sim
