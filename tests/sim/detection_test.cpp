// The parts of failure detection beyond SWIM and Lifeguard, each with what it is for (DESIGN §4.2).
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

using testing::IsEmpty;
using testing::IsSubsetOf;

class DetectionTest : public SimTest {
 protected:
  // How long until all others list the crashed node as FAILED; a world of its own per setting.
  static std::optional<Duration> crash_found(std::uint64_t seed, const Config& config,
                                             std::size_t size = 30) {
    World world({.seed = seed, .config = config});
    const auto nodes = world.add_nodes(size);
    world.start_all();
    if (!world.run_until([&] { return world.all_see(size); }, 10s)) {
      return std::nullopt;
    }
    world.run_for(10s);
    const TimePoint start = world.now();
    world.crash(nodes[size / 2]);
    const bool found = world.run_until(
        [&] { return world.all_others_see(nodes[size / 2], MemberStatus::failed); }, 10s);
    return found && world.coverage().failures_of_running == 0
               ? std::optional<Duration>(world.now() - start)
               : std::nullopt;
  }

  static Duration mean_of(const Config& config) {
    Duration sum{};
    constexpr int runs = 10;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      const auto took = crash_found(seed, config);
      EXPECT_TRUE(took) << "seed " << seed;
      sum += took.value_or(10s);
    }
    return sum / runs;
  }

  static Config without(bool Detection::*part) {
    Config config;
    config.detection.*part = false;
    return config;
  }

  // Whom this node showed as FAILED.
  std::vector<std::string> failed_at(NodeId node) const {
    std::vector<std::string> names;
    for (const MemberEvent& event : world.history(node).events) {
      if (event.type == EventType::failed) {
        names.emplace_back(event.member->name);
      }
    }
    return names;
  }

  Stats stats(NodeId node) const { return world.at(node).engine().stats(); }
};

TEST_F(DetectionTest, each_part_that_is_there_for_speed_makes_it_faster) {
  const Duration all = mean_of(Config{});
  EXPECT_LT(all, 600ms);
  EXPECT_LT(all, mean_of(without(&Detection::adaptive_timeout)));
  EXPECT_LT(all, mean_of(without(&Detection::scheduled_confirmation)));
  EXPECT_LT(all, mean_of(without(&Detection::urgent_lane)));
  EXPECT_LT(all, mean_of(without(&Detection::crash_hint)));
  Config plain;
  plain.detection = Detection::plain();
  EXPECT_LT(2 * all, mean_of(plain));
}

// A process that is killed; of a host that is lost nobody says so, and that takes longer.
TEST_F(DetectionTest, all_of_a_hundred_know_of_a_crash_within_a_second) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto took = crash_found(seed, Config{}, 100);
    ASSERT_TRUE(took) << "seed " << seed;
    EXPECT_LT(*took, 1s) << "seed " << seed;
  }
}

TEST_F(DetectionTest, confirmations_are_asked_of_others_and_found_by_them) {
  const auto nodes = cluster(10);
  world.run_for(5s);
  world.lose_host(nodes[9]);  // nobody says that it is gone
  ASSERT_TRUE(all_list(nodes[9], MemberStatus::failed, 5s));
  std::uint64_t asked = 0;
  std::uint64_t run = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    asked += stats(nodes[i]).confirmations_asked;
    run += stats(nodes[i]).confirmations_run;
  }
  EXPECT_GE(asked, 3U);
  EXPECT_GE(run, 1U);
  const auto why = world.at(nodes[0]).engine().explain("n9", world.at(nodes[0]).now());
  ASSERT_TRUE(why);
  EXPECT_GE(why->accusations.size(), 1U);
}

TEST_F(DetectionTest, a_refusal_of_the_host_starts_the_second_round_at_once) {
  const auto nodes = cluster(10);
  world.run_for(5s);
  const auto sum = [&](std::uint64_t Stats::*counter) {
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      all += stats(nodes[i]).*counter;
    }
    return all;
  };
  const std::uint64_t before = sum(&Stats::confirmations_asked);
  world.crash(nodes[9]);
  for (int ms = 0; ms < 1'000 && sum(&Stats::crash_hints) == 0; ++ms) {
    world.run_for(1ms);  // no timeout of a probe is that short
  }
  ASSERT_GT(sum(&Stats::crash_hints), 0U);
  EXPECT_GT(sum(&Stats::confirmations_asked), before);
  EXPECT_TRUE(all_list(nodes[9], MemberStatus::failed, 5s));
}

