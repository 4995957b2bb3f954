// Broadcasts: each once, in the order of its origin, to everybody, or its loss announced.
// SimTest's checkers look at order and repetition; what is asked here is that all comes.
#include <array>
#include <string>

#include "core/sim/chance.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class BroadcastTest : public SimTest {
 protected:
  explicit BroadcastTest(WorldOptions options = {.plain = true}) : SimTest(std::move(options)) {}

  // `count` messages of each of these, so many of each a millisecond, and time for the last.
  void tell(std::span<const NodeId> origins, std::size_t count, std::size_t at_once = 3) {
    for (std::size_t sent = 0; sent < count; sent += at_once) {
      for (const NodeId origin : origins) {
        for (std::size_t i = 0; i < std::min(at_once, count - sent); ++i) {
          ASSERT_TRUE(world.broadcast(origin, "t", std::string(64, 'x')));
        }
      }
      world.run_for(1ms);
    }
  }

  bool all_have(std::span<const NodeId> nodes, std::size_t count, Duration limit = 10s) {
    return wait_for(
        [&] {
          return std::ranges::all_of(
              nodes, [&](NodeId node) { return world.history(node).messages.size() == count; });
        },
        limit);
  }

  std::uint64_t gaps(std::span<const NodeId> nodes) const {
    std::uint64_t sum = 0;
    for (const NodeId node : nodes) {
      sum += world.history(node).lost.size();
    }
    return sum;
  }
};

TEST_F(BroadcastTest, without_loss_each_node_gets_one_copy) {
  const auto nodes = cluster(10);
  world.run_for(2s);
  const Stats before = world.coverage().stats;
  tell(std::array{nodes[0], nodes[1], nodes[2]}, 600, 12);
  ASSERT_TRUE(all_have(nodes, 1800));
  const Stats after = world.coverage().stats;
  EXPECT_EQ(after.broadcasts_sent - before.broadcasts_sent, 1800U * 9);
  EXPECT_EQ(after.broadcasts_duplicate, 0U);
  EXPECT_EQ(after.broadcasts_requested, 0U);
  // Together they fill datagrams: so many at once share one.
  EXPECT_LT(after.datagrams_sent - before.datagrams_sent, 1800U * 9 / 4);
}

