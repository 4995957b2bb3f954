#include "core/engine/seed_calls.hpp"

#include <algorithm>
#include <utility>

namespace swim {

bool is_arrival(const MemberEvent& event) {
  return !event.member->local &&
         (event.type == EventType::joined || event.type == EventType::replaced ||
          event.type == EventType::refuted || event.reason == EventReason::address);
}

SeedCalls::SeedCalls(Duration refresh, TimePoint now, Duration retry)
    : refresh_(refresh), retry_first_(std::min(retry, refresh)), retry_(retry_first_), due_(now) {}

std::optional<TimePoint> SeedCalls::due() const {
  return calling_ ? std::nullopt : std::optional(due_);
}

void SeedCalls::begin() {
  calling_ = true;
  heard_of_ = false;
}

void SeedCalls::answered(bool reached, TimePoint now, Prng& prng) {
  calling_ = false;
  tried_ = true;
  reached_ = reached;
  due_ = now + prng.jitter(reached ? refresh_ : retry_, jitter_percent);
  retry_ = reached ? retry_first_ : std::min(2 * retry_, refresh_);
  if (std::exchange(heard_of_, false)) {
    heard_of(now);
  }
}

void SeedCalls::put_off() {
  calling_ = false;
  tried_ = true;
}

void SeedCalls::heard_of(TimePoint now) {
  if (calling_) {
    heard_of_ = true;
  } else if (!reached_) {
    due_ = std::min(due_, now);
  }
}

}  // namespace swim
