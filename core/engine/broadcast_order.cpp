#include "core/engine/broadcast_order.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"

namespace swim::engine {

bool BroadcastOrder::take(BroadcastPtr message, TimePoint now, TimePoint ask_at) {
  const std::uint64_t sequence = message->sequence;
  SWIM_ASSERT(wants(sequence));
  bool asked = false;
  if (sequence <= highest_) {
    asked = fill(sequence, now);
  } else {
    mark(sequence - 1, now, ask_at);
    highest_ = sequence;
  }
  waiting_.emplace(sequence, std::move(message));
  return asked;
}

bool BroadcastOrder::mark(std::uint64_t sequence, TimePoint now, TimePoint ask_at) {
  if (sequence <= highest_ || sequence > sequence_max) {
    return false;
  }
  holes_.push_back({{highest_ + 1, sequence}, now, ask_at});
  highest_ = sequence;
  return true;
}

// One of a hole has come: the hole shrinks, or falls apart into two.
bool BroadcastOrder::fill(std::uint64_t sequence, TimePoint now) {
  const auto hole = std::ranges::partition_point(
      holes_, [&](const Hole& each) { return each.span.last < sequence; });
  SWIM_ASSERT(hole != holes_.end() && hole->span.first <= sequence);
  const bool asked = hole->asked_through != 0;
  hole->asks = 0;
  if (hole->span.first == sequence && hole->span.last == sequence) {
    holes_.erase(hole);
  } else if (hole->span.first == sequence) {
    ++hole->span.first;
    if (asked && sequence >= hole->asked_through) {
      hole->ask_at = now;  // all that was hoped for has come: on with the rest
    }
  } else if (hole->span.last == sequence) {
    --hole->span.last;
  } else {
    Hole before = *hole;
    before.span.last = sequence - 1;
    hole->span.first = sequence + 1;
    if (asked && sequence > hole->asked_through) {
      // Whoever answers has nothing before this one; the rest of its answer is on its way.
      hole->asked_through = sequence + limits::broadcast_fetch_messages - 1;
    }
    holes_.insert(hole, before);
  }
  return asked;
}

BroadcastPtr BroadcastOrder::pop() {
  if (waiting_.empty() || waiting_.begin()->first != next_) {
    return nullptr;
  }
  BroadcastPtr message = std::move(waiting_.begin()->second);
  waiting_.erase(waiting_.begin());
  ++next_;
  return message;
}

// What was in front of the hole was not popped yet where others are waited for: it goes first, so
// the hole must be the next.
std::optional<wire::Span> BroadcastOrder::give_up(std::uint64_t through) {
  if (holes_.empty() || holes_.front().span.first != next_ || through < next_) {
    return std::nullopt;
  }
  wire::Span lost = holes_.front().span;
  if (through < lost.last) {
    lost.last = through;
    holes_.front().span.first = through + 1;
  } else {
    holes_.erase(holes_.begin());
  }
  next_ = lost.last + 1;
  return lost;
}

std::uint64_t BroadcastOrder::missing() const {
  std::uint64_t sum = 0;
  for (const Hole& hole : holes_) {
    sum += hole.span.last - hole.span.first + 1;
  }
  return sum;
}

}  // namespace swim::engine