TEST_F(BroadcastTest, three_tell_ten_thousand_a_second_to_ten) {
  const auto nodes = cluster(10);
  const TimePoint start = world.now();
  tell(std::array{nodes[0], nodes[1], nodes[2]}, 10'000, 4);
  ASSERT_TRUE(all_have(nodes, 30'000, 100ms));
  EXPECT_LT(world.now() - start, 2'700ms);
  EXPECT_EQ(gaps(nodes), 0U);
}

TEST_F(BroadcastTest, at_5_percent_loss_nothing_is_missing) {
  const auto nodes = cluster(5);
  world.network().loss_ppm = percent(5);
  tell(std::array{nodes[0], nodes[1], nodes[2]}, 10'000);
  EXPECT_TRUE(all_have(nodes, 30'000));
  EXPECT_EQ(gaps(nodes), 0U);
  EXPECT_GT(world.coverage().stats.broadcasts_repaired, 1'000U);
}

TEST_F(BroadcastTest, at_30_percent_loss_each_comes_or_is_announced) {
  const auto nodes = cluster(5);
  world.network().loss_ppm = percent(30);
  tell(std::array{nodes[0], nodes[1]}, 5'000);
  EXPECT_TRUE(world.check_delivered(30s));
}

TEST_F(BroadcastTest, the_last_message_is_missed_too) {
  const auto nodes = cluster(3);
  world.cut_one_way(nodes[0], nodes[2]);
  ASSERT_TRUE(world.broadcast(nodes[0], "t", "only"));
  EXPECT_TRUE(wait_for([&] { return received(nodes[2], "only") == 1; }, 1s));
  EXPECT_EQ(world.at(nodes[2]).engine().stats().broadcasts_repaired, 1U);
}

// Marks take turns: a packet has room for a few.
TEST_F(BroadcastTest, the_last_of_each_of_many_is_missed_too) {
  const auto nodes = cluster(12);
  world.run_for(1s);
  for (std::size_t i = 2; i < nodes.size(); ++i) {
    world.cut_one_way(nodes[i], nodes[1]);
    ASSERT_TRUE(world.broadcast(nodes[i], "t", "last words"));
  }
  world.run_for(2ms);
  for (std::size_t i = 2; i < nodes.size(); ++i) {
    world.crash(nodes[i]);
  }
  EXPECT_TRUE(all_have(std::array{nodes[0], nodes[1]}, 10, 5s));
}

// It reads 2,000 datagrams a second, and would be sent three times as many.
TEST_F(BroadcastTest, who_reads_slowly_makes_its_origin_wait_and_misses_nothing) {
  const auto nodes = cluster(3);
  world.starve(nodes[2], Starvation{.late_min = 0us, .late_max = 0us, .each = 500us});
  std::size_t taken = 0;
  for (int i = 0; i < 3'000; ++i) {
    for (int j = 0; j < 50 && world.broadcast(nodes[0], "t", std::string(64, 'x')); ++j) {
      ++taken;
    }
    world.run_for(1ms);
  }
  EXPECT_TRUE(all_have(nodes, taken, 20s));
  EXPECT_EQ(gaps(nodes), 0U);
  const Stats stats = world.at(nodes[0]).engine().stats();
  EXPECT_GT(stats.broadcasts_held, 0U);
}

TEST_F(BroadcastTest, what_a_dead_origin_told_one_reaches_all) {
  const auto nodes = cluster(5);
  for (std::size_t i = 2; i < 5; ++i) {
    world.cut_one_way(nodes[0], nodes[i]);
  }
  ASSERT_TRUE(world.broadcast(nodes[0], "t", "last words"));
  world.run_for(2ms);
  world.crash(nodes[0]);
  EXPECT_TRUE(wait_for(
      [&] {
        return std::all_of(nodes.begin() + 1, nodes.end(),
                           [&](NodeId node) { return received(node, "last words") == 1; });
      },
      3s));
}

TEST_F(BroadcastTest, who_was_away_fetches_what_is_retained) {
  const auto nodes = cluster(4);
  world.isolate(nodes[3]);
  tell(std::array{nodes[0]}, 3'000);
  world.run_for(10s);
  world.heal();
  EXPECT_TRUE(all_have(std::array{nodes[3]}, 3'000, 60s));
  EXPECT_EQ(gaps(nodes), 0U);
}

TEST_F(BroadcastTest, a_joiner_gets_what_comes_after_it) {
  const auto nodes = cluster(3);
  tell(std::array{nodes[0]}, 100);
  ASSERT_TRUE(all_have(nodes, 100));
  const NodeId joiner = world.add_node("joiner");
  world.start(joiner);
  ASSERT_TRUE(wait_for([&] { return world.all_see(4); }, 10s));
  tell(std::array{nodes[0]}, 100);
  EXPECT_TRUE(all_have(std::array{joiner}, 100, 2s));
  EXPECT_EQ(world.history(joiner).messages.front().sequence, 101U);
  EXPECT_EQ(gaps(std::array{joiner}), 0U);
}

// Those who did not join themselves learn from the record where it begins.
TEST_F(BroadcastTest, islands_that_meet_begin_with_what_comes_after_it) {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 0; i < 6; ++i) {
    const NodeId seed{i < 3 ? 0U : 3U};
    nodes.push_back(world.add_node("i" + std::to_string(i), {.seeds = std::vector{seed}}));
  }
  world.start_all();
  ASSERT_TRUE(wait_for([&] { return world.all_see(3); }, 10s));
  tell(std::array{nodes[1]}, 100);
  ASSERT_TRUE(world.set_metadata(nodes[1], "said anew"));
  world.run_for(1s);
  ASSERT_TRUE(world.join(nodes[4], std::array{nodes[0]}));
  ASSERT_TRUE(wait_for([&] { return world.all_see(6); }, 10s));
  tell(std::array{nodes[1]}, 1);
  const auto others = std::span(nodes).subspan(3);
  ASSERT_TRUE(all_have(others, 1, 2s));
  world.run_for(5s);
  EXPECT_TRUE(all_have(others, 1, 1s)) << "and nothing of before";
  EXPECT_EQ(gaps(others), 0U);
}

TEST_F(BroadcastTest, of_what_is_superseded_the_last_comes) {
  const auto nodes = cluster(2);
  world.tell(nodes[0], [](Engine& engine, Moment at) {
    for (const char* value : {"1", "2", "3"}) {
      EXPECT_TRUE(engine.broadcast("t", as_bytes(std::string_view(value)), "key", at));
    }
    return 0;
  });
  EXPECT_TRUE(all_have(nodes, 1));
  EXPECT_EQ(received(nodes[1], "3"), 1U);
}

Config forgetful() {
  Config config;
  config.broadcast_retain_messages = 50;
  config.broadcast_repair_timeout = 500ms;
  return config;
}

class ForgetfulTest : public BroadcastTest {
 protected:
  ForgetfulTest() : BroadcastTest({.config = forgetful(), .plain = true}) {}
};

TEST_F(ForgetfulTest, what_nobody_has_any_more_is_announced_in_its_place) {
  const auto nodes = cluster(4);
  tell(std::array{nodes[0]}, 10);
  ASSERT_TRUE(all_have(nodes, 10));
  world.isolate(nodes[3]);
  tell(std::array{nodes[0]}, 200);
  world.run_for(5s);
  world.heal();
  ASSERT_TRUE(wait_for([&] { return gaps(std::array{nodes[3]}) == 1; }, 60s));
  const MessagesLost& lost = world.history(nodes[3]).lost.front();
  EXPECT_EQ(lost.origin, world.at(nodes[0]).name());
  EXPECT_EQ(lost.origin_boot, world.boot_of(nodes[0]));
  EXPECT_EQ(lost.first, 11U);
  EXPECT_EQ(lost.last, 160U);
  EXPECT_TRUE(all_have(std::array{nodes[3]}, 60, 5s));
}

Config narrow() {
  Config config;
  config.broadcast_reorder_messages = 20;
  config.broadcast_repair_delay = 1s;
  return config;
}

class NarrowTest : public BroadcastTest {
 protected:
  NarrowTest() : BroadcastTest({.config = narrow(), .plain = true}) {}
};

Config slow() {
  Config config;
  config.broadcast_bytes_per_second = 100'000;
  return config;
}

class SlowLaneTest : public BroadcastTest {
 protected:
  SlowLaneTest() : BroadcastTest({.config = slow(), .plain = true}) {}
};

TEST_F(SlowLaneTest, no_more_goes_out_than_the_pace_allows) {
  const auto nodes = cluster(3);
  world.run_for(1s);
  const auto sent = [&] { return world.at(nodes[0]).engine().stats().bytes_sent; };
  const std::uint64_t before = sent();
  for (int i = 0; i < 3'000; ++i) {
    ASSERT_TRUE(world.broadcast(nodes[0], "t", std::string(1'000, 'x')));
  }
  world.run_for(10s);
  // What may go at once after a silence, and ten seconds' worth.
  EXPECT_GE(sent() - before, 1'000'000U);
  EXPECT_LE(sent() - before, 1'300'000U);
}

TEST_F(NarrowTest, a_full_buffer_closes_its_oldest_hole_early) {
  const auto nodes = cluster(2);
  tell(std::array{nodes[0]}, 3);
  ASSERT_TRUE(all_have(nodes, 3));
  world.cut_one_way(nodes[0], nodes[1]);
  tell(std::array{nodes[0]}, 3);
  world.mend(nodes[0], nodes[1]);
  tell(std::array{nodes[0]}, 60);
  EXPECT_TRUE(all_have(std::array{nodes[1]}, 63, 500ms));
  ASSERT_EQ(gaps(std::array{nodes[1]}), 1U);
  EXPECT_EQ(world.history(nodes[1]).lost.front().first, 4U);
  EXPECT_EQ(world.history(nodes[1]).lost.front().last, 6U);
}

TEST_F(BroadcastTest, a_new_run_waits_for_what_is_missing_of_the_old_one) {
  const auto nodes = cluster(4);
  world.run_for(1s);
  world.cut_one_way(nodes[1], nodes[3]);
  ASSERT_TRUE(world.broadcast(nodes[1], "t", "old"));
  world.run_for(2ms);
  // It hears from the others that there is one, and can't ask for it.
  world.cut_one_way(nodes[3], nodes[0]);
  world.cut_one_way(nodes[3], nodes[2]);
  world.run_for(300ms);
  world.restart(nodes[1]);
  world.mend(nodes[1], nodes[3]);
  ASSERT_TRUE(wait_for(
      [&] { return world.find(nodes[3], "n1")->incarnation.boot == world.boot_of(nodes[1]); }, 2s));
  ASSERT_TRUE(world.broadcast(nodes[1], "t", "new"));
  world.run_for(300ms);
  EXPECT_EQ(received(nodes[0], "new"), 1U);
  EXPECT_EQ(received(nodes[3], "new"), 0U);
  world.heal();
  ASSERT_TRUE(all_have(std::array{nodes[3]}, 2, 5s));
  EXPECT_EQ(as_text(*world.history(nodes[3]).messages.front().payload), "old");
}

class BroadcastOfManyTest : public BroadcastTest {
 protected:
  explicit BroadcastOfManyTest(Config config = {})
      : BroadcastTest({.network = {.latency_min = 250us, .latency_max = 750us},
                       .config = config,
                       .plain = true}) {}
};

TEST_F(BroadcastOfManyTest, one_reaches_a_hundred_at_once_with_one_copy_each) {
  const auto nodes = world.add_nodes(100);
  world.start_acquainted();
  world.run_for(2s);
  ASSERT_TRUE(world.broadcast(nodes[7], "t", "all"));
  EXPECT_TRUE(all_have(nodes, 1, 5ms));
  EXPECT_EQ(world.coverage().stats.broadcasts_sent, 99U);
}

Config relayed() {
  Config config;
  config.broadcast_direct_fanout = 8;
  return config;
}

class RelayedTest : public BroadcastOfManyTest {
 protected:
  RelayedTest() : BroadcastOfManyTest(relayed()) {}
};

TEST_F(RelayedTest, beyond_that_each_tells_some_and_all_have_it) {
  const auto nodes = world.add_nodes(100);
  world.start_acquainted();
  world.run_for(2s);
  for (std::size_t i = 1; i <= 20; ++i) {
    ASSERT_TRUE(world.broadcast(nodes[i], "t", "all"));
    ASSERT_TRUE(all_have(nodes, i, 1s));
    world.run_for(100ms);
  }
  // ln(100) + 5 copies at each of 100.
  EXPECT_LE(world.coverage().stats.broadcasts_sent, 20U * 100 * 10 + 100);
}

TEST_F(RelayedTest, under_load_few_copies_go_and_all_comes) {
  const auto nodes = world.add_nodes(50);
  world.start_acquainted();
  world.run_for(2s);
  tell(std::array{nodes[0], nodes[1]}, 500, 2);
  EXPECT_TRUE(all_have(nodes, 1'000, 5s));
  EXPECT_EQ(gaps(nodes), 0U);
  EXPECT_LE(world.coverage().stats.broadcasts_sent, 1'000U * 50 * 6);
}

// Loss, crashes, restarts and a partition among a hundred who all talk now and then.
TEST_F(BroadcastOfManyTest, in_all_trouble_each_comes_once_and_in_order_or_is_announced) {
  const auto nodes = world.add_nodes(100);
  world.start_acquainted();
  world.run_for(1s);
  Prng prng(5);
  world.network().loss_ppm = percent(5);
  for (int step = 0; step < 200; ++step) {
    for (int i = 0; i < 5; ++i) {
      const NodeId node = nodes[prng.below(nodes.size())];
      if (world.at(node).running()) {
        (void)world.broadcast(node, "t", "news");
      }
    }
    const NodeId victim = nodes[1 + prng.below(nodes.size() - 1)];
    if (step % 10 == 3 && world.at(victim).running()) {
      world.crash(victim);
      world.after(std::chrono::milliseconds(between(prng, 10, 3'000)),
                  [this, victim] { world.restart(victim); });
    }
    if (step == 80) {
      world.partition(std::span(nodes).first(30));
    } else if (step == 120) {
      world.heal();
    }
    world.run_for(50ms);
    ASSERT_FALSE(world.broken()) << world.report();
  }
  world.network().loss_ppm = 0;
  ASSERT_TRUE(wait_for([&] { return world.converged(); }, 120s));
  EXPECT_TRUE(world.check_delivered(60s)) << world.report();
  EXPECT_GT(world.coverage().stats.broadcasts_repaired, 1'000U);
}

}  // namespace
}  // namespace swim::sim
