// Whatever comes in whatever order: each sequence leaves once, in order, delivered or given up.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/engine/broadcast_order.hpp"

namespace swim::engine {
namespace {

class Model {
 public:
  explicit Model(std::uint64_t baseline) : order(baseline), next(baseline + 1), highest(baseline) {}

  void take(std::uint64_t sequence) {
    RC_ASSERT(order.wants(sequence) == (sequence >= next && !here.contains(sequence)));
    if (!order.wants(sequence)) {
      return;
    }
    auto message = std::make_shared<BroadcastMessage>();
    message->sequence = sequence;
    order.take(std::move(message), {}, {});
    here.insert(sequence);
    highest = std::max(highest, sequence);
    drain();
  }
  void mark(std::uint64_t sequence) {
    RC_ASSERT(order.mark(sequence, {}, {}) == (sequence > highest));
    highest = std::max(highest, sequence);
  }
  void give_up(std::uint64_t through) {
    const std::vector<Hole> holes = order.holes();
    const auto lost = order.give_up(through);
    RC_ASSERT(lost.has_value() == (next <= highest && through >= next));
    if (lost) {
      RC_ASSERT(lost->first == next);
      RC_ASSERT(lost->last == std::min(through, holes.front().span.last));
      next = lost->last + 1;
    }
    drain();
  }
  void drain() {
    while (const auto message = order.pop()) {
      RC_ASSERT(message->sequence == next);
      RC_ASSERT(here.erase(next) == 1U);
      ++next;
    }
    RC_ASSERT(!here.contains(next));
    RC_ASSERT(order.next() == next && order.highest() == highest);
    std::uint64_t missing = 0;
    std::uint64_t end = next;
    for (const Hole& hole : order.holes()) {
      RC_ASSERT(hole.span.first <= hole.span.last);
      RC_ASSERT((missing == 0 ? hole.span.first == next : hole.span.first >= end));
      RC_ASSERT(here.lower_bound(hole.span.first) == here.upper_bound(hole.span.last));
      end = hole.span.last + 1;
      missing += hole.span.last - hole.span.first + 1;
    }
    RC_ASSERT(missing + here.size() == highest + 1 - next);
  }

  BroadcastOrder order;
  std::uint64_t next, highest;
  std::set<std::uint64_t> here;
};

RC_GTEST_PROP(BroadcastOrderProperty, each_sequence_leaves_once_and_in_order, ()) {
  Model model(*rc::gen::inRange<std::uint64_t>(0, 5));
  const auto steps = *rc::gen::container<std::vector<std::pair<int, std::uint64_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 11), rc::gen::inRange<std::uint64_t>(1, 60)));
  for (const auto& [what, sequence] : steps) {
    if (what < 7) {
      model.take(sequence);
    } else if (what < 9) {
      model.mark(sequence);
    } else {
      model.give_up(what == 9 ? sequence : BroadcastOrder::sequence_max);
    }
  }
}

}  // namespace
}  // namespace swim::engine
