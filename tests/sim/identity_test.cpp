// Who belongs to the cluster, and two processes that want one name.
#include "tests/sim/sim_test.hpp"
#include "tests/support/error_of.hpp"

namespace swim::sim {
namespace {

using swim::test::code_of;

crypto::Key other_key() {
  return *crypto::Key::from_bytes(ByteVector(crypto::key_size, 0x77));
}

std::uint64_t dropped(const World& world, NodeId node, DropReason reason) {
  return world.at(node).engine().stats().dropped[static_cast<std::size_t>(reason)];
}

class IdentityTest : public SimTest {
 protected:
  // An intruder that tries for a minute gets nowhere, is told why, and disturbs nobody.
  void expect_kept_out(NodeId intruder, const std::vector<NodeId>& nodes) {
    const std::uint64_t events = world.history(nodes[0]).events.size();
    world.start(intruder);
    const auto operation = world.join(intruder, nodes);
    ASSERT_TRUE(operation);
    ASSERT_TRUE(wait_for([&] { return world.completed(intruder, *operation) != nullptr; }, 5s));
    const OperationCompleted& done = *world.completed(intruder, *operation);
    ASSERT_TRUE(done.error);
    ASSERT_EQ(done.seeds.size(), nodes.size());
    for (const SeedResult& seed : done.seeds) {
      EXPECT_EQ(seed.error.code, Errc::not_authenticated);
    }
    world.run_for(60s);
    EXPECT_EQ(world.view_of(intruder).members.size(), 1U);
    EXPECT_EQ(world.history(nodes[0]).events.size(), events) << "somebody was disturbed";
    EXPECT_GT(dropped(world, nodes[0], DropReason::auth) +
                  dropped(world, nodes[0], DropReason::unknown_key),
              0U);
    EXPECT_EQ(world.coverage().failures_of_running, 0U);
  }
};

TEST_F(IdentityTest, a_node_with_another_key_does_not_join_and_learns_why) {
  const auto nodes = cluster(3);
  expect_kept_out(world.add_node("intruder", {.key = other_key()}), nodes);
}

TEST_F(IdentityTest, a_node_with_another_label_does_not_join_and_learns_why) {
  const auto nodes = cluster(3);
  expect_kept_out(world.add_node("intruder", {.label = "another cluster"}), nodes);
  EXPECT_GT(dropped(world, nodes[0], DropReason::auth), 0U);
}

TEST_F(IdentityTest, recorded_datagrams_change_nothing_and_get_no_answer) {
  const auto nodes = cluster(3);
  std::vector<ByteVector> recorded;
  world.tap([&](NodeId, const Endpoint& to, Bytes bytes) {
    if (to == world.at(nodes[0]).options().address && recorded.size() < 200) {
      recorded.push_back(to_vector(bytes));
    }
  });
  world.run_for(10s);
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::failed, 10s));
  world.run_for(1s);
  std::uint64_t sent = world.network_counts().sent;
  const std::uint64_t before = dropped(world, nodes[0], DropReason::replay);
  const Endpoint attacker = Endpoint::v4(192, 0, 2, 1, 666);
  for (const ByteVector& datagram : recorded) {
    world.inject(attacker, nodes[0], datagram);
    EXPECT_EQ(world.network_counts().sent, sent) << "an answer";
  }
  EXPECT_EQ(dropped(world, nodes[0], DropReason::replay) - before, recorded.size());
  EXPECT_EQ(world.status(nodes[0], nodes[2]), MemberStatus::failed);
}

TEST_F(IdentityTest, what_was_recorded_for_an_earlier_run_is_worthless_for_the_next) {
  const auto nodes = cluster(3);
  std::vector<ByteVector> recorded;
  world.tap([&](NodeId, const Endpoint& to, Bytes bytes) {
    if (to == world.at(nodes[1]).options().address && recorded.size() < 100) {
      recorded.push_back(to_vector(bytes));
    }
  });
  world.run_for(5s);
  world.restart(nodes[1]);
  ASSERT_TRUE(wait_for([&] { return world.converged(); }, 5s));
  const auto refused = [&] {
    return dropped(world, nodes[1], DropReason::auth) +
           dropped(world, nodes[1], DropReason::replay);
  };
  const std::uint64_t before = refused();
  for (const ByteVector& datagram : recorded) {
    world.inject(Endpoint::v4(192, 0, 2, 1, 666), nodes[1], datagram);
  }
  EXPECT_EQ(refused() - before, recorded.size());
}

