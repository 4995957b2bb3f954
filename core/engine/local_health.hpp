// Lifeguard's local health (§IV-A): how far this node should doubt itself before it doubts others.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.hpp"

namespace swim {

class LocalHealth {
 public:
  // `max`: the score's ceiling; the multiplier is at most max + 1.
  explicit LocalHealth(std::uint32_t max) : max_(max) {}

  // Good news (−1: a probe was answered) or bad (+1: one failed, a nack is missing, we were
  // accused).
  void adjust(int delta) { score_ = std::clamp(score_ + delta, 0, static_cast<int>(max_)); }
  std::uint32_t score() const { return static_cast<std::uint32_t>(score_); }
  // Stretches the probe interval, its timeouts and suspicions.
  Duration scale(Duration duration) const { return duration * (score_ + 1); }

 private:
  std::uint32_t max_;
  int score_{};
};

}  // namespace swim