// A forged one quotes nothing that we sent; a true one about a host that restarted quotes too late.
TEST_F(DetectionTest, a_forged_refusal_counts_for_nothing) {
  const auto nodes = cluster(3);
  world.run_for(5s);
  const Endpoint victim = world.at(nodes[1]).options().address;
  ByteVector sent;
  world.tap([&](NodeId from, const Endpoint& to, Bytes bytes) {
    if (from == nodes[0] && to == victim) {
      sent = to_vector(bytes);
    }
  });
  world.run_for(2s);
  const auto tell = [&](const Endpoint& from, Bytes quoted) {
    world.tell(nodes[0], [&](Engine& engine, Moment now) {
      engine.on_unreachable(from, quoted, now);
      return 0;
    });
  };
  const ByteVector recorded = sent;
  tell(victim, ByteVector(64, 0x53));
  tell(victim, Bytes(recorded).first(13));
  tell(world.at(nodes[2]).options().address, recorded);
  EXPECT_EQ(stats(nodes[0]).crash_hints, 0U);
  tell(victim, sent);
  EXPECT_EQ(stats(nodes[0]).crash_hints, 1U);
  tell(victim, sent);
  EXPECT_EQ(stats(nodes[0]).crash_hints, 1U);  // once an interval
  world.run_for(2s);
  tell(victim, recorded);
  EXPECT_EQ(stats(nodes[0]).crash_hints, 1U);
  EXPECT_TRUE(world.all_see(3));
}

// SIGSTOP: the kernel still completes handshakes, so it is not called dead for the time that the
// setting allows.
TEST_F(DetectionTest, a_process_that_stands_still_is_not_called_dead_for_the_allowance) {
  const auto nodes = cluster(20);
  world.run_for(5s);
  world.pause(nodes[3]);
  world.run_for(4s);
  EXPECT_EQ(world.status(nodes[0], nodes[3]), MemberStatus::suspect);
  world.resume(nodes[3]);
  ASSERT_TRUE(wait_for([&] { return world.all_see(20); }, 10s)) << world.report();
  EXPECT_EQ(world.events(nodes[0], EventType::failed, nodes[3]), 0U);
  EXPECT_EQ(world.coverage().failures_of_running, 0U);
}

TEST_F(DetectionTest, a_process_that_stands_still_for_longer_is_failed_as_stalled) {
  const auto nodes = cluster(20);
  world.run_for(5s);
  world.pause(nodes[3]);
  ASSERT_TRUE(all_list(nodes[3], MemberStatus::failed, 12s)) << world.report();
  EXPECT_EQ(world.history(nodes[0]).events.back().reason, EventReason::probe_stalled);
}

TEST_F(DetectionTest, four_of_fifty_stand_still_and_nobody_is_called_dead) {
  const auto nodes = cluster(50);
  world.run_for(5s);
  const std::array lengths{1000ms, 2300ms, 3600ms, 4500ms};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    world.pause(nodes[10 * i + 5]);
    world.after(lengths[i], [this, node = nodes[10 * i + 5]] { world.resume(node); });
  }
  world.run_for(20s);
  EXPECT_TRUE(world.all_see(50)) << world.report();
  for (const NodeId node : nodes) {
    EXPECT_THAT(failed_at(node), IsEmpty()) << world.at(node).name();
  }
}

