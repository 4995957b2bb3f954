// What `swimctl simulate` understands, and what it makes of its runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/simulate/job.hpp"
#include "cli/simulate/report.hpp"
#include "cli/simulate/runner.hpp"
#include "cli/simulate/settings.hpp"
#include "cli/simulate/summary.hpp"

namespace swim::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal(const SimulateArguments& arguments) {
  const auto job = understand(arguments);
  return job ? "understood" : job.error().what + "; " + job.error().hint;
}

TEST(SimulateArgumentsTest, everything_that_is_typed_reaches_the_plan) {
  const auto job = understand({.nodes = 30,
                               .loss = "0.5%",
                               .latency = "0.5ms-2ms",
                               .preset = "wan",
                               .settings = {"gossip.probe-interval=700ms", "gossip.fanout=5"},
                               .kill = 4,
                               .together = true,
                               .with_host = true,
                               .stalls = "3x1s-5s",
                               .duration = 10min,
                               .seeds = 20,
                               .seed = 7});
  ASSERT_TRUE(job) << job.error().what;
  const sim::TrialPlan& plan = job->plan;
  EXPECT_EQ(plan.nodes, 30U);
  EXPECT_EQ(plan.network.loss_ppm, 5'000U);
  EXPECT_EQ(plan.network.latency_min, 500us);
  EXPECT_EQ(plan.network.latency_max, 2ms);
  EXPECT_EQ(plan.config.probe_interval, 700ms);
  EXPECT_EQ(plan.config.gossip_fanout, 5U);
  EXPECT_EQ(plan.config.suspicion_max_timeout, 8s) << "the rest is the preset's";
  EXPECT_EQ(plan.deaths, 4U);
  EXPECT_TRUE(plan.together && plan.with_host);
  EXPECT_EQ(plan.stalls, 3U);
  EXPECT_EQ(plan.stall_min, 1s);
  EXPECT_EQ(plan.stall_max, 5s);
  EXPECT_EQ(plan.duration, 10min);
  EXPECT_EQ(job->runs, 20U);
  EXPECT_EQ(job->first_seed, 7U);
}

TEST(SimulateArgumentsTest, nothing_typed_is_a_useful_question) {
  const auto job = understand({});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->plan.nodes, 100U);
  EXPECT_EQ(job->plan.deaths, 1U);
  EXPECT_EQ(job->plan.config.probe_interval, Config{}.probe_interval);
  EXPECT_GT(job->plan.network.latency_max, 0s);
}

TEST(SimulateArgumentsTest, an_unknown_preset_names_the_known_ones) {
  EXPECT_THAT(refusal({.preset = "lam"}), HasSubstr("did you mean lan?"));
  EXPECT_THAT(refusal({.preset = "satellite"}), HasSubstr("there are local, lan and wan"));
}

TEST(SimulateArgumentsTest, loss_is_a_percentage) {
  EXPECT_EQ(parse_loss("0%").value(), 0U);
  EXPECT_EQ(parse_loss("100%").value(), 1'000'000U);
  EXPECT_THAT(refusal({.loss = "150%"}), HasSubstr("take from 0% to 100%"));
  EXPECT_THAT(refusal({.loss = "-1%"}), HasSubstr("take from 0% to 100%"));
  for (const char* wrong : {"", "5", "0.05", "%", "nan%", "five%", "5%%"}) {
    EXPECT_THAT(refusal({.loss = wrong}), HasSubstr("write it in percent")) << wrong;
  }
}

TEST(SimulateArgumentsTest, latency_is_a_time_or_a_range) {
  EXPECT_EQ(parse_span("--latency", "2ms").value(), std::pair(Duration(2ms), Duration(2ms)));
  EXPECT_THAT(refusal({.latency = "fast"}), HasSubstr("0.5ms-2ms"));
  EXPECT_THAT(refusal({.latency = "5"}), HasSubstr("0.5ms-2ms"));
  EXPECT_THAT(refusal({.latency = "5ms-1ms"}), HasSubstr("backwards"));
}

