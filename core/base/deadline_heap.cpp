#include "core/base/deadline_heap.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/assert.hpp"

namespace swim {
namespace {

// Four children fill one cache line of entries: half the depth of a binary heap for the same memory
// reads.
constexpr std::size_t arity = 4;

std::size_t parent_of(std::size_t place) {
  return (place - 1) / arity;
}

std::size_t first_child_of(std::size_t place) {
  return place * arity + 1;
}

}  // namespace

bool DeadlineHeap::sooner(const Entry& a, const Entry& b) {
  return std::tie(a.when, a.index) < std::tie(b.when, b.index);
}

void DeadlineHeap::reserve(std::size_t count) {
  place_.reserve(count);
  grow_to(count);
}

// The heap gets its room together with the index: otherwise it would grow later, in a steady state.
void DeadlineHeap::grow_to(std::size_t count) {
  if (count > place_.size()) {
    place_.resize(count, nowhere);
    heap_.reserve(place_.capacity());
  }
}

void DeadlineHeap::set(Index index, TimePoint when) {
  SWIM_ASSERT(index != nowhere);
  grow_to(std::size_t{index} + 1);
  if (place_[index] == nowhere) {
    heap_.emplace_back();
    sift_up(heap_.size() - 1, {when, index});
  } else {
    settle(place_[index], {when, index});
  }
}

void DeadlineHeap::clear(Index index) {
  if (!contains(index)) {
    return;
  }
  const std::size_t hole = place_[index];
  const Entry last = heap_.back();
  heap_.pop_back();
  place_[index] = nowhere;
  if (last.index != index) {
    settle(hole, last);
  }
}

void DeadlineHeap::clear_all() {
  for (const Entry& entry : heap_) {
    place_[entry.index] = nowhere;
  }
  heap_.clear();
}

std::optional<std::pair<TimePoint, DeadlineHeap::Index>> DeadlineHeap::earliest() const {
  if (heap_.empty()) {
    return std::nullopt;
  }
  return std::pair(heap_.front().when, heap_.front().index);
}

bool DeadlineHeap::contains(Index index) const {
  return index < place_.size() && place_[index] != nowhere;
}

std::optional<TimePoint> DeadlineHeap::deadline_of(Index index) const {
  return contains(index) ? std::optional(heap_[place_[index]].when) : std::nullopt;
}

void DeadlineHeap::put(std::size_t place, const Entry& entry) {
  heap_[place] = entry;
  place_[entry.index] = static_cast<Place>(place);
}

void DeadlineHeap::settle(std::size_t place, const Entry& entry) {
  if (place > 0 && sooner(entry, heap_[parent_of(place)])) {
    sift_up(place, entry);
  } else {
    sift_down(place, entry);
  }
}

void DeadlineHeap::sift_up(std::size_t place, const Entry& entry) {
  while (place > 0 && sooner(entry, heap_[parent_of(place)])) {
    put(place, heap_[parent_of(place)]);
    place = parent_of(place);
  }
  put(place, entry);
}

void DeadlineHeap::sift_down(std::size_t place, const Entry& entry) {
  for (std::size_t first = first_child_of(place); first < heap_.size();
       first = first_child_of(place)) {
    std::size_t best = first;
    const std::size_t end = std::min(first + arity, heap_.size());
    for (std::size_t child = first + 1; child < end; ++child) {
      if (sooner(heap_[child], heap_[best])) {
        best = child;
      }
    }
    if (!sooner(heap_[best], entry)) {
      break;
    }
    put(place, heap_[best]);
    place = best;
  }
  put(place, entry);
}

bool DeadlineHeap::is_consistent() const {
  for (std::size_t place = 0; place < heap_.size(); ++place) {
    const Entry& entry = heap_[place];
    if (entry.index >= place_.size() || place_[entry.index] != place) {
      return false;
    }
    if (place > 0 && sooner(entry, heap_[parent_of(place)])) {
      return false;
    }
  }
  const auto placed =
      std::count_if(place_.begin(), place_.end(), [](Place place) { return place != nowhere; });
  return static_cast<std::size_t>(placed) == heap_.size();
}

}  // namespace swim
