// What comes together again by itself: islands, partitions of any shape and length.
#include <algorithm>
#include <array>

#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

// The nodes know no seed that would bring them together: what heals here, heals by members alone.
class HealingTest : public SimTest {
 protected:
  HealingTest() : SimTest(options()) {}
  explicit HealingTest(WorldOptions own) : SimTest(std::move(own)) {}

  static WorldOptions options() {
    WorldOptions options;
    options.seed = 11;
    options.seed_refresh = 24h;
    return options;
  }

  static std::vector<NodeId> part(const std::vector<NodeId>& nodes, std::size_t from,
                                  std::size_t to) {
    return {nodes.begin() + static_cast<std::ptrdiff_t>(from),
            nodes.begin() + static_cast<std::ptrdiff_t>(to)};
  }

  void cut_all_one_way(const std::vector<NodeId>& from, const std::vector<NodeId>& to) {
    for (const NodeId a : from) {
      for (const NodeId b : to) {
        world.cut_one_way(a, b);
      }
    }
  }

  std::uint64_t sum(std::uint64_t Stats::*counter) {
    std::uint64_t all = 0;
    for (const NodeId node : world.running()) {
      all += world.at(node).engine().stats().*counter;
    }
    return all;
  }

  // Nobody shows what does not run, and everybody has the same digest.
  bool agree() {
    return world.converged() && std::ranges::all_of(world.running(), [&](NodeId node) {
             return digest(node) == digest(world.running().front());
           });
  }
  std::uint64_t digest(NodeId node) { return world.at(node).engine().stats().membership_digest; }

  // The network is whole again: how long until all agree. Then nothing may flap any more.
  void expect_heals_within(Duration limit) {
    world.heal();
    const auto took = time_until([&] { return agree(); }, 60s);
    ASSERT_TRUE(took) << world.report();
    RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
    EXPECT_LE(*took, limit);
    world.run_for(10s);
    EXPECT_TRUE(agree()) << world.report();
  }
};

struct Cut {
  const char* name;
  std::size_t nodes;
  Duration lasts;
};
class PartitionOf : public HealingTest, public testing::WithParamInterface<Cut> {
 protected:
  // After some seconds nodes that lost most of their probes still stretch all their timeouts.
  static Duration limit(Duration usual) { return GetParam().lasts < 1min ? 10s : usual; }
};

INSTANTIATE_TEST_SUITE_P(Matrix, PartitionOf,
                         testing::Values(Cut{"ten_nodes_ten_seconds", 10, 10s},
                                         Cut{"ten_nodes_one_minute", 10, 1min},
                                         Cut{"thirty_nodes_one_minute", 30, 1min},
                                         Cut{"six_nodes_one_hour", 6, 1h}),
                         [](const auto& cut) { return std::string(cut.param.name); });

TEST_P(PartitionOf, halves) {
  const auto nodes = cluster(GetParam().nodes);
  world.partition(part(nodes, 0, nodes.size() / 2));
  world.run_for(GetParam().lasts);
  expect_heals_within(limit(5s));
}

TEST_P(PartitionOf, a_tenth_and_the_rest) {
  const auto nodes = cluster(GetParam().nodes);
  world.partition(part(nodes, 0, std::max<std::size_t>(nodes.size() / 10, 2)));
  world.run_for(GetParam().lasts);
  expect_heals_within(limit(5s));
}

TEST_P(PartitionOf, one_alone) {
  const auto nodes = cluster(GetParam().nodes);
  world.isolate(nodes[1]);
  world.run_for(GetParam().lasts);
  expect_heals_within(limit(6s));
}

TEST_P(PartitionOf, three_parts) {
  const auto nodes = cluster(GetParam().nodes);
  const std::size_t third = nodes.size() / 3;
  world.partition(part(nodes, 0, third));
  for (const NodeId node : part(nodes, third, 2 * third)) {
    world.topology().set_side(node, 2);
  }
  world.run_for(GetParam().lasts);
  expect_heals_within(limit(6s));
}

TEST_P(PartitionOf, one_direction) {
  const auto nodes = cluster(GetParam().nodes);
  const std::size_t half = nodes.size() / 2;
  cut_all_one_way(part(nodes, 0, half), part(nodes, half, nodes.size()));
  world.run_for(GetParam().lasts);
  expect_heals_within(limit(5s));
}

// Two sides that see each other only through one that sees both.
TEST_P(PartitionOf, a_bridge) {
  const auto nodes = cluster(GetParam().nodes);
  const std::size_t half = nodes.size() / 2;
  for (const NodeId a : part(nodes, 0, half)) {
    for (const NodeId b : part(nodes, half + 1, nodes.size())) {
      world.cut(a, b);
    }
  }
  world.run_for(std::min<Duration>(GetParam().lasts, 1min));
  expect_heals_within(limit(5s));
}

TEST_F(HealingTest, ten_minutes_of_two_halves_of_fifty_heal_in_seconds) {
  const auto nodes = cluster(50);
  world.partition(part(nodes, 0, 25));
  world.run_for(10min);
  EXPECT_EQ(world.count(nodes[0], MemberStatus::alive), 25U);
  expect_heals_within(5s);
}

