// The engine from inside: the parts, each with one concern, and the little state that they all
// share. Private to core/engine. One thread; a part keeps a reference to the core and calls its
// neighbours by name.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/base/prng.hpp"
#include "core/crypto/datagram_sealer.hpp"
#include "core/engine/anti_entropy.hpp"
#include "core/engine/apps.hpp"
#include "core/engine/broadcast_lane.hpp"
#include "core/engine/broadcast_pulls.hpp"
#include "core/engine/broadcast_repair.hpp"
#include "core/engine/broadcast_serving.hpp"
#include "core/engine/broadcasts.hpp"
#include "core/engine/crash_hints.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/gossip.hpp"
#include "core/engine/hearsay.hpp"
#include "core/engine/join.hpp"
#include "core/engine/leave.hpp"
#include "core/engine/local_health.hpp"
#include "core/engine/member_table.hpp"
#include "core/engine/membership.hpp"
#include "core/engine/outbox.hpp"
#include "core/engine/pacer.hpp"
#include "core/engine/prober.hpp"
#include "core/engine/relays.hpp"
#include "core/engine/retries.hpp"
#include "core/engine/self.hpp"
#include "core/engine/sends.hpp"
#include "core/engine/streams.hpp"
#include "core/engine/suspicions.hpp"
#include "core/engine/timers.hpp"
#include "core/engine/views.hpp"

namespace swim::engine {

SourcePacer derivation_pacer();
// How what could not be opened or read is counted, from datagrams and streams alike.
DropReason drop_reason(Errc code);

struct Core {
  Core(const Config& config_in, std::string label_in, crypto::Keyring keys, std::uint64_t seed,
       Engine::Seams seams_in);

  // ---- shared state ----
  Config config;
  std::string label;
  Engine::Seams seams;
  Prng prng;
  Moment now;            // of the input being handled
  TimePoint last_heard;  // anything that proves the key
  Stats stats;
  Timers timers;
  MemberTable table;
  Views views{table};
  LocalHealth health;
  crypto::DatagramSealer sealer;
  crypto::Keyring keys;
  NodeState state{NodeState::starting};
  NodeState undrained{NodeState::starting};  // what a cancelled drain goes back to
  bool accepts_messages{};
  Outbox outbox;
  Outbox user_outbox;  // the application's; when `outbox` is empty, or answers would come too late
  std::deque<StreamAction> actions;
  std::deque<Event> events;
  std::uint64_t revision{};
  bool quiet_merge{};          // what is learned now is known to all others already
  bool members_changed{true};  // since the gauges counted them
  SourcePacer derivations{derivation_pacer()};
  Bucket answer_strangers;
  Bucket answer_confirms;

  // ---- parts ----
  Gossip gossip;
  Broadcasts broadcasts;
  BroadcastLane lane;
  BroadcastRepair repair;
  BroadcastPulls pulls;
  BroadcastServing serving;
  Membership membership;
  Suspicions suspicions;
  Hearsay hearsay;
  Self self;
  Apps apps;
  Prober prober;
  CrashHints crash_hints;
  Relays relays;
  Streams streams;
  AntiEntropy anti_entropy;
  Retries retries;
  Join join;
  Leave leave;
  Sends sends;

  // ---- helpers that several parts need ----
  std::uint32_t next_seq() { return ++seq_; }
  OperationId next_operation() { return static_cast<OperationId>(++operation_); }
  // Drops nothing of a member's story: at the bound the newest non-membership events go first.
  void emit(Event event);
  // Whether the driver is not behind with what it is told: what can wait is told later.
  bool room_for_messages() const { return events.size() < limits::events_max; }
  // The next datagram to a member whose descriptor is here, at its address and inbox.
  PendingSend& push_to(PendingSend::Kind kind, Slot receiver);
  void complete(OperationCompleted done) { emit(std::move(done)); }
  void trace(TraceKind kind, std::uint64_t subject, std::uint64_t a = 0, std::uint64_t b = 0) {
    seams.trace.record({kind, subject, a, b}, now.steady);
  }
  void drop(DropReason reason) {
    ++stats.dropped[static_cast<std::size_t>(reason)];
    trace(TraceKind::datagram_dropped, 0, static_cast<std::uint64_t>(reason));
  }
  // May this node speak about others, and probe them?
  bool active() const;
  // Why a command that changes or sends something is refused now; nullopt: it is not.
  std::optional<Error> refusal(bool also_while_draining) const;

  DescriptionPtr keep(const wire::Descriptor& heard) {
    return seams.descriptions != nullptr ? seams.descriptions->keep(heard)
                                         : share(Description(heard));
  }
  // A join was accepted, or there is nobody to join.
  void became_member();
  std::uint64_t greatest_life() const;
  std::size_t max_datagram_payload() const { return max_datagram_payload_; }
  // Of a broadcast, however it goes: what this node can both queue and keep for others.
  std::size_t max_broadcast_payload() const;
  // What that run must hear of itself: that it is held dead or left, or that another took its name.
  bool owes_verdict(Slot slot, std::uint64_t boot) const;
  std::optional<wire::Verdict> verdict_about(std::string_view name, std::uint64_t boot) const;
  void on_verdict(const wire::Verdict& verdict);
  // Sends what is held of a name to a run of it that comes behind; rate-limited by name.
  void tell_record(Slot slot, const Endpoint& to, std::uint64_t inbox);
  // Named by a verified hello: its datagrams need no pacing (DESIGN §5).
  void expect_session(std::uint64_t session);
  // Each input comes with its moment; a node that was cut off for a day begins anew first.
  void begin_input(Moment at);
  void heard_somebody() { last_contact_ = now.steady + now.suspended; }
  bool expects_session(std::uint64_t session) const;
  // Answers to runs that we have no description of are few a second (DESIGN §5, Inbox).
  bool may_answer_stranger();
  void count(const wire::Message& message);
  void refresh_gauges();

  // ---- dispatch: core.cpp, receive.cpp, transmit.cpp ----
  void start(LocalMember member, Moment at);
  void on_datagram(const Endpoint& from, MutableBytes datagram);
  void on_deadline();
  std::optional<Transmit> poll_transmit(MutableBytes out);

 private:
  std::size_t datagram_payload() const;
  void on_due(const Due& due);
  void on_message(const Endpoint& from, const wire::Message& message);
  void on_rarer_message(const Endpoint& from, const wire::Message& message);
  void on_ping(const Endpoint& from, const wire::Ping& ping);
  void answer_verdict(const Endpoint& from, const wire::Ping& ping, Slot slot);
  void on_ack(const wire::Ack& ack);
  void on_confirm(const wire::Confirm& confirm);
  Duration stall_noticed_after() const;
  void heard();
  void notice_stall(Duration length);
  void rotate_inbox();
  void arm_inbox_rotation();
  bool encode_record(Slot slot, wire::PacketWriter& writer);
  bool encode_primary(const PendingSend& send, wire::PacketWriter& writer);
  void piggyback(const PendingSend& send, wire::PacketWriter& writer);
  void count_members();

  std::size_t max_datagram_payload_{};  // neither the name nor the settings change
  TimePoint last_contact_{};
  std::uint32_t seq_{};
  std::uint8_t spread_{};  // of the broadcasts that follow in the packet being read
  std::uint64_t operation_{};
  TimerId inbox_timer_{no_timer};
  TimerId reap_timer_{no_timer};
  std::array<std::uint64_t, 256> expected_sessions_{};
  std::size_t expected_next_{};
};

}  // namespace swim::engine
