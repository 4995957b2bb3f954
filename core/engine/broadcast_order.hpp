// The broadcasts of one origin run in the order of their sequences (DESIGN §7): which is next, what
// waits behind a hole, and which holes there are. Pure; what to do about a hole is decided by
// core/engine/broadcast_repair.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/broadcast_message.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

// Sequences that are known to exist and are not here.
struct Hole {
  wire::Span span;
  TimePoint noticed;
  TimePoint ask_at;
  std::uint64_t asked_through{};  // the last one that was asked for; 0: none yet
  std::uint32_t asks{};           // without an answer
};

class BroadcastOrder {
 public:
  // No origin comes so far; beyond it the arithmetic of sequences would not hold.
  static constexpr std::uint64_t sequence_max = std::uint64_t{1} << 62U;

  // The first that is delivered is the one behind the baseline.
  explicit BroadcastOrder(std::uint64_t baseline) : next_(baseline + 1), highest_(baseline) {}

  // Neither delivered nor given up nor here already.
  bool wants(std::uint64_t sequence) const {
    return sequence >= next_ && sequence <= sequence_max && !waiting_.contains(sequence);
  }
  // One that is wanted. A hole that it shows is to be asked for at `ask_at`. True: it was asked
  // for.
  bool take(BroadcastPtr message, TimePoint now, TimePoint ask_at);
  // Somebody knows of this sequence. True: it was news.
  bool mark(std::uint64_t sequence, TimePoint now, TimePoint ask_at);
  // The next in order leaves, where it is here; else null.
  BroadcastPtr pop();
  // The oldest hole is closed for good, where there is one, as far as `through`: its sequences are
  // lost.
  std::optional<wire::Span> give_up(std::uint64_t through = sequence_max);

  std::uint64_t next() const { return next_; }
  // The highest that is known to exist.
  std::uint64_t highest() const { return highest_; }
  // All that is known of was delivered or given up.
  bool complete() const { return next_ > highest_; }
  std::vector<Hole>& holes() { return holes_; }  // in order, none in another
  const std::vector<Hole>& holes() const { return holes_; }
  std::uint64_t missing() const;
  const std::map<std::uint64_t, BroadcastPtr>& waiting() const { return waiting_; }

 private:
  bool fill(std::uint64_t sequence, TimePoint now);

  std::uint64_t next_;
  std::uint64_t highest_;
  std::vector<Hole> holes_;
  std::map<std::uint64_t, BroadcastPtr> waiting_;
};

}  // namespace swim::engine