TEST(SimulateArgumentsTest, a_setting_is_known_has_a_value_and_fits) {
  EXPECT_THAT(refusal({.settings = {"gossip.probe-intervall=1s"}}),
              HasSubstr("did you mean gossip.probe-interval?"));
  EXPECT_THAT(refusal({.settings = {"api.socket=/x"}}), HasSubstr("no setting that a simulated"));
  EXPECT_THAT(refusal({.settings = {"gossip.fanout"}}), HasSubstr("write NAME=VALUE"));
  EXPECT_THAT(refusal({.settings = {"gossip.fanout=many"}}), HasSubstr("a whole number"));
  EXPECT_THAT(refusal({.settings = {"gossip.fanout=-1"}}), HasSubstr("a whole number"));
  EXPECT_THAT(refusal({.settings = {"gossip.probe-timeout=5"}}), HasSubstr("a number and a unit"));
  EXPECT_THAT(refusal({.settings = {"gossip.suspicion-mult=x"}}), HasSubstr("as in 4 or 2.5"));
  EXPECT_THAT(refusal({.settings = {"gossip.stream-probes=yes"}}), HasSubstr("true or false"));
  EXPECT_THAT(refusal({.settings = {"gossip.probe-timeout=10s"}}),
              AllOf(HasSubstr("don't fit together"), HasSubstr("gossip.probe-deadline")));
}

