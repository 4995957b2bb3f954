#include "core/engine/round_trip.hpp"

#include <limits>

namespace swim {

void RoundTrip::add(Duration sample) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(sample).count();
  const auto now = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(us, 1, std::numeric_limits<std::uint32_t>::max()));
  if (!measured()) {
    smoothed_us_ = now;
    variation_us_ = now / 2;
    return;
  }
  const std::uint64_t off = smoothed_us_ > now ? smoothed_us_ - now : now - smoothed_us_;
  variation_us_ = static_cast<std::uint32_t>((3 * std::uint64_t{variation_us_} + off) / 4);
  smoothed_us_ = static_cast<std::uint32_t>(
      std::max<std::uint64_t>(1, (7 * std::uint64_t{smoothed_us_} + now) / 8));
}

Duration RoundTrip::timeout() const {
  return std::chrono::microseconds(std::uint64_t{smoothed_us_} + 4 * std::uint64_t{variation_us_});
}

Duration adaptive_timeout(const RoundTrip& member, const RoundTrip& all, Duration floor,
                          Duration ceiling) {
  const RoundTrip& known = member.measured() ? member : all;
  return known.measured() ? std::clamp(known.timeout(), std::min(floor, ceiling), ceiling)
                          : ceiling;
}

}  // namespace swim