// Two clusters that never met, until one member of one joins one of the other.
TEST_F(HealingTest, islands_become_one_cluster_by_a_single_join) {
  std::vector<NodeId> nodes;
  for (int i = 0; i < 20; ++i) {
    const NodeId seed{i < 10 ? 0U : 10U};
    nodes.push_back(world.add_node("i" + std::to_string(i), {.seeds = std::vector{seed}}));
  }
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(10); }, 10s)) << world.report();
  const std::array seeds{nodes[13]};
  ASSERT_TRUE(world.join(nodes[4], seeds));
  const auto took = time_until([&] { return agree(); }, 10s);
  ASSERT_TRUE(took) << world.report();
  EXPECT_LE(*took, 3s);
}

// ---- digests ----

// Without probes by stream, which bring along what the probed one says of itself.
class DatagramsOnlyTest : public HealingTest {
 protected:
  static WorldOptions options() {
    WorldOptions own = HealingTest::options();
    own.config.stream_probes = false;
    return own;
  }
  DatagramsOnlyTest() : HealingTest(options()) {}
};

// One member hears nothing for as long as gossip needs; nobody will tell it again, and for what it
// missed nobody is accused.
TEST_F(DatagramsOnlyTest, what_gossip_did_not_bring_is_noticed_by_the_digests) {
  const auto nodes = cluster(10);
  world.run_for(5s);
  for (const NodeId node : nodes) {
    world.cut_one_way(node, nodes[7]);
  }
  ASSERT_TRUE(world.set_metadata(nodes[5], "new"));
  world.run_for(280ms);
  world.heal();
  ASSERT_NE(metadata(nodes[7], nodes[5]), "new");
  const auto took = time_until([&] { return metadata(nodes[7], nodes[5]) == "new"; }, 20s);
  ASSERT_TRUE(took) << world.report();
  EXPECT_LE(*took, 3s);
  EXPECT_GE(sum(&Stats::syncs_for_difference), 1U);
}

TEST_F(HealingTest, a_quiet_cluster_agrees_and_syncs_no_more_than_it_must) {
  const auto nodes = cluster(20);
  ASSERT_TRUE(wait_for([&] { return agree(); }, 5s)) << world.report();
  world.run_for(5s);
  const std::uint64_t before = sum(&Stats::syncs_started);
  world.run_for(30s);
  EXPECT_EQ(sum(&Stats::syncs_for_difference), 0U);
  // One a node and minute.
  EXPECT_LE(sum(&Stats::syncs_started) - before, 20U);
}

TEST_F(HealingTest, what_gossip_brings_anyway_is_no_reason_to_sync) {
  const auto nodes = cluster(20);
  ASSERT_TRUE(wait_for([&] { return agree(); }, 5s)) << world.report();
  for (int change = 0; change < 20; ++change) {
    ASSERT_TRUE(world.set_metadata(nodes[static_cast<std::size_t>(change)], "new"));
    world.run_for(500ms);
  }
  EXPECT_TRUE(agree());
  EXPECT_EQ(sum(&Stats::syncs_for_difference), 0U);
}

TEST_F(HealingTest, a_sync_of_equals_sends_no_record) {
  cluster(30);
  world.run_for(20s);
  const auto alive = static_cast<std::size_t>(wire::Tag::alive);
  const auto heard = [&] {
    std::uint64_t all = 0;
    for (const NodeId node : world.running()) {
      all += world.at(node).engine().stats().messages_received[alive];
    }
    return all;
  };
  const std::uint64_t before = heard();
  const std::uint64_t syncs_before = sum(&Stats::syncs_started);
  world.run_for(60s);
  const std::uint64_t syncs = sum(&Stats::syncs_started) - syncs_before;
  EXPECT_GE(syncs, 15U);
  EXPECT_GE(sum(&Stats::syncs_unchanged), 15U);
  // Both introduce themselves, and that is all.
  EXPECT_LE(heard() - before, 3 * syncs);
}

class OldPeersTest : public HealingTest {
 protected:
  NodeSettings old() const {
    NodeSettings settings;
    settings.config = Config{};
    settings.config->healing.digest_sync = false;
    return settings;
  }
};

TEST_F(OldPeersTest, members_without_digests_and_members_with_them_are_one_cluster) {
  for (int i = 0; i < 10; ++i) {
    world.add_node("n" + std::to_string(i), i % 2 == 0 ? old() : NodeSettings{});
  }
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(10); }, 10s)) << world.report();
  world.partition(std::vector{NodeId{1}, NodeId{2}, NodeId{5}});
  world.run_for(30s);
  world.heal();
  EXPECT_TRUE(wait_for([&] { return world.converged(); }, 10s)) << world.report();
}

