// The engine's dispatch: commands' common checks, timers, and what several parts share.
#include "core/engine/core.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/engine/node_state.hpp"
#include "core/wire/native/codec.hpp"
#include "core/wire/native/tags.hpp"

namespace swim::engine {

namespace {
constexpr Duration reap_interval = std::chrono::seconds(10);
}

Core::Core(const Config& config_in, std::string label_in, crypto::Keyring keys_in,
           std::uint64_t seed, Engine::Seams seams_in)
    : config(config_in),
      label(std::move(label_in)),
      seams(seams_in),
      prng(seed),
      health(config_in.local_health_max),
      sealer(keys_in, label, [this] { return seams.ids.draw(); }),
      keys(std::move(keys_in)),
      gossip(*this),
      broadcasts(*this),
      lane(*this),
      repair(*this),
      pulls(*this),
      serving(*this),
      membership(*this),
      suspicions(*this),
      hearsay(*this),
      self(*this),
      apps(*this),
      prober(*this),
      crash_hints(*this),
      relays(*this),
      streams(*this),
      anti_entropy(*this),
      retries(*this),
      join(*this),
      leave(*this),
      sends(*this) {}

void Core::start(LocalMember member, Moment at) {
  now = at;
  last_heard = at.steady;
  heard_somebody();
  self.start(std::move(member));
  max_datagram_payload_ = datagram_payload();
  prober.start();
  streams.start();
  arm_inbox_rotation();
  timers.set(reap_timer_, TimerKind::reap_tick, 0, now.steady + reap_interval);
}

void Core::begin_input(Moment at) {
  now = at;
  if (at.steady + at.suspended - last_contact_ < config.isolation_max) {
    return;
  }
  heard_somebody();
  const std::vector<Endpoint> lost = membership.forget_all();
  if (!lost.empty() && state != NodeState::left && !self.displaced()) {
    static_cast<void>(join.begin(lost));
  }
}

void Core::became_member() {
  if (is_outside(state)) {
    state = NodeState::running;
  }
  undrained = NodeState::running;
}

// At the bound a message of Send goes, counted; broadcasts wait where there is no room. Never a
// step of a member's story, nor an answer that somebody waits for.
void Core::emit(Event event) {
  const auto* message = std::get_if<MessageReceived>(&event);
  if (message != nullptr && !message->broadcast && !room_for_messages()) {
    ++stats.broadcasts_dropped;
    return;
  }
  events.push_back(std::move(event));
}

bool Core::active() const {
  return !self.displaced() && !is_terminal(self.claim());
}

PendingSend& Core::push_to(PendingSend::Kind kind, Slot receiver) {
  const Description& about = *table.at(receiver).description;
  PendingSend& send = (kind == PendingSend::Kind::user ? user_outbox : outbox).push();
  send.kind = kind;
  send.to = about.address;
  send.inbox = about.inbox;
  send.receiver = receiver;
  return send;
}

std::optional<Error> Core::refusal(bool also_while_draining) const {
  if (state == NodeState::left) {
    return Error{Errc::left, "this node has left the cluster"};
  }
  if (self.displaced()) {
    return Error{Errc::name_conflict, "another run of this name has taken its place"};
  }
  if (also_while_draining && state == NodeState::draining) {
    return Error{Errc::draining, "this node is draining"};
  }
  return std::nullopt;
}

std::uint64_t Core::greatest_life() const {
  std::uint64_t greatest = 0;
  for (Slot slot = 0; slot < table.slots(); ++slot) {
    if (table.used(slot)) {
      greatest = std::max(greatest, table.at(slot).claim().incarnation.life);
    }
  }
  return greatest;
}

std::size_t Core::datagram_payload() const {
  const std::string topic(limits::topic_bytes_max, 't');
  const std::size_t broadcast = wire::encoded_size(
      wire::Broadcast{.origin = self.name(), .origin_boot = 1, .sequence = 1, .topic = topic});
  const std::size_t user = wire::encoded_size(wire::UserMsg{.topic = topic, .origin = self.name()});
  const std::size_t fixed = crypto::datagram_overhead + wire::packet_header_size("") +
                            wire::encoded_size(wire::Spread{}) + std::max(broadcast, user);
  return config.datagram_bytes > fixed ? config.datagram_bytes - fixed : 0;
}

std::size_t Core::max_broadcast_payload() const {
  const std::size_t kept = weight_of(BroadcastMessage{}) + limits::topic_bytes_max;
  const std::size_t room =
      std::min(config.broadcast_lane_bytes,
               config.broadcast_retain_bytes - std::min(config.broadcast_retain_bytes, kept));
  return std::max(max_datagram_payload(), std::min(limits::broadcast_payload_bytes_max, room));
}

void Core::count(const wire::Message& message) {
  const auto tag =
      std::visit([](const auto& m) { return wire::tag_of<std::decay_t<decltype(m)>>; }, message);
  ++stats.messages_received[static_cast<std::size_t>(tag) % stats.messages_received.size()];
}

// ---- timers ------------------------------------------------------------------------------------

void Core::on_deadline() {
  const auto earliest = timers.next();
  if (config.detection.stall_guard && earliest && now.steady - *earliest > stall_noticed_after()) {
    notice_stall(now.steady - *earliest);
  }
  while (const auto due = timers.take_due(now.steady)) {
    on_due(*due);
  }
}

Duration Core::stall_noticed_after() const {
  return std::max<Duration>(config.probe_timeout, std::chrono::milliseconds(50));
}

// If we slept, nobody is accused: what did not come in that time may wait in our own sockets, or
// the one who had to send it gave up (DESIGN §4.2, stall guard).
void Core::notice_stall(Duration length) {
  ++stats.stalls_noticed;
  self.learn_stall(length);
  health.adjust(1);
  prober.excuse_all();
  suspicions.postpone(2 * config.probe_deadline);
}

// Something authentic has come.
void Core::heard() {
  if (suspicions.deaf()) {
    ++stats.deafness_noticed;
    prober.excuse_all();
    suspicions.postpone(2 * config.probe_deadline);
  }
  last_heard = now.steady;
}

void Core::on_due(const Due& due) {
  switch (due.kind) {
    case TimerKind::probe_tick:
      return prober.on_tick();
    case TimerKind::gossip_tick:
      return gossip.on_tick();
    case TimerKind::urgent_tick:
      return gossip.on_urgent();
    case TimerKind::sync_tick:
      return streams.on_sync_tick();
    case TimerKind::reap_tick:
      reap_timer_ = no_timer;
      timers.set(reap_timer_, TimerKind::reap_tick, 0, now.steady + reap_interval);
      self.forget_stalls();
      return membership.reap();
    case TimerKind::inbox_tick:
      inbox_timer_ = no_timer;
      return rotate_inbox();
    case TimerKind::leave_tick:
      return leave.on_tick();
    case TimerKind::fetch_tick:
      return streams.on_fetch_tick();
    case TimerKind::retry_tick:
      return retries.on_tick();
    case TimerKind::broadcast_tick:
      return lane.on_tick();
    case TimerKind::repair_tick:
      return repair.on_tick();
    case TimerKind::pull_tick:
      return pulls.on_tick();
    case TimerKind::serve_tick:
      return serving.on_tick();
    case TimerKind::apps_tick:
      return apps.on_timer();
    case TimerKind::takeover:
      return self.on_takeover_timer();
    case TimerKind::suspicion:
      return suspicions.on_timer(static_cast<Slot>(due.argument));
    case TimerKind::hearsay:
      return hearsay.on_timer(due.argument);
    case TimerKind::probe:
      return prober.on_timer(due.argument);
    case TimerKind::relay:
      return relays.on_timer(due.argument);
    case TimerKind::stream:
      return streams.on_timer(due.argument);
    case TimerKind::operation:
      return join.on_timer(OperationId{due.argument});
  }
}

void Core::rotate_inbox() {
  const std::uint64_t inbox = seams.ids.draw();
  sealer.set_inbox(inbox, now.steady, config.inbox_grace);
  self.set_inbox(inbox);
  arm_inbox_rotation();
}

void Core::arm_inbox_rotation() {
  timers.set(inbox_timer_, TimerKind::inbox_tick, 0,
             now.steady + prng.jitter(config.inbox_lifetime, 25));
}

// ---- gauges ------------------------------------------------------------------------------------

void Core::refresh_gauges() {
  if (std::exchange(members_changed, false)) {
    count_members();
  }
  stats.membership_digest = table.digest();
  stats.updates_queued = gossip.queued();
  stats.broadcasts_queued = lane.queued();
  stats.broadcasts_queued_bytes = lane.queued_bytes();
  stats.broadcasts_retained = broadcasts.retained().size();
  stats.broadcasts_retained_bytes = broadcasts.retained().bytes();
  stats.broadcasts_missing = repair.missing();
  stats.broadcasts_waiting = broadcasts.waiting();
  stats.broadcasts_waiting_bytes = broadcasts.waiting_bytes();
  stats.payloads_wanted = pulls.wanted();
  stats.pulls_open = pulls.streams();
  stats.pulls_bytes = pulls.bytes_under_way();
  stats.pulls_serving = serving.streams();
  stats.requests_remembered = sends.remembered() + lane.remembered();
  stats.streams_open = streams.open();
  stats.operations_pending = join.pending() + leave.pending() + sends.pending();
  stats.pending_acks = prober.pending() + relays.pending();
  stats.events_queued = events.size();
  stats.sessions = sealer.sessions();
  stats.health_score = health.score();
  stats.missed_answers_permille =
      static_cast<std::uint64_t>(std::lround(prober.missed_answers().share() * 1'000));
  stats.apps_attached = apps.attached();
  stats.apps_lost = apps.lost();
  stats.sends_dropped = outbox.dropped() + user_outbox.dropped();
  stats.sends_waiting_most = std::max(outbox.most(), user_outbox.most());
  stats.stream_payload_bytes = streams.payload_bytes();
  stats.deaths_held = hearsay.pending();
}

void Core::count_members() {
  std::array<std::uint64_t, 5> by_status{};
  stats.tombstones = 0;
  for (Slot slot = 0; slot < table.slots(); ++slot) {
    if (!table.used(slot)) {
      continue;
    }
    const Record& record = table.at(slot);
    if (record.listed()) {
      ++by_status[static_cast<std::size_t>(record.shown.status)];
    } else if (record.terminal()) {
      ++stats.tombstones;
    }
  }
  stats.members_alive = by_status[static_cast<std::size_t>(MemberStatus::alive)];
  stats.members_suspect = by_status[static_cast<std::size_t>(MemberStatus::suspect)];
  stats.members_leaving = by_status[static_cast<std::size_t>(MemberStatus::leaving)];
  stats.members_left = by_status[static_cast<std::size_t>(MemberStatus::left)];
  stats.members_failed = by_status[static_cast<std::size_t>(MemberStatus::failed)];
}

}  // namespace swim::engine
