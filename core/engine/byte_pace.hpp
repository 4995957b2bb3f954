// A token bucket in bytes: so many a second, and so many at once after a silence. The last that was
// allowed may overdraw it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/base/time.hpp"

namespace swim::engine {

class BytePace {
 public:
  // Bytes a second, and bytes at once.
  BytePace(std::uint64_t rate, std::int64_t burst)
      : rate_(static_cast<double>(rate)), burst_(burst) {}

  // How long until something may go; zero: now.
  Duration wait(TimePoint now) {
    const double seconds = std::chrono::duration<double>(now - filled_at_).count();
    const double earned = std::min(seconds * rate_, static_cast<double>(burst_ - left_));
    const auto whole = static_cast<std::int64_t>(earned);
    if (whole > 0) {
      left_ += whole;
      filled_at_ = now;
    }
    if (left_ > 0) {
      return Duration::zero();
    }
    const double missing = static_cast<double>(1 - left_) / rate_;
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(missing)) +
           std::chrono::microseconds(100);
  }
  void spend(std::size_t bytes) { left_ -= static_cast<std::int64_t>(bytes); }

 private:
  double rate_;
  std::int64_t burst_;
  std::int64_t left_{};
  TimePoint filled_at_{};
};

}  // namespace swim::engine
