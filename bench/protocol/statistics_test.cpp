// Against values computed by hand or taken from tables.
#include "bench/protocol/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace swim::bench {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(ProtocolStatistics, percentiles_are_the_nearest_rank) {
  EXPECT_EQ(percentile(one_to(100), 0.5), 50);
  EXPECT_EQ(percentile(one_to(100), 0.99), 99);
  EXPECT_EQ(percentile(one_to(100), 0.999), 100);
  EXPECT_EQ(percentile(one_to(1000), 0.999), 999);
  EXPECT_EQ(percentile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(percentile({7}, 0.01), 7);
  EXPECT_EQ(percentile({7}, 1), 7);
  EXPECT_TRUE(std::isnan(percentile({}, 0.5)));
}

TEST(ProtocolStatistics, means_and_extremes) {
  EXPECT_EQ(mean({1, 2, 6}), 3);
  EXPECT_EQ(greatest({1, 6, 2}), 6);
  EXPECT_TRUE(std::isnan(mean({})));
  EXPECT_TRUE(std::isnan(greatest({})));
}

TEST(ProtocolStatistics, the_interval_of_a_mean_is_students) {
  // s = 1, n = 3: 4.303 / √3 on each side.
  const Interval interval = mean_interval({1, 2, 3});
  EXPECT_NEAR(interval.low, 2 - 2.4843, 1e-3);
  EXPECT_NEAR(interval.high, 2 + 2.4843, 1e-3);
  EXPECT_EQ(mean_interval({5}).low, 5);
  EXPECT_EQ(mean_interval({5}).high, 5);
}

TEST(ProtocolStatistics, what_never_happened_is_bounded_by_the_rule_of_three) {
  EXPECT_EQ(share_interval(0, 3600).low, 0);
  EXPECT_NEAR(share_interval(0, 3600).high, 0.000833, 1e-6);
  EXPECT_EQ(share_interval(0, 2).high, 1);
}

TEST(ProtocolStatistics, a_share_has_wilsons_interval) {
  const Interval interval = share_interval(37, 60);
  EXPECT_NEAR(interval.low, 0.4902, 1e-3);
  EXPECT_NEAR(interval.high, 0.7291, 1e-3);
  EXPECT_EQ(share_interval(10, 10).high, 1);
}

TEST(ProtocolStatistics, the_distance_of_a_distribution_from_itself_is_one_step) {
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i) {
    values.push_back((i - 0.5) / 100);
  }
  const auto uniform = [](double x) { return x; };
  EXPECT_NEAR(ks_distance(values, uniform), 0.005, 1e-9);
  EXPECT_LT(ks_distance(values, uniform), ks_limit(values.size()));
  for (double& value : values) {
    value *= value;
  }
  EXPECT_NEAR(ks_distance(values, uniform), 0.25, 0.01);
  EXPECT_GT(ks_distance(values, uniform), ks_limit(values.size()));
}

TEST(ProtocolStatistics, the_slope_of_a_line_is_found) {
  EXPECT_NEAR(slope({1, 2, 3}, {5, 7, 9}), 2, 1e-12);
  EXPECT_NEAR(slope({1, 2, 3, 4}, {1, 3, 3, 1}), 0, 1e-12);
  EXPECT_EQ(slope({2, 2}, {1, 5}), 0);
}

}  // namespace
}  // namespace swim::bench
