// What is said about a member: how it is (the claim). Values only; which of two wins is decided in
// core/engine/precedence.hpp and nowhere else.
#pragma once

#include <cstdint>

namespace swim {

// DESIGN §4.1. Only the member itself mints the three numbers.
struct Incarnation {
  std::uint64_t life{};   // Unix seconds at the start, forced above any life the cluster knows
  std::uint64_t boot{};   // 8 random bytes that name this run of the process; 0 = no run
  std::uint32_t count{};  // raised by the member within a life
  friend bool operator==(const Incarnation&, const Incarnation&) = default;
};

enum class Terminal : std::uint8_t { none = 0, dead = 1, left = 2 };

struct Claim {
  Incarnation incarnation{};
  Terminal terminal{Terminal::none};
  bool leaving{};
  bool suspect{};
  friend bool operator==(const Claim&, const Claim&) = default;
};

// How a member came to be LEFT. SILENT: went quiet while LEAVING (DESIGN §4.4).
enum class LeftReason : std::uint8_t { none = 0, goodbye = 1, silent = 2, forced = 3 };

// What a failed probe found (DESIGN §4.2).
enum class Evidence : std::uint8_t { unknown = 0, silent = 1, refused = 2, stalled = 3 };

// Facts that ride along with a claim and never decide which claim wins.
struct ClaimNote {
  std::uint32_t drain_ms{};      // leaving: how long the drain may last, fixed per count
  std::uint32_t drain_age_ms{};  // leaving: how much of it had passed at the sender
  std::uint32_t age_s{};         // terminal: seconds since it became so, as known to the sender
  LeftReason left_reason{LeftReason::none};
  friend bool operator==(const ClaimNote&, const ClaimNote&) = default;
};

}  // namespace swim
