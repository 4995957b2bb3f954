// What `swimctl simulate` measures is what happened.
#include "core/sim/trial.hpp"

#include <gtest/gtest.h>

namespace swim::sim {
namespace {

using namespace std::chrono_literals;

TEST(TrialTest, every_death_is_seen_and_nobody_else_is_blamed) {
  const TrialResult result = run_trial({.nodes = 12, .duration = 20s, .deaths = 3}, 1);
  EXPECT_TRUE(result.convergence && *result.convergence < 10s);
  ASSERT_EQ(result.deaths.size(), 3U);
  for (const TrialDeath& death : result.deaths) {
    ASSERT_TRUE(death.first && death.all);
    EXPECT_GT(*death.first, 0s);
    EXPECT_LE(*death.first, *death.all);
    EXPECT_LT(*death.all, 10s);
  }
  EXPECT_EQ(result.false_positives, 0U);
  EXPECT_EQ(result.stalled, 0U);
}

TEST(TrialTest, all_may_die_but_one) {
  const TrialResult result =
      run_trial({.nodes = 6, .duration = 20s, .deaths = 5, .together = true, .with_host = true}, 2);
  for (const TrialDeath& death : result.deaths) {
    EXPECT_TRUE(death.all);
    EXPECT_EQ(death.first, death.all) << "there is one survivor";
  }
}

TEST(TrialTest, traffic_is_counted_while_it_is_measured) {
  const TrialPlan plan{.nodes = 10, .duration = 30s, .deaths = 0};
  const TrialResult result = run_trial(plan, 3);
  EXPECT_EQ(result.node_time, 10 * Duration(30s));
  // A probe and its answer in each interval, of each node, at least.
  const auto probes = static_cast<std::uint64_t>(result.node_time / plan.config.probe_interval);
  EXPECT_GT(result.datagrams, 2 * probes * 9 / 10);
  EXPECT_LT(result.datagrams, 8 * probes);
  EXPECT_GT(result.datagram_bytes, 40 * result.datagrams);
}

TEST(TrialTest, a_short_stop_is_no_death_and_a_long_one_is_noticed) {
  TrialPlan plan{.nodes = 10, .duration = 30s, .deaths = 0, .stalls = 4};
  plan.stall_min = plan.stall_max = 20ms;
  const TrialResult brief = run_trial(plan, 4);
  EXPECT_EQ(brief.stalled, 4U);
  EXPECT_EQ(brief.stalled_failed, 0U);
  EXPECT_EQ(brief.false_positives, 0U);
  plan.stall_min = plan.stall_max = 25s;
  const TrialResult endless = run_trial(plan, 4);
  EXPECT_EQ(endless.stalled_failed, 4U);
  EXPECT_EQ(endless.false_positives, 0U) << "who stood still was not healthy";
}

TEST(TrialTest, healthy_members_that_are_called_failed_are_false_positives) {
  TrialPlan plan{.nodes = 10, .duration = 30s, .deaths = 0};
  plan.config.detection = Detection::plain();
  plan.config.stream_probes = false;
  plan.network.loss_ppm = 700'000;
  const TrialResult result = run_trial(plan, 5);
  EXPECT_GT(result.false_positives, 0U);
  EXPECT_GE(result.false_views, result.false_positives);
}

TEST(TrialTest, the_same_seed_gives_the_same_result) {
  const TrialPlan plan{.nodes = 8, .duration = 10s, .stalls = 2};
  const TrialResult a = run_trial(plan, 9), b = run_trial(plan, 9), other = run_trial(plan, 10);
  EXPECT_EQ(a.trace_hash, b.trace_hash);
  EXPECT_EQ(a.deaths[0].all, b.deaths[0].all);
  EXPECT_EQ(a.datagrams, b.datagrams);
  EXPECT_NE(a.trace_hash, other.trace_hash);
}

TEST(TrialTest, it_gives_up_when_told) {
  std::uint32_t asked = 0;
  const TrialResult result =
      run_trial({.nodes = 5, .duration = 1h}, 1, [&](std::uint32_t) { return ++asked < 5; });
  EXPECT_EQ(asked, 5U);
  EXPECT_LT(result.virtual_time, 2min);
}

}  // namespace
}  // namespace swim::sim
