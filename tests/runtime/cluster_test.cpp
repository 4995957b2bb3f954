// Whole runtimes on loopback: what users see of each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

Expected<LeaveReport> leave(const Node& node) {
  return ask<LeaveReport>([&](auto done) { return node->leave(std::move(done)); });
}

TEST(Cluster, ANodeWithoutSeedsIsAClusterOfItsOwn) {
  const Node alone = start("alone");
  EXPECT_TRUE(wait_until([&] { return alone->snapshot()->state == NodeState::running; }));
  EXPECT_TRUE(alone.sees("alone", MemberStatus::alive));
  ASSERT_TRUE(alone->snapshot()->local);
  EXPECT_TRUE(alone->snapshot()->local->local);
  EXPECT_EQ(alone->view()->boot, alone->snapshot()->local->incarnation.boot);
}

TEST(Cluster, TwoNodesSeeEachOther) {
  const auto nodes = cluster(2);
  EXPECT_EQ(nodes[0].member("n1")->address, nodes[1].address());
  EXPECT_EQ(nodes[1].member("n0")->address, nodes[0].address());
  EXPECT_TRUE(wait_until([&] { return nodes[1]->snapshot()->state == NodeState::running; }));
  EXPECT_TRUE(wait_until([&] { return nodes[1]->view()->joined.has_value(); }));
  EXPECT_GE(nodes[1].log->count("join accepted by"), 1U);
}

TEST(Cluster, AThirdNodeIsSeenByThoseThatItDidNotJoin) {
  const auto nodes = cluster(3);
  EXPECT_THAT(event_texts(nodes[1]), Contains("n2 JOINED"));
}

TEST(Cluster, NodesThatStartAtOnceFindEachOther) {
  // Everybody's seeds are everybody, this node itself included, and most are not up yet.
  std::vector<Endpoint> addresses;
  {
    std::vector<Node> places;
    for (int i = 0; i < 6; ++i) {
      places.push_back(start("place" + std::to_string(i)));
      addresses.push_back(places.back().address());
    }
  }
  std::vector<std::string> seeds;
  for (const Endpoint& address : addresses) {
    seeds.push_back(to_string(address));
  }
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    Options options = options_for("n" + std::to_string(i), seeds);
    options.bind = addresses[i];
    nodes.push_back(start(std::move(options)));
  }
  for (const Node& node : nodes) {
    EXPECT_TRUE(wait_until([&] { return node.alive() == nodes.size(); })) << node->node_name();
    EXPECT_TRUE(wait_until([&] { return node->snapshot()->state == NodeState::running; }));
  }
}

TEST(Cluster, WorksOverIPv6) {
  Options first = options_for("a");
  first.bind = *parse_endpoint("[::1]:0", true);
  const Node a = start(std::move(first));
  Options second = options_for("b", {a.seed_text()});
  second.bind = *parse_endpoint("[::1]:0", true);
  const Node b = start(std::move(second));
  EXPECT_TRUE(wait_until([&] { return a.alive() == 2 && b.alive() == 2; }));
  EXPECT_EQ(address_to_string(a.member("b")->address), "::1");
}

TEST(Cluster, ABroadcastReachesEveryMemberAndItsSender) {
  const auto nodes = cluster(3);
  ASSERT_TRUE(ask<void>([&](auto done) {
    return nodes[1]->broadcast("topic", to_vector(as_bytes("payload")), "", {}, std::move(done));
  }));
  for (const Node& node : nodes) {
    ASSERT_TRUE(wait_until([&] { return node->messages().last() == 1; })) << node->node_name();
    const auto received = messages(node);
    EXPECT_EQ(received[0].origin, "n1");
    EXPECT_EQ(received[0].topic, "topic");
    EXPECT_EQ(as_text(*received[0].payload), "payload");
    EXPECT_TRUE(received[0].broadcast);
    EXPECT_EQ(received[0].own, node->node_name() == "n1");
  }
}