TEST_F(IdentityTest, garbage_is_dropped_without_an_answer) {
  const auto nodes = cluster(2);
  const std::uint64_t sent = world.network_counts().sent;
  Prng prng(3);
  for (std::size_t size = 0; size < 300; ++size) {
    ByteVector garbage(size);
    for (std::uint8_t& byte : garbage) {
      byte = static_cast<std::uint8_t>(prng.below(256));
    }
    world.inject(Endpoint::v4(192, 0, 2, 1, 666), nodes[0], garbage);
  }
  EXPECT_EQ(world.network_counts().sent, sent);
  world.run_for(5s);
  EXPECT_TRUE(world.converged());
}

TEST_F(IdentityTest, two_processes_with_one_name_the_later_wins_and_the_other_says_conflict) {
  const auto nodes = cluster(4);
  world.run_for(5s);
  const NodeId twin = world.add_node("n2");
  world.start(twin);
  ASSERT_TRUE(wait_for([&] { return world.view_of(nodes[2]).conflict; }, 10s)) << world.report();
  EXPECT_GE(world.events(nodes[2], EventType::conflict, nodes[2]), 1U);
  EXPECT_EQ(code_of(world.broadcast(nodes[2], "t", "x")), Errc::name_conflict);
  EXPECT_FALSE(world.view_of(twin).conflict);
  ASSERT_TRUE(wait_for([&] { return world.converged(); }, 10s)) << world.report();
  world.run_for(60s);
  EXPECT_TRUE(world.converged()) << "the two don't take turns";
  EXPECT_EQ(world.find(nodes[0], "n2")->incarnation.boot, world.boot_of(twin));
  EXPECT_TRUE(world.at(nodes[2]).running()) << "the displaced one never exits";
}

TEST_F(IdentityTest, the_displaced_one_takes_over_when_the_winner_is_gone) {
  const auto nodes = cluster(4);
  world.run_for(5s);
  const NodeId twin = world.add_node("n2");
  world.start(twin);
  ASSERT_TRUE(wait_for([&] { return world.view_of(nodes[2]).conflict; }, 10s)) << world.report();
  world.run_for(5s);
  world.crash(twin);
  EXPECT_TRUE(wait_for([&] { return !world.view_of(nodes[2]).conflict && world.converged(); }, 60s))
      << world.report();
  EXPECT_EQ(world.find(nodes[0], "n2")->incarnation.boot, world.boot_of(nodes[2]));
}

// Found by the swarm: a winner that nobody else has heard of leaves no tombstone to wait for.
TEST_F(IdentityTest, the_displaced_one_takes_over_when_it_alone_knew_the_winner) {
  const auto nodes = cluster(5);
  world.run_for(5s);
  const NodeId twin = world.add_node("n2", {.seeds = std::vector{nodes[2]}});
  for (const NodeId node : nodes) {
    if (node != nodes[2]) {
      world.cut(twin, node);
      world.cut(nodes[2], node);
    }
  }
  world.start(twin);
  ASSERT_TRUE(wait_for([&] { return world.view_of(nodes[2]).conflict; }, 10s)) << world.report();
  world.crash(twin);
  world.heal();
  EXPECT_TRUE(
      wait_for([&] { return !world.view_of(nodes[2]).conflict && world.converged(); }, 120s))
      << world.report();
  EXPECT_EQ(world.find(nodes[0], "n2")->incarnation.boot, world.boot_of(nodes[2]));
}

// It may be that the winner is only slow to be heard of.
TEST_F(IdentityTest, the_displaced_one_gives_the_winner_time_to_be_heard_of) {
  const auto nodes = cluster(5);
  world.run_for(5s);
  const NodeId twin = world.add_node("n2", {.seeds = std::vector{nodes[2]}});
  for (const NodeId node : nodes) {
    if (node != nodes[2]) {
      world.cut(twin, node);
    }
  }
  world.start(twin);
  ASSERT_TRUE(wait_for([&] { return world.view_of(nodes[2]).conflict; }, 10s)) << world.report();
  world.cut(twin, nodes[2]);
  world.run_for(20s);
  EXPECT_TRUE(world.view_of(nodes[2]).conflict);
  EXPECT_EQ(world.find(nodes[0], "n2")->incarnation.boot, world.boot_of(nodes[2]));
}

}  // namespace
}  // namespace swim::sim
