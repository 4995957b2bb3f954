#include "core/engine/retained_broadcasts.hpp"

#include <algorithm>
#include <utility>

namespace swim::engine {

void RetainedBroadcasts::keep(BroadcastPtr message, TimePoint now, const Bounds& bounds) {
  const std::uint64_t boot = message->origin->boot;
  const std::uint64_t sequence = message->sequence;
  Run& run = runs_[boot];
  // Nearly always at the end.
  auto place = run.end();
  while (place != run.begin() && std::prev(place)->sequence >= sequence) {
    --place;
  }
  if (place != run.end() && place->sequence == sequence) {
    return;
  }
  ++count_;
  bytes_ += weight_of(*message);
  run.insert(place, {sequence, std::move(message)});
  order_.push_back({boot, sequence, now});
  expire(now, bounds);
}

void RetainedBroadcasts::expire(TimePoint now, const Bounds& bounds) {
  while (!order_.empty() && (count_ > bounds.messages || bytes_ > bounds.bytes ||
                             now - order_.front().since >= bounds.age)) {
    drop_oldest();
  }
}

void RetainedBroadcasts::drop_oldest() {
  const Kept oldest = order_.front();
  order_.pop_front();
  const auto run = runs_.find(oldest.boot);
  if (run == runs_.end()) {
    return;
  }
  const auto place = std::ranges::lower_bound(run->second, oldest.sequence, {}, &Held::sequence);
  if (place == run->second.end() || place->sequence != oldest.sequence) {
    return;
  }
  --count_;
  bytes_ -= weight_of(*place->message);
  run->second.erase(place);
  if (run->second.empty()) {
    runs_.erase(run);
  }
}

void RetainedBroadcasts::forget(std::uint64_t boot) {
  const auto run = runs_.find(boot);
  if (run == runs_.end()) {
    return;
  }
  for (const Held& held : run->second) {
    --count_;
    bytes_ -= weight_of(*held.message);
  }
  runs_.erase(run);
  std::erase_if(order_, [&](const Kept& kept) { return kept.boot == boot; });
}

void RetainedBroadcasts::collect(std::uint64_t boot, const wire::Span& span, std::size_t messages,
                                 std::size_t bytes, std::vector<BroadcastPtr>& out) const {
  const auto run = runs_.find(boot);
  if (run == runs_.end()) {
    return;
  }
  std::size_t collected = 0;
  for (const BroadcastPtr& message : out) {
    collected += told_bytes(*message);
  }
  for (auto place = std::ranges::lower_bound(run->second, span.first, {}, &Held::sequence);
       place != run->second.end() && place->sequence <= span.last && out.size() < messages &&
       collected < bytes;
       ++place) {
    collected += told_bytes(*place->message);
    out.push_back(place->message);
  }
}

}  // namespace swim::engine