// The same four again and again, each in its own time: no healthy one is ever called dead, neither
// by who is well nor by who wakes up.
TEST_F(DetectionTest, four_of_fifty_stand_still_again_and_again_and_nobody_healthy_is_called_dead) {
  const auto nodes = cluster(50);
  world.run_for(5s);
  Prng draw(31);
  std::size_t stalls = 0;
  std::vector<std::string> stalling;
  for (const std::size_t i : {5U, 15U, 25U, 35U}) {
    stalling.emplace_back(world.at(nodes[i]).name());
    Duration at = std::chrono::milliseconds(draw.below(2'000));
    for (; at < 90s; ++stalls) {
      world.after(at, [this, node = nodes[i]] { world.pause(node); });
      at += std::chrono::milliseconds(draw.between(1'000, 5'000));
      world.after(at, [this, node = nodes[i]] { world.resume(node); });
      at += std::chrono::milliseconds(draw.between(500, 4'000));
    }
  }
  EXPECT_GE(stalls, 48U);
  world.run_for(100s);
  for (const NodeId node : nodes) {
    EXPECT_THAT(failed_at(node), IsSubsetOf(stalling)) << world.at(node).name();
  }
  EXPECT_GT(world.events(nodes[0], EventType::suspected, nodes[5]), 5U) << "nobody noticed";
  EXPECT_TRUE(wait_for([&] { return world.all_see(50); })) << world.report();
}

// It tells the others how long it stood still, and they wait that long the next time.
TEST_F(DetectionTest, a_stall_is_learned_and_forgotten) {
  const auto nodes = cluster(5);
  world.run_for(2s);
  world.pause(nodes[1]);
  world.run_for(900ms);
  world.resume(nodes[1]);
  const auto told = [&](NodeId observer) {
    const auto why = world.at(observer).engine().explain("n1", world.at(observer).now());
    return why ? why->stall : Duration{};
  };
  ASSERT_TRUE(wait_for([&] { return told(nodes[4]) > 700ms; }, 5s));
  EXPECT_LT(told(nodes[4]), 1000ms);
  world.run_for(6min);
  EXPECT_EQ(told(nodes[4]), Duration{});
}

TEST_F(DetectionTest, whoever_stood_still_gets_that_time_when_it_is_silent_again) {
  const auto nodes = cluster(10);
  world.run_for(2s);
  world.pause(nodes[1]);
  world.run_for(900ms);
  world.resume(nodes[1]);
  world.run_for(10s);
  const auto failed_after_silence = [&](NodeId node) {
    world.isolate(node);
    world.run_for(800ms);
    world.heal();
    world.run_for(10s);
    return world.events(nodes[0], EventType::failed, node);
  };
  EXPECT_EQ(failed_after_silence(nodes[1]), 0U);
  EXPECT_EQ(failed_after_silence(nodes[2]), 1U) << "of whom nobody knows that it ever stood still";
}

// Alone it has to take the others for dead. What it says of them when it is back is put to them
// first, and they are alive: nobody else shows a failure.
TEST_F(DetectionTest, what_an_isolated_host_declares_is_not_believed_by_the_others) {
  const auto nodes = cluster(20);
  world.run_for(5s);
  world.isolate(nodes[7]);
  world.run_for(2min);
  EXPECT_GE(world.count(nodes[7], MemberStatus::failed), 15U);
  world.heal();
  ASSERT_TRUE(wait_for([&] { return world.all_see(20); }, 60s)) << world.report();
  world.run_for(5s);
  std::uint64_t questioned = 0;
  for (const NodeId node : nodes) {
    questioned += stats(node).deaths_questioned;
    if (node != nodes[7]) {
      EXPECT_THAT(failed_at(node), IsSubsetOf({world.at(nodes[7]).name()}));
    }
  }
  EXPECT_GT(questioned, 0U);
}

TEST_F(DetectionTest, fifteen_of_fifty_die_at_once_and_all_agree_within_two_seconds) {
  const auto nodes = cluster(50);
  world.run_for(5s);
  for (std::size_t i = 0; i < 15; ++i) {
    world.crash(nodes[3 * i + 1]);
  }
  const auto took = time_until([&] { return world.converged(); }, 10s);
  ASSERT_TRUE(took) << world.report();
  RecordProperty("virtual_ms", static_cast<int>(*took / 1ms));
  EXPECT_LE(*took, 2s);
  EXPECT_EQ(world.coverage().failures_of_running, 0U);
}

}  // namespace
}  // namespace swim::sim
