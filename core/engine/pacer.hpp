// Token buckets for what strangers may cost us (DESIGN §5): a fixed number, shared by sources that
// hash alike, so that nobody can fill a table by inventing addresses.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"

namespace swim::engine {

class Bucket {
 public:
  // `burst` at once, one more each `interval`.
  bool take(TimePoint now, std::uint32_t burst, Duration interval) {
    if (!used_) {
      used_ = true;
      left_ = burst;
      filled_ = now;
    }
    const auto earned = (now - filled_) / interval;
    if (earned > 0) {
      left_ = static_cast<std::uint32_t>(
          std::min<std::int64_t>(burst, left_ + static_cast<std::int64_t>(earned)));
      filled_ += earned * interval;
    }
    if (left_ == 0) {
      return false;
    }
    --left_;
    return true;
  }

 private:
  TimePoint filled_{};
  std::uint32_t left_{};
  bool used_{};
};

class SourcePacer {
 public:
  SourcePacer(std::uint32_t burst, Duration interval) : burst_(burst), interval_(interval) {}
  bool take(const Endpoint& source, TimePoint now) {
    return buckets_[std::hash<Endpoint>{}(source) % buckets_.size()].take(now, burst_, interval_);
  }

 private:
  std::uint32_t burst_;
  Duration interval_;
  std::array<Bucket, 256> buckets_{};
};

}  // namespace swim::engine
