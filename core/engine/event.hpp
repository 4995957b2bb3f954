// What the engine tells the outside (DESIGN §4.1, §7).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/engine/member.hpp"

namespace swim {

enum class EventType : std::uint8_t {
  joined,
  updated,
  suspected,
  refuted,
  failed,
  leaving,
  left,
  replaced,
  conflict,
  expired,
  app_lost,
  app_back,
};

enum class EventReason : std::uint8_t {
  none,
  first_seen,       // joined: never listed before
  rejoined,         // joined: another run under a name last shown FAILED or LEFT
  recovered,        // joined: the same run, wrongly declared dead, in a new life
  probe_silent,     // suspected, failed: nothing answered
  probe_refused,    // suspected, failed: the host answers, the process does not
  probe_stalled,    // suspected, failed: a handshake and then no byte
  accused,          // suspected, failed: by hearsay that carried no evidence
  goodbye,          // left: it said so
  silent,           // left: went quiet while LEAVING
  forced,           // left: ForceLeave
  new_boot,         // replaced: another run took the name over
  labels,           // updated
  address,          // updated
  drain_cancelled,  // updated: LEAVING taken back
  retention,        // expired: listed long enough after its end
  forgotten,        // expired: this node was cut off for a day and begins anew
  app_attached,     // updated, app_back: an app attached to the member
  app_detached,     // updated: an app said goodbye
  app_broken,       // app_lost: its stream ended without a goodbye
};

std::string_view to_string(EventType type);      // "JOINED" …
std::string_view to_string(EventReason reason);  // "FIRST_SEEN" …

struct MemberEvent {
  std::uint64_t revision{};  // the view's revision that this event makes; grows by one an event
  EventType type{};
  EventReason reason{};
  MemberPtr member;  // after the event
  std::optional<MemberStatus> previous;
  std::string accuser;  // suspected, failed: who said so first; may be empty
  WallTime time{};
  std::string app{};  // app_lost, app_back, updated for an app: its name
  // Its labels before, where it was listed and they changed: with `previous`, all that a filter of
  // members needs to know whether the member is one of those who stop matching.
  std::shared_ptr<const ByteVector> previous_metadata{};
};

// A broadcast or a Send that arrived here (own broadcasts too, `own` set).
struct MessageReceived {
  std::string origin;
  std::uint64_t origin_boot{};
  std::uint64_t sequence{};  // broadcast only: the origin's number; 0 for a Send
  std::string topic;
  std::shared_ptr<const ByteVector> payload;
  bool broadcast{};
  bool own{};
  std::array<std::uint8_t, 16> request_id{};
  WallTime time{};
};

// Broadcasts of one run that will not be delivered here: nobody who was asked still had them.
struct MessagesLost {
  std::string origin;
  std::uint64_t origin_boot{};
  std::uint64_t first{};  // sequences, both included
  std::uint64_t last{};
  WallTime time{};
};

// What a subscriber is told, in its order.
using MessageEvent = std::variant<MessageReceived, MessagesLost>;

enum class OperationId : std::uint64_t {};

// One contacted address of a join.
struct SeedResult {
  Endpoint address;
  bool accepted{};
  Error error{};         // where not accepted
  std::string member{};  // its name, where it authenticated itself
  std::string text{};    // for people, e.g. the peer's reason for a rejection
};

// The answer to a command that takes time. `error` empty = done.
struct OperationCompleted {
  OperationId id{};
  std::optional<Error> error{};
  std::vector<SeedResult> seeds{};  // join
  std::uint32_t acknowledged{};     // leave: peers that confirmed
  Duration round_trip{};            // ping, acknowledged send
};

using Event = std::variant<MemberEvent, MessageReceived, MessagesLost, OperationCompleted>;

}  // namespace swim
