// Virtual time, and what happens in it: events ordered by (time, sequence), so that two events of
// one instant happen in the order in which they were scheduled.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/time.hpp"

namespace swim::sim {

enum class Happening : std::uint8_t {
  datagram,         // index: the datagram's place in the network
  segment,          // index, detail: the receiving end of a connection
  connect_timeout,  // index, detail: the opening end of a connection
  node_timer,       // index: the node; detail: its run
  seed_timer,       // index: the node; detail: its run
  script,           // index: the action
  check,
};

struct Scheduled {
  TimePoint at;
  std::uint64_t sequence{};
  std::uint64_t detail{};
  std::uint32_t index{};
  Happening what{};
};

class EventQueue {
 public:
  // Not at the epoch, so that a zero time is never mistaken for one that was set.
  explicit EventQueue(TimePoint start = TimePoint(std::chrono::hours(1))) : now_(start) {}

  TimePoint now() const { return now_; }
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  TimePoint next_time() const { return heap_.front().at; }

  // In the past means now.
  void push(TimePoint at, Happening what, std::uint32_t index, std::uint64_t detail = 0) {
    heap_.push_back({std::max(at, now_), ++sequence_, detail, index, what});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  Scheduled pop() {
    SWIM_ASSERT(!heap_.empty());
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Scheduled event = heap_.back();
    heap_.pop_back();
    now_ = event.at;
    return event;
  }

  // Time passes in which nothing happens.
  void advance(TimePoint to) {
    SWIM_ASSERT(heap_.empty() || to <= heap_.front().at);
    now_ = std::max(now_, to);
  }

 private:
  static bool later(const Scheduled& a, const Scheduled& b) {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }

  TimePoint now_;
  std::uint64_t sequence_{};
  std::vector<Scheduled> heap_;
};

}  // namespace swim::sim
