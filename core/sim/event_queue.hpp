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
  unreachable,      // index: the same, its receiver's host says that nobody listens
  segment,          // index, detail: the receiving end of a connection
  connect_timeout,  // index, detail: the opening end of a connection
  node_timer,       // index: the node; detail: its run
  seed_timer,       // index: the node; detail: its run
  peers_timer,      // index: the node; detail: its run
  script,           // index: the action
  check,
};

struct Scheduled {
  TimePoint at;
  std::uint64_t sequence : 56 {};
  Happening what : 8 {};
  std::uint64_t detail{};
  std::uint32_t index{};
};

// A 4-ary heap: half as deep as a binary one, and four children stand in two cache lines.
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
    const Scheduled event{std::max(at, now_), ++sequence_ & sequences, what, detail, index};
    std::size_t place = heap_.size();
    heap_.push_back(event);
    while (place > 0 && sooner(event, heap_[(place - 1) / arity])) {
      heap_[place] = heap_[(place - 1) / arity];
      place = (place - 1) / arity;
    }
    heap_[place] = event;
  }

  Scheduled pop() {
    SWIM_ASSERT(!heap_.empty());
    const Scheduled event = heap_.front();
    const Scheduled last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) {
      heap_[hole_for(last)] = last;
    }
    now_ = event.at;
    return event;
  }

  // Time passes in which nothing happens.
  void advance(TimePoint to) {
    SWIM_ASSERT(heap_.empty() || to <= heap_.front().at);
    now_ = std::max(now_, to);
  }

 private:
  static constexpr std::size_t arity = 4;
  static constexpr std::uint64_t sequences = (std::uint64_t{1} << 56U) - 1;

  static bool sooner(const Scheduled& a, const Scheduled& b) {
    return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
  }

  // Moves children up from the root until `event` fits in.
  std::size_t hole_for(const Scheduled& event) {
    std::size_t hole = 0;
    for (std::size_t first = 1; first < heap_.size(); first = hole * arity + 1) {
      std::size_t best = first;
      const std::size_t end = std::min(first + arity, heap_.size());
      for (std::size_t child = first + 1; child < end; ++child) {
        best = sooner(heap_[child], heap_[best]) ? child : best;
      }
      if (!sooner(heap_[best], event)) {
        break;
      }
      heap_[hole] = heap_[best];
      hole = best;
    }
    return hole;
  }

  TimePoint now_;
  std::uint64_t sequence_{};
  std::vector<Scheduled> heap_;
};

}  // namespace swim::sim
