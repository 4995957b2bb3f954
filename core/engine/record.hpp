// What this node holds about one member, private to the engine.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/limits.hpp"
#include "core/base/time.hpp"
#include "core/engine/event.hpp"
#include "core/engine/member.hpp"
#include "core/engine/precedence.hpp"
#include "core/engine/timers.hpp"
#include "core/engine/transitions.hpp"
#include "core/wire/claim.hpp"

namespace swim::engine {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = UINT32_MAX;

// One run's word that a member does not answer.
struct Accusation {
  std::string accuser;
  std::uint64_t boot{};
  Evidence evidence{Evidence::unknown};
  WallTime time{};
  std::uint8_t left{};  // transmissions of this accusation still to make
};

// Owning counterpart of wire::Descriptor, without the name and its incarnation.
struct Described {
  Endpoint address;
  ByteVector metadata;
  std::string zone;
  ByteVector apps;
  std::uint64_t inbox{};
  std::uint64_t sequence{};
  std::uint32_t capabilities{};
  std::uint32_t stall_ms{};
};

struct Record {
  std::string name;
  MemberState state;
  Described described;  // meaningful where state.descriptor.boot != 0
  ClaimNote note;
  TimePoint note_time;   // when `note`'s ages were right
  TimePoint claimed_at;  // when the present claim was accepted
  WallTime claimed_wall{};

  boost::container::static_vector<Accusation, limits::accusers_max> accusers;
  Accusation source;  // whose word the present claim is; its accuser may be empty
  TimerId suspicion{no_timer};
  TimePoint suspected_since;
  TimePoint suspicion_floor;  // it lasts until then at least: this process had stalled

  std::uint8_t descriptor_left{};  // transmissions of the whole record still to make
  std::uint8_t claim_left{};       // of the claim alone
  std::uint64_t packed{};          // the burst that last carried something of this record

  MemberPtr shown;  // what watchers were last told; null: never listed, or expired
  std::uint64_t shown_boot{};
  std::uint64_t shown_life{};
  std::deque<MemberEvent> transitions;  // the last few, for ExplainMember

  TimePoint last_ack;
  WallTime last_ack_wall{};
  Duration round_trip{};
  bool acked{};                           // this run has answered us at least once
  std::uint32_t order_index{UINT32_MAX};  // in the probe order
  std::uint64_t previous_boot{};          // the run that this one replaced; 0: none
  TimePoint verdict_sent;                 // when we last told this name what we hold about it

  const Claim& claim() const { return state.claim; }
  bool terminal() const { return is_terminal(state.claim); }
  bool behind() const { return is_behind(state); }
  // Can be probed, asked for help, gossiped to.
  bool reachable() const { return !terminal() && !behind(); }
};

MemberStatus status_of(const Claim& claim);

// The time that a drain still has, from first receipt less the age carried with it (DESIGN §4.4).
Duration drain_left(const Record& record, TimePoint now);
// The note to send with the record's claim now: ages brought up to date.
ClaimNote note_at(const Record& record, TimePoint now);

}  // namespace swim::engine
