#include "core/engine/engine.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/local_member.hpp"
#include "core/engine/record_messages.hpp"
#include "core/wire/native/codec.hpp"

namespace swim {

// The façade's only member: the parts and their shared state.
class Engine::Core : public engine::Core {
  using engine::Core::Core;
};

Engine::Engine(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Engine::~Engine() = default;

Expected<std::unique_ptr<Engine>> Engine::create(const Config& config, LocalMember self,
                                                 std::string cluster_label, crypto::Keyring keys,
                                                 std::uint64_t seed, Seams seams, Moment now) {
  if (const auto valid = validate(config); !valid) {
    return tl::unexpected(valid.error());
  }
  if (const auto valid = engine::check_member(self, config.datagram_bytes); !valid) {
    return tl::unexpected(valid.error());
  }
  if (cluster_label.size() > limits::label_bytes_max) {
    return fail(Errc::invalid_argument, "cluster.label has more than 255 bytes");
  }
  auto core =
      std::make_unique<Core>(config, std::move(cluster_label), std::move(keys), seed, seams);
  core->start(std::move(self), now);
  return std::unique_ptr<Engine>(new Engine(std::move(core)));
}

// ---- inputs ------------------------------------------------------------------------------------

void Engine::on_datagram(const Endpoint& from, MutableBytes datagram, Moment now) {
  core_->begin_input(now);
  core_->on_datagram(from, datagram);
}

void Engine::on_unreachable(const Endpoint& to, Bytes quoted, Moment now) {
  core_->now = now;
  core_->crash_hints.on_unreachable(to, quoted);
}

std::optional<StreamId> Engine::on_stream_accepted(const Endpoint& from, Moment now) {
  core_->begin_input(now);
  return core_->streams.on_accepted(from);
}

void Engine::on_stream_opened(StreamId id, Moment now) {
  core_->begin_input(now);
  core_->streams.on_opened(id);
}

void Engine::on_stream_data(StreamId id, Bytes data, Moment now) {
  core_->begin_input(now);
  core_->streams.on_data(id, data);
}

void Engine::on_stream_closed(StreamId id, StreamEnd end, Moment now) {
  core_->begin_input(now);
  core_->streams.on_closed(id, end);
}

void Engine::on_deadline(Moment now) {
  core_->begin_input(now);
  core_->on_deadline();
}

// ---- commands ----------------------------------------------------------------------------------

Expected<OperationId> Engine::join(std::span<const Endpoint> seeds, Moment now) {
  core_->now = now;
  return core_->join.begin(seeds);
}

Expected<OperationId> Engine::leave(Moment now) {
  core_->now = now;
  return core_->leave.begin();
}

Expected<void> Engine::drain(Duration timeout, Moment now) {
  core_->now = now;
  if (const auto refused = core_->refusal(false)) {
    return tl::unexpected(*refused);
  }
  if (timeout <= Duration::zero() || timeout > limits::drain_timeout_max) {
    return fail(Errc::invalid_argument, "a drain lasts more than 0 and at most 24 h");
  }
  if (core_->state != NodeState::draining) {
    core_->undrained = core_->state;
  }
  core_->state = NodeState::draining;
  core_->self.set_leaving(true, timeout);
  return {};
}

Expected<void> Engine::cancel_drain(Moment now) {
  core_->now = now;
  if (const auto refused = core_->refusal(false)) {
    return tl::unexpected(*refused);
  }
  if (core_->state != NodeState::draining) {
    return {};
  }
  core_->state = core_->undrained;
  core_->self.set_leaving(false, {});
  return {};
}

Expected<void> Engine::update_metadata(Bytes metadata,
                                       std::optional<std::uint64_t> expected_revision, Moment now) {
  core_->now = now;
  if (const auto refused = core_->refusal(false)) {
    return tl::unexpected(*refused);
  }
  if (metadata.size() > limits::metadata_bytes_max) {
    return fail(Errc::too_large, "labels have at most 512 bytes encoded");
  }
  const engine::Record& own = core_->table.at(engine::MemberTable::self);
  if (expected_revision && *expected_revision != own.shown.revision) {
    return fail(Errc::revision_mismatch, "the local member changed meanwhile: read it again");
  }
  const ByteVector apps = core_->apps.encoded();
  wire::Alive next = engine::alive_message(own, now.steady);
  next.descriptor.node.metadata = metadata;
  next.descriptor.apps = apps;
  if (!engine::fits_even_when_leaving(next, core_->config.datagram_bytes)) {
    return fail(Errc::too_large, engine::own_record_too_large);
  }
  if (!std::ranges::equal(metadata, own.description->metadata)) {
    core_->self.set_metadata(to_vector(metadata));
  }
  return {};
}

Expected<void> Engine::broadcast(std::string_view topic, Bytes payload,
                                 std::string_view supersede_key, Moment now,
                                 const std::array<std::uint8_t, 16>& request_id) {
  core_->now = now;
  if (core_->lane.repeats(request_id)) {
    return {};
  }
  if (const auto refused = core_->refusal(true)) {
    return tl::unexpected(*refused);
  }
  if (!engine::is_topic(topic)) {
    return fail(Errc::invalid_argument, "a topic has 1 to 64 bytes and no control characters");
  }
  if (supersede_key.size() > limits::name_bytes_max) {
    return fail(Errc::invalid_argument, "a supersede_key has at most 255 bytes");
  }
  if (payload.size() > core_->max_broadcast_payload()) {
    return fail(Errc::too_large,
                "a broadcast's payload has at most 1 MiB, or what the queue holds");
  }
  return core_->lane.submit(topic, payload, supersede_key, request_id);
}

bool Engine::welcomes_broadcast(std::size_t payload_bytes) const {
  return core_->refusal(true) || core_->lane.has_room(payload_bytes);
}

Expected<void> Engine::send_datagram(std::string_view member, std::string_view topic, Bytes payload,
                                     const std::array<std::uint8_t, 16>& request_id, Moment now) {
  core_->now = now;
  return core_->sends.datagram(member, topic, payload, request_id);
}

Expected<OperationId> Engine::send_stream(std::string_view member, std::string_view topic,
                                          Bytes payload,
                                          const std::array<std::uint8_t, 16>& request_id,
                                          Moment now) {
  core_->now = now;
  return core_->sends.stream(member, topic, payload, request_id);
}

Expected<OperationId> Engine::ping(std::string_view member, Moment now) {
  core_->now = now;
  const engine::Slot slot = core_->table.find(member);
  if (slot == engine::no_slot || !core_->table.at(slot).listed()) {
    return fail(Errc::unknown_member, "no member of that name");
  }
  if (slot == engine::MemberTable::self) {
    return fail(Errc::invalid_argument, "that is this node itself");
  }
  if (!core_->table.at(slot).reachable()) {
    return fail(Errc::not_alive, "that member has failed or left");
  }
  return core_->prober.ping(slot);
}

Expected<bool> Engine::force_leave(std::string_view member, Moment now) {
  core_->now = now;
  if (const auto refused = core_->refusal(false)) {
    return tl::unexpected(*refused);
  }
  const engine::Slot slot = core_->table.find(member);
  if (slot == engine::no_slot || !core_->table.at(slot).listed()) {
    return fail(Errc::unknown_member, "no member of that name");
  }
  if (slot == engine::MemberTable::self) {
    return fail(Errc::invalid_argument, "that is this node itself: use leave");
  }
  const bool alive = !core_->table.at(slot).terminal();
  core_->membership.declare(slot, Terminal::left, LeftReason::forced,
                            {core_->self.name(), core_->self.boot(), Evidence::unknown});
  return alive;
}

Expected<AppId> Engine::attach(std::string_view app, Moment now) {
  core_->now = now;
  return core_->apps.attach(app);
}

void Engine::detach_app(AppId id, Moment now) {
  core_->now = now;
  core_->apps.detach(id);
}

void Engine::lose_app(AppId id, Moment now) {
  core_->now = now;
  core_->apps.lose(id);
}

void Engine::set_accepts_messages(bool accepts) {
  core_->accepts_messages = accepts;
}

void Engine::set_keyring(crypto::Keyring keys) {
  core_->sealer.set_keyring(keys);
  core_->keys = std::move(keys);
  core_->streams.keys_changed();
}

// ---- outputs -----------------------------------------------------------------------------------

std::optional<Transmit> Engine::poll_transmit(MutableBytes out) {
  return core_->poll_transmit(out);
}

std::optional<StreamAction> Engine::poll_stream_action() {
  if (core_->actions.empty()) {
    return std::nullopt;
  }
  StreamAction action = std::move(core_->actions.front());
  core_->actions.pop_front();
  return action;
}

std::optional<Event> Engine::poll_event() {
  if (core_->events.empty()) {
    return std::nullopt;
  }
  Event event = std::move(core_->events.front());
  core_->events.pop_front();
  return event;
}

std::optional<TimePoint> Engine::next_deadline() const {
  return core_->timers.next();
}

// ---- views -------------------------------------------------------------------------------------

std::uint64_t Engine::revision() const {
  return core_->revision;
}

NodeState Engine::state() const {
  return core_->state;
}

MemberPtr Engine::member(std::string_view name) const {
  const engine::Slot slot = core_->table.find(name);
  return slot != engine::no_slot && core_->table.at(slot).listed() ? core_->views.make(slot)
                                                                   : nullptr;
}

bool Engine::lists(const Endpoint& address) const {
  for (engine::Slot slot = 0; slot < core_->table.slots(); ++slot) {
    if (core_->table.used(slot) && core_->table.at(slot).listed()) {
      const engine::Shown& shown = core_->table.at(slot).shown;
      if (shown.about->address == address && !is_over(shown.status)) {
        return true;
      }
    }
  }
  return false;
}

Snapshot Engine::snapshot() const {
  Snapshot snapshot;
  snapshot.revision = core_->revision;
  snapshot.members.reserve(core_->table.size());
  core_->views.collect(snapshot.members);
  std::ranges::sort(snapshot.members, {},
                    [](const MemberPtr& m) -> const std::string& { return m->name; });
  snapshot.local = core_->views.of(engine::MemberTable::self);
  snapshot.state = core_->state;
  snapshot.local_health = core_->health.score();
  snapshot.conflict = core_->self.displaced();
  return snapshot;
}

const Stats& Engine::stats() const {
  core_->refresh_gauges();
  return core_->stats;
}

const Stats& Engine::counters() const {
  return core_->stats;
}

std::uint64_t Engine::health_score() const {
  return core_->health.score();
}

Expected<Explanation> Engine::explain(std::string_view member, Moment now) const {
  const engine::Slot slot = core_->table.find(member);
  if (slot == engine::no_slot || !core_->table.at(slot).listed()) {
    return fail(Errc::unknown_member, "no member of that name");
  }
  const engine::Record& record = core_->table.at(slot);
  Explanation explanation{.member = core_->views.of(slot)};
  for (const engine::Accusation& accusation : record.accusers()) {
    explanation.accusations.push_back(
        {accusation.accuser, accusation.boot, accusation.evidence, accusation.time});
  }
  if (record.doubt) {
    const engine::Accusation& source = record.doubt->source;
    if (explanation.accusations.empty() && record.terminal() && !source.accuser.empty()) {
      explanation.accusations.push_back(
          {source.accuser, source.boot, source.evidence, source.time});
    }
    const auto ends = core_->timers.when(record.doubt->suspicion);
    explanation.suspicion_left = ends ? std::max(Duration::zero(), *ends - now.steady) : Duration{};
  }
  explanation.transitions = record.last_events(slot == engine::MemberTable::self);
  if (record.acked) {
    using std::chrono::duration_cast;
    const auto ago =
        duration_cast<std::chrono::milliseconds>(since_ack(record, now.steady)).count();
    explanation.last_ack = WallTime{now.wall.unix_ms - ago};
  }
  explanation.last_round_trip = record.round_trip.smoothed();
  explanation.stall = std::chrono::milliseconds(record.description->stall_ms);
  return explanation;
}

void Engine::acquaint(const Engine& other, Moment now) {
  core_->now = now;
  const Core& stranger = *other.core_;
  core_->membership.on_alive(
      engine::alive_message(stranger.table.at(engine::MemberTable::self), stranger.now.steady));
  core_->gossip.hush(engine::MemberTable::self);
  const engine::Slot slot = core_->table.find(stranger.self.name());
  if (slot != engine::no_slot) {
    core_->gossip.hush(slot);
  }
}

std::size_t Engine::max_datagram_payload() const {
  return core_->max_datagram_payload();
}

std::size_t Engine::max_broadcast_payload() const {
  return core_->max_broadcast_payload();
}

const Config& Engine::config() const {
  return core_->config;
}

}  // namespace swim
