// The whole view at one revision: equal to the fold of all member events up to it (checked in
// simulation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/event.hpp"
#include "core/engine/member.hpp"

namespace swim {

enum class NodeState : std::uint8_t { starting, joining, running, draining, left };
std::string_view to_string(NodeState state);  // "STARTING" …

struct Snapshot {
  std::uint64_t revision{};
  std::vector<MemberPtr> members;  // sorted by name; this node itself is in it
  MemberPtr local;
  NodeState state{NodeState::starting};
  std::uint32_t local_health{};  // Lifeguard's multiplier minus one: 0 = healthy
  bool conflict{};               // this run is displaced by another of its name (DESIGN §4.1)
};

// Who accused a member, when and how, and its last transitions (ExplainMember).
struct Explanation {
  MemberPtr member;
  struct Accusation {
    std::string accuser;
    std::uint64_t accuser_boot{};
    Evidence evidence{Evidence::unknown};
    WallTime time{};
  };
  std::vector<Accusation> accusations{};   // of the present claim, in order of arrival
  Duration suspicion_left{};               // while SUSPECT: until it would be declared failed
  std::vector<MemberEvent> transitions{};  // the last ones, oldest first; bounded
  std::optional<WallTime> last_ack{};      // when it last answered a probe of ours
  Duration last_round_trip{};
  Duration stall{};  // the longest recent one that it told of itself
};

}  // namespace swim
