// What this node holds about one member, private to the engine.
//
// A table of thousands is mostly members that are simply there, so a record has three tiers: what
// everybody needs lies in it; what only a member in trouble needs hangs on `doubt`; what only a
// name with a history needs hangs on `past`. What the member says of itself is shared with whoever
// else shows it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/base/time.hpp"
#include "core/engine/description.hpp"
#include "core/engine/event.hpp"
#include "core/engine/member.hpp"
#include "core/engine/precedence.hpp"
#include "core/engine/round_trip.hpp"
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

// Beside a claim that is not simply "there": suspect, leaving, dead or left. What is added here
// costs the others nothing; see Record::settle() for how long it lasts.
struct Doubt {
  ClaimNote note;
  TimePoint note_time;               // when `note`'s ages were right: the claim was accepted then
  Accusation source;                 // whose word the claim is; its accuser may be empty
  std::vector<Accusation> accusers;  // of this claim, at most limits::accusers_max
  TimePoint suspected_since;
  TimePoint suspicion_floor;  // it lasts until then at least: this process had stalled
  TimerId suspicion{no_timer};
  bool found{};              // our own probe since then had no answer
  std::uint8_t questions{};  // how often we asked the suspect because the time was over
};

// A run whose record was here, and where its broadcasts begin for us (DESIGN §7, baseline).
struct DescribedRun {
  std::uint64_t boot{};
  std::uint64_t sequence{};
};

// What is remembered of a name once more has happened to it than that it came.
struct Past {
  std::uint64_t previous_boot{};        // the run that this one replaced; 0: none
  std::vector<DescribedRun> described;  // before the present one, the oldest first
  TimePoint verdict_sent;               // when we last told this name what we hold about it
  std::vector<MemberEvent> events;      // the last limits::transitions_max, for ExplainMember
};

// What watchers were last told of a member: all that it takes to tell it again.
struct Shown {
  DescriptionPtr about;  // of the run shown; null: never listed, or expired
  std::uint64_t life{};
  WallTime since{};
  std::uint64_t revision{};
  std::uint32_t count{};
  MemberStatus status{MemberStatus::alive};
  LeftReason left_reason{LeftReason::none};

  std::uint64_t boot() const { return about ? about->incarnation.boot : 0; }
  // Of the run that `about` describes.
  void set_incarnation(const Incarnation& incarnation) {
    life = incarnation.life;
    count = incarnation.count;
  }
};

class Record {
 public:
  DescriptionPtr description;  // never null for a record in a table

  std::unique_ptr<Doubt> doubt;
  std::unique_ptr<Past> past;

  Shown shown;

  std::uint32_t order_index{UINT32_MAX};  // in the probe order
  std::uint32_t packed{};  // the burst that last carried something of this record, modulo 2^32
  // Meaningful where `acked`. Milliseconds on the engine's timeline modulo 2^32: an answer 49 days
  // old would look new, but whoever is silent so long is long forgotten.
  std::uint32_t last_ack_ms{};
  RoundTrip round_trip;            // of direct answers
  std::uint8_t descriptor_left{};  // transmissions of the whole record still to make
  std::uint8_t claim_left{};       // of the claim alone
  bool acked{};                    // this run has answered us at least once

  std::string_view name() const { return description->name; }
  Claim claim() const { return {{life_, boot_, count_}, terminal_, leaving_, suspect_}; }
  MemberState state() const { return {claim(), description->incarnation}; }
  void set_claim(const Claim& claim);
  void describe(DescriptionPtr about);

  bool listed() const { return shown.about != nullptr; }
  bool terminal() const { return terminal_ != Terminal::none; }
  bool behind() const { return behind_; }
  // Can be probed, asked for help, gossiped to.
  bool reachable() const { return !terminal() && !behind(); }

  // The claim needs what a Doubt holds.
  bool doubtful() const { return suspect_ || leaving_ || terminal(); }
  // Both are made where there is none yet.
  Doubt& doubted();
  Past& remembered();
  // Frees the doubt where the claim has no need of one. Its timer must have been cancelled.
  void settle();
  std::uint64_t previous_boot() const { return past ? past->previous_boot : 0; }
  std::span<Accusation> accusers() {
    return doubt ? std::span(doubt->accusers) : std::span<Accusation>();
  }
  std::span<const Accusation> accusers() const {
    return doubt ? std::span<const Accusation>(doubt->accusers) : std::span<const Accusation>();
  }

  // It is not listed any more: nobody can ask what happened to it, and its name stays for days.
  void unlist();
  void on_ack(TimePoint now);
  // Takes an event into the past, before what is shown changes with it. `own`: this node's record.
  void remember(const MemberEvent& event, bool own);
  // Oldest first. That a member came is not stored while nothing else happened to it.
  std::vector<MemberEvent> last_events(bool own) const;

 private:
  // A Claim, without the padding.
  Terminal terminal_{Terminal::none};
  bool leaving_{};
  bool suspect_{};
  bool behind_{};
  std::uint32_t count_{};
  std::uint64_t life_{};
  std::uint64_t boot_{};
};

// Millions of them are held in one simulated world (README, Decisions). What not all members need
// belongs into Doubt or Past.
static_assert(sizeof(Record) <= 112);

// What watchers see, as the value that they share.
MemberPtr view_of(const Shown& shown, bool own);

MemberStatus status_of(const Claim& claim);

// The time that a drain still has, from first receipt less the age carried with it (DESIGN §4.4).
Duration drain_left(const Record& record, TimePoint now);
// The note to send with the record's claim now: ages brought up to date.
ClaimNote note_at(const Record& record, TimePoint now);
// How long ago the last answer was, where there was one.
Duration since_ack(const Record& record, TimePoint now);
// May this name be told again what we hold about it?
bool told_within(const Record& record, Duration interval, TimePoint now);

}  // namespace swim::engine
