#include "bench/protocol/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace swim::bench {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// Student's t for 95 %, two-sided, by degrees of freedom from 1.
double t_95(std::size_t degrees) {
  static constexpr std::array<double, 30> table{
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
      2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
      2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  return degrees <= table.size() ? table[degrees - 1] : 1.96;
}

}  // namespace

double percentile(std::vector<double> values, double share) {
  if (values.empty()) {
    return nothing;
  }
  const auto count = static_cast<double>(values.size());
  // A little less than the product, so that 0.99 · 100 is the 99th, not the 100th.
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(share * count - 1e-9)));
  const auto place =
      values.begin() + static_cast<std::ptrdiff_t>(std::min(rank, values.size()) - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double mean(const std::vector<double>& values) {
  return values.empty() ? nothing
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

double greatest(const std::vector<double>& values) {
  return values.empty() ? nothing : *std::max_element(values.begin(), values.end());
}

Interval mean_interval(const std::vector<double>& values) {
  const double middle = mean(values);
  if (values.size() < 2) {
    return {middle, middle};
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - middle) * (value - middle);
  }
  const auto count = static_cast<double>(values.size());
  const double half = t_95(values.size() - 1) * std::sqrt(squares / (count - 1) / count);
  return {middle - half, middle + half};
}

Interval share_interval(std::uint64_t happened, std::uint64_t runs) {
  if (runs == 0) {
    return {0, 1};
  }
  const auto n = static_cast<double>(runs);
  if (happened == 0) {
    return {0, std::min(1.0, 3 / n)};
  }
  constexpr double z = 1.96;
  const double p = static_cast<double>(happened) / n;
  const double middle = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

double ks_distance(std::vector<double> values, const std::function<double(double)>& cdf) {
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = cdf(values[i]);
    distance = std::max({distance, static_cast<double>(i + 1) / count - expected,
                         expected - static_cast<double>(i) / count});
  }
  return distance;
}

double ks_limit(std::size_t values) {
  return values == 0 ? nothing : 1.358 / std::sqrt(static_cast<double>(values));
}

double slope(const std::vector<double>& x, const std::vector<double>& y) {
  const double x_mean = mean(x);
  const double y_mean = mean(y);
  double above = 0;
  double below = 0;
  for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
    above += (x[i] - x_mean) * (y[i] - y_mean);
    below += (x[i] - x_mean) * (x[i] - x_mean);
  }
  return below == 0 ? 0 : above / below;
}

}  // namespace swim::bench
