// Nodes that run, but not as they should: what a world says of them must be so.
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class SlowNodeTest : public SimTest {
 protected:
  SlowNodeTest() : SimTest({.seed = 11}) {}
};

TEST_F(SlowNodeTest, a_blocked_node_is_silent_and_then_says_everything_in_order) {
  const auto nodes = cluster(3);
  world.run_for(1s);
  std::size_t sent = 0;
  world.tap([&](NodeId from, const Endpoint&, Bytes) { sent += from == nodes[1] ? 1 : 0; });
  world.block(nodes[1]);
  EXPECT_TRUE(world.broadcast(nodes[1], "topic", "from the blocked"));
  EXPECT_TRUE(world.broadcast(nodes[0], "topic", "to the blocked"));
  world.run_for(400ms);
  EXPECT_EQ(sent, 0U);
  EXPECT_EQ(received(nodes[0], "from the blocked"), 0U);
  EXPECT_EQ(received(nodes[2], "to the blocked"), 1U);
  EXPECT_EQ(received(nodes[1], "to the blocked"), 0U);
  world.unblock(nodes[1]);
  EXPECT_GT(sent, 0U);
  EXPECT_EQ(received(nodes[1], "to the blocked"), 1U);
  world.run_for(50ms);
  EXPECT_EQ(received(nodes[0], "from the blocked"), 1U);
}

TEST_F(SlowNodeTest, the_timers_of_a_blocked_node_run) {
  const auto nodes = cluster(3);
  world.run_for(1s);
  world.block(nodes[1]);
  world.run_for(90s);
  // It heard nobody for long, so that by its own clock all others are gone; and they say so of it.
  EXPECT_EQ(world.status(nodes[1], nodes[0]), MemberStatus::failed);
  EXPECT_EQ(world.status(nodes[0], nodes[1]), MemberStatus::failed);
  world.unblock(nodes[1]);
  EXPECT_TRUE(wait_for([&] { return world.all_see(3); }, 60s));
}

TEST_F(SlowNodeTest, the_receive_buffer_of_a_blocked_node_is_bounded) {
  const auto nodes = cluster(2);
  world.block(nodes[1]);
  const ByteVector noise(1000, 0x55);
  for (int i = 0; i < 3000; ++i) {
    world.inject(Endpoint::v4(10, 9, 9, 9, 7946), nodes[1], noise);
  }
  EXPECT_GE(world.at(nodes[1]).datagrams_overflowed(), 3000U - (2U << 20U) / 1000U);
  EXPECT_LT(world.at(nodes[1]).datagrams_overflowed(), 1000U);
}

TEST_F(SlowNodeTest, a_connection_that_a_blocked_node_cannot_open_times_out) {
  const auto nodes = cluster(2);
  world.block(nodes[1]);
  const auto operation = world.send(nodes[1], nodes[0], "topic", "text");
  ASSERT_TRUE(operation);
  const TimePoint asked = world.now();
  const Config& config = world.at(nodes[1]).options().config;
  EXPECT_TRUE(wait_for([&] { return world.completed(nodes[1], *operation) != nullptr; }, 60s));
  EXPECT_TRUE(world.completed(nodes[1], *operation)->error);
  EXPECT_LE(world.now() - asked, config.dial_timeout);
}

TEST_F(SlowNodeTest, a_starved_node_reads_late_and_in_order) {
  world.network().latency_max = world.network().latency_min;  // nothing overtakes on the way
  const auto nodes = cluster(2);
  world.run_for(1s);
  world.starve(nodes[1], Starvation{.late_min = 500ms, .late_max = 900ms});
  for (const char* text : {"1", "2", "3", "4", "5"}) {
    EXPECT_TRUE(world.send_datagram(nodes[0], nodes[1], "topic", text));
  }
  const TimePoint sent = world.now();
  const auto heard = [&] { return world.history(nodes[1]).messages.size() == 5; };
  EXPECT_TRUE(wait_for(heard, 2s));
  EXPECT_GE(world.now() - sent, 500ms);
  EXPECT_LE(world.now() - sent, 905ms);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(as_text(*world.history(nodes[1]).messages[i].payload), std::to_string(i + 1));
  }
}

TEST_F(SlowNodeTest, streams_of_a_starved_node_are_late_only_where_it_is_said) {
  for (const bool late : {true, false}) {
    World apart({.seed = 5});
    const auto nodes = apart.add_nodes(2);
    apart.start_all();
    ASSERT_TRUE(apart.run_until([&] { return apart.all_see(2); }, 10s));
    apart.starve(nodes[1], Starvation{.late_min = 500ms, .late_max = 500ms, .streams_too = late});
    const auto operation = apart.send(nodes[0], nodes[1], "topic", "text");
    ASSERT_TRUE(operation);
    const TimePoint sent = apart.now();
    ASSERT_TRUE(
        apart.run_until([&] { return apart.completed(nodes[0], *operation) != nullptr; }, 10s));
    EXPECT_EQ(apart.now() - sent > 500ms, late);
  }
}

TEST_F(SlowNodeTest, a_node_that_was_fed_again_reads_at_once) {
  const auto nodes = cluster(2);
  world.starve(nodes[1], Starvation{});
  world.run_for(1s);
  world.starve(nodes[1], std::nullopt);
  world.run_for(3s);
  ASSERT_TRUE(wait_for([&] { return world.all_see(2); }, 60s));
  EXPECT_TRUE(world.send_datagram(nodes[0], nodes[1], "topic", "text"));
  world.run_for(10ms);
  EXPECT_EQ(received(nodes[1], "text"), 1U);
}

// Found by the swarm: what waited to be read late came after what the kernel held meanwhile.
TEST_F(SlowNodeTest, what_came_before_it_was_blocked_or_stopped_is_read_first) {
  const auto nodes = cluster(3);
  for (const bool blocked : {true, false}) {
    world.starve(nodes[1], Starvation{.late_min = 400ms, .late_max = 500ms});
    ASSERT_TRUE(world.send(nodes[0], nodes[1], "topic", "text"));
    world.run_for(50ms);
    blocked ? world.block(nodes[1]) : world.pause(nodes[1]);
    world.crash(nodes[0]);  // its streams end while their beginning waits
    world.run_for(1s);
    blocked ? world.unblock(nodes[1]) : world.resume(nodes[1]);
    world.starve(nodes[1], std::nullopt);
    world.start(nodes[0]);
    EXPECT_TRUE(wait_for([&] { return world.all_see(3); }, 60s));
  }
}

TEST_F(SlowNodeTest, loss_by_direction_takes_what_goes_that_way) {
  Topology topology;
  for (int i = 0; i < 3; ++i) {
    topology.add_node();
  }
  const NodeId a{0};
  const NodeId b{1};
  const NodeId c{2};
  topology.lose_outgoing(a, percent(80));
  topology.lose_incoming(b, percent(50));
  EXPECT_EQ(topology.loss_ppm(a, c), percent(80));
  EXPECT_EQ(topology.loss_ppm(c, a), 0U);
  EXPECT_EQ(topology.loss_ppm(c, b), percent(50));
  EXPECT_EQ(topology.loss_ppm(a, b), percent(90));
  topology.heal();
  EXPECT_EQ(topology.loss_ppm(a, b), 0U);
}

}  // namespace
}  // namespace swim::sim
