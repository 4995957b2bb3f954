// The protocol's arithmetic against tables that were computed by hand (natural logarithms).
#include "core/engine/formulas.hpp"

#include <gtest/gtest.h>

#include "core/engine/local_health.hpp"
#include "core/engine/missed_answers.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

Config example() {
  Config config;
  config.probe_interval = 100ms;
  config.suspicion_mult = 4;
  config.suspicion_max_timeout = 1200ms;
  config.suspicion_confirmations = 3;
  config.retransmit_mult = 4;
  return config;
}

std::int64_t microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

TEST(FormulasTest, suspicion_timeout_follows_the_table) {
  const Config config = example();
  // 4 · 100 ms · max(1, ln n)
  EXPECT_EQ(microseconds(suspicion_timeout(config, 0)), 400'000);
  EXPECT_EQ(microseconds(suspicion_timeout(config, 1)), 400'000);
  EXPECT_EQ(microseconds(suspicion_timeout(config, 2)), 400'000);
  EXPECT_EQ(microseconds(suspicion_timeout(config, 10)), 921'034);
  EXPECT_EQ(microseconds(suspicion_timeout(config, 20)), 1'198'292);
}

TEST(FormulasTest, suspicion_timeout_has_a_ceiling) {
  EXPECT_EQ(suspicion_timeout(example(), 100), 1200ms);
  EXPECT_EQ(suspicion_timeout(example(), 10'000), 1200ms);
}

TEST(FormulasTest, retransmit_limit_follows_the_table) {
  const Config config = example();
  // 4 · ⌈ln(n + 1)⌉
  EXPECT_EQ(retransmit_limit(config, 1), 4U);
  EXPECT_EQ(retransmit_limit(config, 2), 8U);
  EXPECT_EQ(retransmit_limit(config, 7), 12U);
  EXPECT_EQ(retransmit_limit(config, 19), 12U);
  EXPECT_EQ(retransmit_limit(config, 20), 16U);
  EXPECT_EQ(retransmit_limit(config, 99), 20U);
  EXPECT_EQ(retransmit_limit(config, 1000), 28U);
}

TEST(FormulasTest, an_update_is_sent_at_least_once_in_the_smallest_cluster) {
  EXPECT_GE(retransmit_limit(example(), 0), 1U);
}

TEST(FormulasTest, each_confirmation_shortens_a_suspicion_logarithmically) {
  // 1000 ms − (1000 − 400) · ln(c + 1) / ln 4
  EXPECT_EQ(suspicion_after(1000ms, 400ms, 0, 3), 1000ms);
  EXPECT_EQ(microseconds(suspicion_after(1000ms, 400ms, 1, 3)), 700'000);
  EXPECT_EQ(microseconds(suspicion_after(1000ms, 400ms, 2, 3)), 524'511);
  EXPECT_EQ(suspicion_after(1000ms, 400ms, 3, 3), 400ms);
  EXPECT_EQ(suspicion_after(1000ms, 400ms, 9, 3), 400ms);
}

TEST(FormulasTest, a_suspicion_is_never_longer_than_its_longest) {
  EXPECT_EQ(suspicion_after(300ms, 400ms, 0, 3), 300ms);
  EXPECT_EQ(suspicion_after(300ms, 400ms, 3, 3), 300ms);
}

TEST(FormulasTest, where_nobody_can_confirm_a_suspicion_lasts_at_most_a_second) {
  EXPECT_EQ(suspicion_after(1200ms, 400ms, 0, 0), 1000ms);
  EXPECT_EQ(suspicion_after(600ms, 400ms, 0, 0), 600ms);
}

TEST(FormulasTest, as_many_confirmations_are_wanted_as_there_are_others_to_give_them) {
  const Config config = example();
  // All members less the suspect and its first accuser, at most the setting.
  EXPECT_EQ(confirmations_wanted(config, 0), 0U);
  EXPECT_EQ(confirmations_wanted(config, 2), 0U);
  EXPECT_EQ(confirmations_wanted(config, 3), 1U);
  EXPECT_EQ(confirmations_wanted(config, 4), 2U);
  EXPECT_EQ(confirmations_wanted(config, 5), 3U);
  EXPECT_EQ(confirmations_wanted(config, 500), 3U);
}

// By hand, for 3 helpers: a question is in vain with probability f · (1 − (1 − f)²)³, and at most
// interval / 10 s / n may be.
TEST(FormulasTest, a_probe_asks_as_often_as_it_takes_for_silence_to_mean_something) {
  const Config config;  // an interval of 100 ms
  EXPECT_EQ(questions_wanted(config, 0, 3, 100), 1U);
  EXPECT_EQ(questions_wanted(config, 0.02, 3, 100), 1U);   // 1.2e-6 of 1e-4
  EXPECT_EQ(questions_wanted(config, 0.10, 3, 100), 2U);   // 6.9e-4, 4.7e-7
  EXPECT_EQ(questions_wanted(config, 0.36, 3, 100), 4U);   // 0.074, …, 4.1e-4, 3.0e-5
  EXPECT_EQ(questions_wanted(config, 0.36, 3, 5000), 6U);  // …, 2.2e-6, 1.6e-7 of 2e-6
  EXPECT_EQ(questions_wanted(config, 0.36, 0, 2), 6U);     // …, 6.0e-3, 2.2e-3 of 5e-3
  EXPECT_EQ(questions_wanted(config, 1, 3, 100), limits::probe_questions_max);
  Config slow;
  slow.probe_interval = 1s;
  EXPECT_EQ(questions_wanted(slow, 0.36, 3, 100), 3U);  // 4.1e-4 of 1e-3
}

TEST(MissedAnswersTest, one_that_is_missed_proves_little) {
  MissedAnswers missed;
  missed.add(true);
  EXPECT_NEAR(missed.share(), 1.0 / 9, 1e-9);
}

TEST(MissedAnswersTest, the_share_of_the_last_probes_is_what_counts) {
  MissedAnswers missed;
  for (int probe = 0; probe < 1'000; ++probe) {
    missed.add(probe % 4 == 0);
  }
  EXPECT_NEAR(missed.share(), 0.25, 0.02);
  for (int probe = 0; probe < 200; ++probe) {
    missed.add(false);
  }
  EXPECT_LT(missed.share(), 0.02);
  for (int probe = 0; probe < 200; ++probe) {
    missed.add(true);
  }
  EXPECT_GT(missed.share(), 0.95);
  EXPECT_LE(missed.share(), 1.0);
}

TEST(LocalHealthTest, bad_news_stretch_time_up_to_a_ceiling_and_good_news_shrink_it_again) {
  LocalHealth health(8);
  EXPECT_EQ(health.scale(100ms), 100ms);
  health.adjust(1);
  EXPECT_EQ(health.scale(100ms), 200ms);
  health.adjust(100);
  EXPECT_EQ(health.score(), 8U);
  EXPECT_EQ(health.scale(100ms), 900ms);
  health.adjust(-1);
  EXPECT_EQ(health.score(), 7U);
  health.adjust(-100);
  EXPECT_EQ(health.score(), 0U);
}

}  // namespace
}  // namespace swim
