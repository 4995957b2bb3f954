// Broadcasts that came or were sent, kept for whoever missed them (DESIGN §7): bounded by count,
// bytes and age, the oldest go first.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/broadcast_message.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

class RetainedBroadcasts {
 public:
  struct Bounds {
    std::size_t messages{};
    std::size_t bytes{};
    Duration age{};
  };

  void keep(BroadcastPtr message, TimePoint now, const Bounds& bounds);
  void expire(TimePoint now, const Bounds& bounds);
  void forget(std::uint64_t boot);
  // Appends what is here of the span, in order, until `out` holds `messages` or about `bytes`.
  void collect(std::uint64_t boot, const wire::Span& span, std::size_t messages, std::size_t bytes,
               std::vector<BroadcastPtr>& out) const;

  std::size_t size() const { return count_; }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Kept {
    std::uint64_t boot{};
    std::uint64_t sequence{};
    TimePoint since;
  };
  // The number stands beside the pointer: a search must not touch thousands of messages that lie
  // cold in memory, one for each it looks at.
  struct Held {
    std::uint64_t sequence{};
    BroadcastPtr message;
  };
  using Run = std::deque<Held>;  // by sequence
  void drop_oldest();

  boost::unordered_flat_map<std::uint64_t, Run> runs_;
  std::deque<Kept> order_;  // as they came; of what was forgotten too
  std::size_t count_{};
  std::size_t bytes_{};
};

}  // namespace swim::engine