// The joiner passes on what it is told, and the seed what it hears of the joiner.
TEST_F(OldPeersTest, islands_become_one_cluster_by_gossip_alone) {
  std::vector<NodeId> nodes;
  for (int i = 0; i < 20; ++i) {
    NodeSettings settings = old();
    settings.seeds = std::vector{NodeId{i < 10 ? 0U : 10U}};
    nodes.push_back(world.add_node("i" + std::to_string(i), settings));
  }
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(10); }, 10s)) << world.report();
  ASSERT_TRUE(world.join(nodes[4], std::array{nodes[13]}));
  EXPECT_TRUE(wait_for([&] { return world.all_see(20); }, 3s)) << world.report();
}

// ---- remembered peers ----

// All restart at once while no name resolves: nobody is left who would call the others.
class RememberedTest : public HealingTest {
 protected:
  void restart_six(bool remember) {
    for (int i = 0; i < 6; ++i) {
      world.add_node("n" + std::to_string(i), {.remembers = remember});
    }
    world.start_all();
    ASSERT_TRUE(wait_for([&] { return world.all_see(6); }, 5s)) << world.report();
    world.fail_names(true);
    for (const NodeId node : world.nodes()) {
      world.crash(node);
    }
    world.start_all();
  }
};

TEST_F(RememberedTest, remembered_peers_bring_all_together_while_no_name_resolves) {
  restart_six(true);
  EXPECT_TRUE(wait_for([&] { return agree(); }, 3s)) << world.report();
}

// Pairs come back apart in time. Whoever met one other must still find the rest: those there before
// called in vain, and nobody is alone any more.
TEST_F(RememberedTest, pairs_that_came_back_apart_find_each_other_while_no_name_resolves) {
  constexpr std::size_t size = 24;
  for (std::size_t i = 0; i < size; ++i) {
    world.add_node("n" + std::to_string(i), {.remembers = true});
  }
  const auto nodes = world.nodes();
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(size); }, 5s)) << world.report();
  world.fail_names(true);
  for (const NodeId node : nodes) {
    world.crash(node);
  }
  const auto start_pair = [&](std::size_t a, std::size_t b) {
    world.start(nodes[a]);
    world.start(nodes[b]);
  };
  start_pair(20, 22);
  ASSERT_TRUE(wait_for([&] { return world.all_see(2); }, 10s)) << world.report();
  world.run_for(2s);
  EXPECT_EQ(world.at(nodes[20]).options().peers.size(), size - 1) << "the others are remembered";
  start_pair(9, 12);
  ASSERT_TRUE(wait_for([&] { return world.count(nodes[9], MemberStatus::alive) == 2; }, 10s));
  EXPECT_TRUE(wait_for([&] { return agree() && world.all_see(4); }, 10s)) << world.report();

  // The rest, each after another.
  Prng order(3);
  for (const NodeId node : nodes) {
    if (!world.at(node).exists()) {
      world.after(std::chrono::milliseconds(order.below(60'000)), [&, node] { world.start(node); });
    }
  }
  world.run_for(60s);
  EXPECT_TRUE(wait_for([&] { return agree() && world.all_see(size); }, 10s)) << world.report();
}

// Whom it met before it ended again is not all that it knows when it comes back.
TEST_F(RememberedTest, who_met_a_few_and_ends_again_still_remembers_all) {
  restart_six(true);
  const auto nodes = world.nodes();
  const auto crash_all = [&] {
    for (const NodeId node : nodes) {
      world.crash(node);
    }
  };
  crash_all();
  world.start(nodes[0]);
  world.start(nodes[1]);
  ASSERT_TRUE(wait_for([&] { return world.all_see(2); }, 5s)) << world.report();
  crash_all();
  world.at(nodes[5]).options().peers.clear();
  world.start(nodes[5]);
  world.start(nodes[0]);
  EXPECT_TRUE(wait_for([&] { return world.all_see(2); }, 5s)) << world.report();
}

TEST_F(RememberedTest, without_them_all_wait_for_names_to_resolve) {
  restart_six(false);
  world.run_for(30s);
  EXPECT_TRUE(world.all_see(1));
}

// ---- tombstones ----

TEST_F(HealingTest, a_tombstone_keeps_its_age_whoever_it_comes_from) {
  WorldOptions own = options();
  own.config.failed_retention = 60s;
  own.config.left_retention = 60s;
  own.config.tombstone_retention = 100s;
  own.seed_refresh = 15s;
  World other(own);
  const auto nodes = other.add_nodes(4);
  other.start_all();
  ASSERT_TRUE(other.run_until([&] { return other.all_see(4); }, 5s));
  other.crash(nodes[3]);
  ASSERT_TRUE(
      other.run_until([&] { return other.all_others_see(nodes[3], MemberStatus::failed); }, 5s));
  other.run_for(50s);
  const NodeId late = other.add_node("late");
  other.start(late);
  const auto tombstones = [&](NodeId node) { return other.at(node).engine().stats().tombstones; };
  ASSERT_TRUE(other.run_until([&] { return tombstones(late) == 1; }, 5s)) << other.report();
  // 100 s after the death, not after it heard of it, and with syncs in between.
  other.run_for(65s);
  for (const NodeId node : {nodes[0], nodes[1], late}) {
    EXPECT_EQ(tombstones(node), 0U);
  }
  EXPECT_FALSE(other.broken()) << other.report();
}

}  // namespace
}  // namespace swim::sim