TEST(Cluster, ASendByDatagramArrives) {
  const auto nodes = cluster(2);
  ASSERT_TRUE(ask<Duration>([&](auto done) {
    return nodes[0]->send("n1", "t", to_vector(as_bytes("hi")), {1}, false, std::move(done));
  }));
  ASSERT_TRUE(wait_until([&] { return nodes[1]->messages().last() == 1; }));
  const auto received = messages(nodes[1]);
  EXPECT_EQ(as_text(*received[0].payload), "hi");
  EXPECT_FALSE(received[0].broadcast);
  EXPECT_EQ(received[0].request_id[0], 1);
}

TEST(Cluster, AnAcknowledgedSendTellsWhetherSomebodyTookIt) {
  const auto nodes = cluster(2);
  const auto send = [&](const std::string& to) {
    return ask<Duration>([&](auto done) {
      return nodes[0]->send(to, "t", ByteVector(200'000, 7), {2}, true, std::move(done));
    });
  };
  const auto nobody = send("n1");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Errc::no_subscriber);
  ASSERT_TRUE(nodes[1]->set_accepts_messages(true));
  const auto taken = send("n1");
  ASSERT_TRUE(taken) << to_string(taken.error().code);
  EXPECT_GT(*taken, Duration{});
  ASSERT_TRUE(wait_until([&] { return nodes[1]->messages().last() == 1; }));
  EXPECT_EQ(messages(nodes[1])[0].payload->size(), 200'000U);
  const auto unknown = send("n9");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::unknown_member);
}

TEST(Cluster, ALeaverIsLeftWithItsGoodbyeAndNeverFailed) {
  auto nodes = cluster(3);
  const auto left = leave(nodes[2]);
  ASSERT_TRUE(left);
  EXPECT_GE(left->acknowledged, 1U);
  EXPECT_EQ(nodes[2]->snapshot()->state, NodeState::left);
  nodes[2].runtime.reset();
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(wait_until([&] { return nodes[i].sees("n2", MemberStatus::left); }));
    EXPECT_EQ(nodes[i].member("n2")->left_reason, LeftReason::goodbye);
    EXPECT_THAT(event_texts(nodes[i]), Not(Contains("n2 FAILED")));
  }
}

TEST(Cluster, AKilledNodeIsFailedOnAllOthers) {
  auto nodes = cluster(3);
  nodes[1].runtime.reset();  // without a goodbye
  for (const std::size_t i : {0U, 2U}) {
    EXPECT_TRUE(wait_until([&] { return nodes[i].sees("n1", MemberStatus::failed); }));
    for (const char* other : {"n0", "n2"}) {
      EXPECT_TRUE(wait_until([&] { return nodes[i].sees(other, MemberStatus::alive); }));
    }
  }
}

TEST(Cluster, ARestartUnderTheSameNameOnAnotherPortReplacesTheOld) {
  auto nodes = cluster(3);
  const Endpoint old = nodes[2].address();
  const std::uint64_t old_boot = nodes[2]->view()->boot;
  nodes[2].runtime.reset();
  nodes[2] = start("n2", {nodes[0].seed_text()});
  for (const std::size_t i : {0U, 1U}) {
    ASSERT_TRUE(wait_until([&] {
      const MemberPtr member = nodes[i].member("n2");
      return member->status == MemberStatus::alive && member->incarnation.boot != old_boot;
    }));
    EXPECT_TRUE(wait_until([&] { return nodes[i].member("n2")->address == nodes[2].address(); }));
    EXPECT_THAT(event_texts(nodes[i]), Not(Contains("n2 CONFLICT")));
  }
  EXPECT_NE(old, nodes[2].address());
  EXPECT_TRUE(wait_until([&] { return nodes[2].alive() == 3; }));
}

TEST(Cluster, AFailedSeedThatComesBackIsJoinedAgainByItself) {
  auto nodes = cluster(1);
  const Endpoint address = nodes[0].address();
  const Node other = start("other", {to_string(address)});
  ASSERT_TRUE(wait_until([&] { return other.alive() == 2; }));
  nodes[0].runtime.reset();
  ASSERT_TRUE(wait_until([&] { return other.sees("n0", MemberStatus::failed); }));
  // It knows nobody: only the seed's live name brings the two together.
  Options options = options_for("n0");
  options.bind = address;
  nodes[0] = start(std::move(options));
  EXPECT_TRUE(wait_until([&] { return other.alive() == 2 && nodes[0].alive() == 2; }));
}

}  // namespace
}  // namespace swim::runtime::testing
