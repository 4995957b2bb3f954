// Durations counted in buckets, 64 to each power of two: quantiles are right to 1.6 %, whatever the
// number of samples.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace swim::bench {

// Not for several threads at once: each has its own, merge() adds them up.
class Histogram {
 public:
  void add(std::uint64_t nanoseconds) {
    ++counts_[index_of(nanoseconds)];
    ++total_;
    greatest_ = std::max(greatest_, nanoseconds);
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i] += other.counts_[i];
    }
    total_ += other.total_;
    greatest_ = std::max(greatest_, other.greatest_);
  }

  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t greatest() const { return greatest_; }

  // The least value that `share` (0 to 1) of all samples do not exceed, by nearest rank; 0 without
  // samples.
  [[nodiscard]] std::uint64_t quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= wanted && seen > 0) {
        return std::min(upper_bound_of(i), greatest_);
      }
    }
    return greatest_;
  }

 private:
  static constexpr int kPrecision = 6;
  static constexpr std::uint64_t kFirst = std::uint64_t{1} << kPrecision;
  static constexpr std::size_t kBuckets = (64 - kPrecision + 1) << kPrecision;

  static std::size_t index_of(std::uint64_t value) {
    if (value < kFirst) {
      return static_cast<std::size_t>(value);
    }
    const int exponent = static_cast<int>(std::bit_width(value)) - 1 - kPrecision;
    const std::uint64_t mantissa = (value >> exponent) - kFirst;
    return (static_cast<std::size_t>(exponent + 1) << kPrecision) +
           static_cast<std::size_t>(mantissa);
  }

  static std::uint64_t upper_bound_of(std::size_t index) {
    if (index < kFirst) {
      return index;
    }
    const auto exponent = static_cast<int>(index >> kPrecision) - 1;
    const std::uint64_t mantissa = (index & (kFirst - 1)) + kFirst;
    return ((mantissa + 1) << exponent) - 1;
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t greatest_ = 0;
};

}  // namespace swim::bench
