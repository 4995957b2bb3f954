// How long to wait before the next attempt: 100 ms, doubling to 3 s, each ± 20 % so that a hundred
// clients of a restarted daemon don't come back in step.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

#include "cli/text/duration.hpp"

namespace swim::cli {

class Backoff {
 public:
  explicit Backoff(std::uint32_t seed) : random_(seed) {}

  void reset() { base_ = first; }
  Nanoseconds next() {
    const double factor = std::uniform_real_distribution<double>(0.8, 1.2)(random_);
    const auto wait = std::chrono::duration_cast<Nanoseconds>(base_ * factor);
    base_ = std::min<Nanoseconds>(base_ * 2, longest);
    return wait;
  }

  static constexpr Nanoseconds first = std::chrono::milliseconds(100);
  static constexpr Nanoseconds longest = std::chrono::seconds(3);

 private:
  std::minstd_rand random_;
  Nanoseconds base_{first};
};

}  // namespace swim::cli
