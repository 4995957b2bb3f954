// The measured round trip to a member, and the time to wait for an answer that follows from it
// (RFC 6298 §2, with α = 1/8, β = 1/4 and K = 4). A plain value of eight bytes.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.hpp"

namespace swim {

class RoundTrip {
 public:
  // Samples above the longest that is kept (71 minutes) count as that.
  void add(Duration sample);
  bool measured() const { return smoothed_us_ != 0; }
  Duration smoothed() const { return std::chrono::microseconds(smoothed_us_); }
  // Smoothed + 4 · variation; zero where nothing was measured.
  Duration timeout() const;

 private:
  std::uint32_t smoothed_us_{};
  std::uint32_t variation_us_{};
};

// How long to wait for a direct answer: the member's own round trip, where it was never measured
// that of all members, else the ceiling; from `floor` to `ceiling`.
Duration adaptive_timeout(const RoundTrip& member, const RoundTrip& all, Duration floor,
                          Duration ceiling);

}  // namespace swim
