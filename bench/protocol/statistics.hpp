// What is computed from measurements. Pure functions of values.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace swim::bench {

// The least value that `share` of all do not exceed (nearest rank). NaN where there are none.
// 0 < share <= 1.
double percentile(std::vector<double> values, double share);
double mean(const std::vector<double>& values);      // NaN where there are none
double greatest(const std::vector<double>& values);  // NaN where there are none

struct Interval {
  double low{};
  double high{};
};

// 95 % for the mean (Student's t). Both ends are the mean itself where there is only one value.
Interval mean_interval(const std::vector<double>& values);

// 95 % for the share of runs in which something happened (Wilson). Where it never happened, the
// upper end is 3/runs (the "rule of three"), never above 1.
Interval share_interval(std::uint64_t happened, std::uint64_t runs);

// Kolmogorov and Smirnov: the greatest distance between the values' distribution and `cdf`, and the
// distance above which they differ (5 %).
double ks_distance(std::vector<double> values, const std::function<double(double)>& cdf);
double ks_limit(std::size_t values);

// The slope of the straight line that fits best (least squares); 0 where all x are equal.
double slope(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace swim::bench