TEST(SimulateArgumentsTest, somebody_must_be_left) {
  EXPECT_EQ(refusal({.nodes = 5, .kill = 2, .stalls = "2x1s"}), "understood");
  EXPECT_THAT(refusal({.nodes = 5, .kill = 3, .stalls = "2x1s"}), HasSubstr("nobody is left"));
  EXPECT_THAT(refusal({.nodes = 5, .kill = 5}), HasSubstr("nobody is left"));
  EXPECT_THAT(refusal({.nodes = 5, .kill = 4'294'967'295}), HasSubstr("nobody is left"));
  EXPECT_THAT(refusal({.nodes = 1, .kill = 0}), HasSubstr("take from 2"));
}

TEST(SimulateArgumentsTest, stalls_say_how_many_and_how_long) {
  for (const char* wrong : {"4", "x2s", "4x", "manyx2s", "4x2", "4.5x2s"}) {
    EXPECT_NE(refusal({.stalls = wrong}), "understood") << wrong;
  }
}

TEST(SimulateArgumentsTest, there_is_something_to_run) {
  EXPECT_THAT(refusal({.seeds = 0}), HasSubstr("--seeds 0"));
  EXPECT_THAT(refusal({.duration = 1ms}), HasSubstr("--duration"));
}

TEST(SimulateMemoryTest, as_many_runs_as_fit_and_at_least_one) {
  SimulateJob job{
      .plan = {.nodes = 1'000}, .runs = 20, .first_seed = 1, .preset = {}, .settings = {}};
  const std::uint64_t one = memory_of_run(1'000);
  EXPECT_EQ(runs_at_once(job, 8, 100 * one).value(), 8U);
  EXPECT_EQ(runs_at_once(job, 8, 3 * one).value(), 3U);
  job.runs = 2;
  EXPECT_EQ(runs_at_once(job, 8, 100 * one).value(), 2U);
  const auto refused = runs_at_once(job, 8, one / 4);
  ASSERT_FALSE(refused);
  std::istringstream hint(refused.error().hint.substr(sizeof "try --nodes" - 1));
  std::uint32_t nodes = 0;
  ASSERT_TRUE(hint >> nodes) << refused.error().hint;
  EXPECT_LE(memory_of_run(nodes), one / 4) << "what is proposed fits";
  EXPECT_GT(memory_of_run(2 * nodes), one / 4) << "and is not far too small";
}

TEST(SimulateSummaryTest, percentiles_are_measured_times) {
  EXPECT_FALSE(spread({}));
  std::vector<Duration> times;
  for (int i = 200; i > 0; --i) {
    times.push_back(std::chrono::milliseconds(i));
  }
  const auto many = spread(times);
  EXPECT_EQ(many->p50, 100ms);
  EXPECT_EQ(many->p99, 198ms);
  EXPECT_EQ(many->max, 200ms);
  const auto three = spread({3s, 1s, 2s});
  EXPECT_EQ(three->count, 3U);
  EXPECT_EQ(three->p50, 2s);
  EXPECT_EQ(three->p99, 3s);
}

std::vector<sim::TrialResult> two_results() {
  sim::TrialResult a{.seed = 1,
                     .convergence = 2s,
                     .deaths = {{100ms, 300ms}, {200ms, std::nullopt}},
                     .false_positives = 1,
                     .false_views = 9,
                     .stalled = 3,
                     .stalled_failed = 1,
                     .datagrams = 600,
                     .datagram_bytes = 30'000,
                     .stream_bytes = 6'000,
                     .node_time = 20s};
  sim::TrialResult b{};
  b.seed = 2;
  b.deaths = {{std::nullopt, std::nullopt}};
  b.node_time = 10s;
  return {a, b};
}

TEST(SimulateSummaryTest, runs_are_added_up) {
  const SimulationSummary sum = summarise(two_results());
  EXPECT_EQ(sum.runs, 2U);
  EXPECT_EQ(sum.convergence->count, 1U);
  EXPECT_EQ(sum.never_converged, 1U);
  EXPECT_EQ(sum.deaths, 3U);
  EXPECT_EQ(sum.unseen, 2U) << "not seen by all is not seen";
  EXPECT_EQ(sum.first->max, 200ms);
  EXPECT_EQ(sum.all->count, 1U);
  EXPECT_EQ(sum.false_positives, 1U);
  EXPECT_DOUBLE_EQ(sum.datagrams_per_second, 20);
  EXPECT_DOUBLE_EQ(sum.bytes_per_second, 1'200);
  EXPECT_DOUBLE_EQ(sum.member_hours, 30.0 / 3600);
}

SimulateJob small_job() {
  auto job = understand({.nodes = 5, .duration = 10s, .seeds = 3}).value();
  return job;
}

TEST(SimulateReportTest, the_table_aligns_and_says_what_was_not_seen) {
  const std::string text = simulation_text(small_job(), summarise(two_results()), Style(false));
  std::istringstream lines(text);
  std::vector<std::size_t> columns;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("TIME UNTIL") == 0) {
      columns.push_back(line.find("P50"));
    } else if (line.find("survivor") != std::string::npos) {
      columns.push_back(line.find(" ms") - 3);
    }
  }
  ASSERT_EQ(columns.size(), 3U) << text;
  EXPECT_EQ(columns[0], columns[1]) << text;
  EXPECT_EQ(columns[1], columns[2]) << text;
  EXPECT_THAT(text, HasSubstr("2 never seen by all"));
  EXPECT_THAT(text, HasSubstr("1 not within a minute"));
  EXPECT_THAT(text, HasSubstr("1 of 3 called FAILED"));
  EXPECT_THAT(text, HasSubstr("20.0 datagrams/s, 1200 bytes/s"));
}

TEST(SimulateReportTest, json_holds_the_same_numbers) {
  const auto results = two_results();
  const auto json =
      nlohmann::json::parse(simulation_json(small_job(), summarise(results), results));
  EXPECT_EQ(json["asked"]["nodes"], 5);
  EXPECT_EQ(json["detection"]["first"]["p50Ms"], 100);
  EXPECT_EQ(json["detection"]["neverSeenByAll"], 2);
  EXPECT_EQ(json["falsePositives"]["members"], 1);
  EXPECT_EQ(json["sentPerMember"]["datagramsPerSecond"], 20);
  ASSERT_EQ(json["runs"].size(), 2U);
  EXPECT_TRUE(json["runs"][0]["deaths"][1]["allMs"].is_null());
  EXPECT_TRUE(json["runs"][1]["convergenceMs"].is_null());
}

TEST(SimulateReportTest, the_progress_bar_grows) {
  EXPECT_EQ(progress_bar(0, 0, 20), "[" + std::string(30, '-') + "]   0 %  0 of 20 runs");
  EXPECT_EQ(progress_bar(500, 9, 20),
            "[" + std::string(15, '#') + std::string(15, '-') + "]  50 %  9 of 20 runs");
  EXPECT_EQ(progress_bar(1'000, 1, 1), "[" + std::string(30, '#') + "] 100 %  1 of 1 run");
}

TEST(SimulateRunnerTest, threads_change_nothing_but_the_time) {
  const SimulateJob job = small_job();
  const auto nobody = [](const SimulationProgress&) {};
  const auto one = run_simulation(job, 1, nobody);
  const auto three = run_simulation(job, 3, nobody);
  EXPECT_EQ(simulation_json(job, summarise(one), one),
            simulation_json(job, summarise(three), three));
  EXPECT_NE(one[0].trace_hash, one[1].trace_hash) << "each run has its own seed";
  for (const sim::TrialResult& result : one) {
    EXPECT_TRUE(result.deaths[0].all);
  }
}

}  // namespace
}  // namespace swim::cli
