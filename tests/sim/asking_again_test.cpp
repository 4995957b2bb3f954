// Where many answers get lost, a probe asks again before it accuses (DESIGN §4.2).
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

class AskingAgainTest : public testing::Test {
 protected:
  struct Seen {
    std::uint64_t suspicions{}, failures{}, missed_permille{};
  };
  // What a cluster does in a minute without a fault but for the loss.
  static Seen minute_at_20_percent_loss(std::size_t size, bool ask_again) {
    Config config;
    config.detection.ask_again = ask_again;
    World world({.seed = 7, .config = config});
    const auto nodes = world.add_nodes(size);
    world.start_all();
    EXPECT_TRUE(world.run_until([&] { return world.all_see(size); }, 10s)) << world.report();
    world.network().loss_ppm = percent(20);
    world.run_for(15s);  // until it has been measured
    Seen seen = sum(world, nodes);
    world.run_for(60s);
    const Seen after = sum(world, nodes);
    EXPECT_FALSE(world.broken()) << world.report();
    return {after.suspicions - seen.suspicions, world.coverage().failures_of_running,
            after.missed_permille / size};
  }

 private:
  static Seen sum(const World& world, const std::vector<NodeId>& nodes) {
    Seen seen;
    for (const NodeId node : nodes) {
      const Stats& stats = world.at(node).engine().stats();
      seen.suspicions += stats.suspicions_raised;
      seen.missed_permille += stats.missed_answers_permille;
    }
    return seen;
  }
};

// What the formula promises: all together one false suspicion in ten seconds.
TEST_F(AskingAgainTest, at_20_percent_loss_few_are_suspected) {
  for (const std::size_t size : {3U, 10U, 50U}) {
    const Seen seen = minute_at_20_percent_loss(size, true);
    EXPECT_LE(seen.suspicions, 12U) << size;  // 6, and what chance adds
    EXPECT_EQ(seen.failures, 0U) << size;
    EXPECT_NEAR(static_cast<double>(seen.missed_permille), 360, 60) << size;
  }
}

TEST_F(AskingAgainTest, without_it_many_are) {
  EXPECT_GT(minute_at_20_percent_loss(50, false).suspicions, 1'000U);
}

// The probe waits for TCP anyway: what is asked again meanwhile takes no time.
TEST_F(AskingAgainTest, a_lost_host_is_found_as_soon) {
  const auto found_after = [](bool ask_again) {
    Config config;
    config.detection.ask_again = ask_again;
    Duration sum{};
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      World world({.seed = seed, .config = config});
      const auto nodes = world.add_nodes(20);
      world.network().loss_ppm = percent(20);
      world.start_all();
      EXPECT_TRUE(world.run_until([&] { return world.all_see(20); }, 20s)) << world.report();
      world.run_for(10s);
      const TimePoint start = world.now();
      world.lose_host(nodes[7]);
      const auto known = [&] { return world.all_others_see(nodes[7], MemberStatus::failed); };
      EXPECT_TRUE(world.run_until(known, 20s)) << world.report();
      sum += world.now() - start;
    }
    return sum / 10;
  };
  const Duration with = found_after(true);
  const Duration without = found_after(false);
  EXPECT_LT(with, 1500ms);
  EXPECT_LT(with, without + without / 4);
}

}  // namespace
}  // namespace swim::sim
