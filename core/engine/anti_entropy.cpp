#include "core/engine/anti_entropy.hpp"

#include <algorithm>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr std::uint32_t exchanges_to_outlast = 3;  // DESIGN §4.3
// News takes about this long to reach everybody; what differs for no longer is only on its way.
constexpr int gossip_rounds_to_outlast = 10;
// Where our own digest never rests, a difference that lasts this many times longer counts too.
constexpr int restless_factor = 10;
constexpr std::uint32_t syncs_at_once = 3;
constexpr Duration sync_pace_min = std::chrono::seconds(1);
constexpr Duration sync_pace_per_record = std::chrono::microseconds(500);
constexpr Duration fruitless_pause_min = std::chrono::seconds(5);
constexpr Duration fruitless_pause_max = std::chrono::minutes(5);
}  // namespace

std::uint64_t AntiEntropy::own_digest() const {
  if (!core_.config.healing.digest_sync || !core_.active()) {
    return 0;
  }
  return std::max<std::uint64_t>(core_.table.digest(), 1);
}

void AntiEntropy::on_digest(Slot peer, std::uint64_t theirs) {
  const std::uint64_t own = own_digest();
  if (theirs == 0 || own == 0) {
    return;
  }
  if (theirs == own) {
    streak_ = 0;
    differing_ = false;
    return;
  }
  const TimePoint now = core_.now.steady;
  if (!differing_) {
    differing_ = true;
    differing_since_ = now;
  }
  if (streak_ == 0 || streak_of_ != own) {
    streak_ = 0;
    streak_of_ = own;
    streak_since_ = now;
  }
  ++streak_;
  const Duration patience = gossip_rounds_to_outlast * core_.config.gossip_interval;
  const bool outlasted = (streak_ >= exchanges_to_outlast && now - streak_since_ >= patience) ||
                         now - differing_since_ >= restless_factor * patience;
  const Record& record = core_.table.at(peer);
  if (!outlasted || busy_ || !record.reachable() || is_fruitless(record.claim().incarnation.boot)) {
    return;
  }
  const auto records = static_cast<Duration::rep>(core_.table.size());
  if (!budget_.take(now, syncs_at_once, std::max(sync_pace_min, records * sync_pace_per_record))) {
    return;
  }
  streak_ = 0;
  differing_ = false;
  busy_ = core_.streams.open_sync(peer, SyncCause::difference);
  core_.stats.syncs_for_difference += busy_ ? 1 : 0;
}

bool AntiEntropy::is_fruitless(std::uint64_t boot) const {
  return std::ranges::any_of(fruitless_, [&](const Fruitless& pair) {
    return pair.boot == boot && core_.now.steady < pair.until;
  });
}

void AntiEntropy::on_sync_over(std::uint64_t boot, bool changed) {
  busy_ = false;
  auto pair = std::ranges::find(fruitless_, boot, &Fruitless::boot);
  if (changed) {
    if (pair != fruitless_.end()) {
      *pair = {};
    }
    return;
  }
  if (pair == fruitless_.end()) {
    pair = fruitless_.begin() + static_cast<std::ptrdiff_t>(next_fruitless_);
    next_fruitless_ = (next_fruitless_ + 1) % fruitless_.size();
    *pair = {};
    pair->boot = boot;
  }
  pair->pause = std::clamp(2 * pair->pause, fruitless_pause_min, fruitless_pause_max);
  pair->until = core_.now.steady + pair->pause;
}

}  // namespace swim::engine
