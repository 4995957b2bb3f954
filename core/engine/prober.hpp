// Failure detection: one member an interval, round-robin; direct probe, then helpers and TCP at the
// same time, pings and helpers again where answers get lost, then an accusation with what was found
// (DESIGN §4.2, SWIM §3.1, Lifeguard §IV-A).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/missed_answers.hpp"
#include "core/engine/pending_acks.hpp"
#include "core/engine/record.hpp"
#include "core/engine/round_trip.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class Prober {
 public:
  explicit Prober(Core& core) : core_(core) {}

  void start();
  void stop();
  void on_tick();
  // A direct probe on an operator's word, answered by an OperationCompleted.
  Expected<OperationId> ping(Slot target);

  // Another's accusation asks for our own probe of that run, now (DESIGN §4.2, scheduled
  // confirmation): pings and TCP at once, no helpers.
  void confirm(Slot target, std::uint64_t boot);
  // There is reason to think that it is gone: what a failed direct probe starts, now.
  void hurry(Slot target);
  // How long to wait for a direct answer of that member, before our own health is counted in.
  Duration timeout_of(const Record& record) const;

  // Who answered a probe of ours, in time or late; nullopt: the answer was not to one.
  std::optional<Slot> on_ack(const wire::Ack& ack);
  bool on_nack(const wire::Nack& nack);
  void on_timer(std::size_t place);
  // How the TCP side of the probe with this sequence went; evidence is its last word.
  void on_stream_ack(std::uint32_t seq, std::uint64_t boot);
  void on_stream_evidence(std::uint32_t seq, Evidence evidence);
  // The record is about to be removed.
  void forget(Slot target);
  // A member that our own probe had found silent was there.
  void on_refuted() { missed_.add(true); }
  // We were asleep: what is pending says nothing about others.
  void excuse_all();

  std::size_t pending() const { return probes_.size(); }
  const MissedAnswers& missed_answers() const { return missed_; }

 private:
  // Each ping of a probe has a sequence of its own, and what helpers are asked with is another one:
  // so an answer tells which way it came and how long it took.
  struct Question {
    std::uint32_t seq{};
    TimePoint at;
  };
  struct Probe {
    Slot target{no_slot};
    std::uint64_t boot{};
    TimePoint started;
    TimePoint deadline;
    bool indirect{};  // the second round runs: helpers and TCP, or TCP alone to confirm
    bool waited{};    // the direct answer had its time, or there is reason not to wait for it
    bool missed{};    // … it had its time
    TimePoint answer_until{};  // what was asked last has its time until then
    bool stream_over{};        // the TCP attempt has answered, refused or timed out
    bool confirming{};
    std::vector<Question> again{};  // all pings but the first
    std::uint32_t helpers_seq{};
    std::uint32_t nacks_expected{};
    std::uint32_t nacks_received{};
    Evidence evidence{Evidence::silent};
    OperationId operation{};
    TimerId timer{no_timer};

    std::size_t asked() const { return 1 + again.size(); }
  };

  Duration scaled(Duration duration) const;
  std::optional<std::size_t> begin(Slot target, OperationId operation);
  std::optional<std::size_t> pending_probe(Slot target) const;
  void push_ping(const Probe& probe, std::uint32_t seq);
  void go_indirect(std::size_t place);
  void ask_helpers(std::size_t place);
  void ask_again(std::size_t place);
  bool may_ask_again(const Probe& probe) const;
  bool nothing_to_wait_for(const Probe& probe) const;
  void fail_early(std::size_t place);
  // `measured`: so long took the direct answer to a ping.
  void succeed(std::size_t place, Duration round_trip, bool measured);
  void fail(std::size_t place);
  void excuse(std::size_t place, std::string_view why);
  Probe take(std::size_t place);
  void remember(std::size_t place);
  // The probe that asked with this sequence, and when its ping went out; nullopt: to helpers.
  struct Match {
    std::size_t place{};
    std::optional<TimePoint> pinged;
  };
  std::optional<Match> match(std::uint32_t seq) const;
  std::optional<Slot> on_late_ack(const wire::Ack& ack);
  void note_round_trip(Record& record, Duration round_trip);

  Core& core_;
  PendingAcks<Probe, limits::pending_probes_max> probes_;
  TimerId tick_{no_timer};
  std::vector<Slot> helpers_;
  RoundTrip all_;  // of every member that answers
  MissedAnswers missed_;

  // Pings that their probe ended without an answer to, for answers that come late.
  struct Past {
    std::uint32_t seq{};
    Slot target{no_slot};
    std::uint64_t boot{};
    TimePoint at;
    TimePoint started;  // of its probe
  };
  std::array<Past, 2 * limits::pending_probes_max> past_{};
  std::size_t past_next_{};
  std::array<Duration, 4> last_round_trips_{};
  std::size_t last_next_{};
};

}  // namespace swim::engine
