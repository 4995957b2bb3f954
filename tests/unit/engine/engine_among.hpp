// An engine among peers that the test speaks for: what they say is sealed here and handed over as
// datagrams, and what the engine says to them is opened and shown. They answer pings unless they
// are mute, and never take a stream. Time passes in run_for() only; nothing takes any on
// the way.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"
#include "core/engine/engine.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/support/engine_seams.hpp"

namespace swim::test {

class EngineAmong {
 public:
  static constexpr std::uint64_t life = 1'750'000'000;

  EngineAmong(std::size_t peers, const Config& config) {
    engine_ = *Engine::create(config, LocalMember{"self", Endpoint::v4(10, 0, 0, 1, 7946), {}, {}},
                              "test", keys(), 1, Engine::Seams{ids_, sink_}, now());
    static_cast<void>(engine_->join({}, now()));
    scratch_.resize(config.datagram_bytes);
    for (std::size_t peer = 0; peer < peers; ++peer) {
      peers_.push_back(std::make_unique<Peer>(peer));
    }
    find_inbox();
    for (std::size_t peer = 0; peer < peers; ++peer) {
      hear(peer, alive(peer));
    }
  }

  Engine& engine() { return *engine_; }
  const Stats& stats() const { return engine_->stats(); }
  TimePoint time() const { return now_; }
  std::string_view name(std::size_t peer) const { return peers_[peer]->name; }
  const Endpoint& address(std::size_t peer) const { return peers_[peer]->address; }
  Incarnation run_of(std::size_t peer) const { return {life, peers_[peer]->boot, 0}; }
  Incarnation own_run() const { return engine_->snapshot().local->incarnation; }
  void mute(std::size_t peer, bool mute = true) { peers_[peer]->mute = mute; }
  void mute_all() {
    for (const auto& peer : peers_) {
      peer->mute = true;
    }
  }

  // Every message to a peer, in the order in which they stand in its datagrams. `place`: 0 for the
  // first of a datagram.
  using Listener =
      std::function<void(std::size_t peer, std::size_t place, const wire::Message& message)>;
  void on_said(Listener listener) { listener_ = std::move(listener); }
  // The last datagram to that peer, as it went out.
  const ByteVector& last_datagram(std::size_t peer) const { return peers_[peer]->last; }

  wire::Alive alive(std::size_t peer) const {
    wire::Alive alive;
    alive.descriptor.node = {name(peer), address(peer), {}};
    alive.descriptor.incarnation = alive.claim.incarnation = run_of(peer);
    alive.descriptor.inbox = peers_[peer]->inbox;
    return alive;
  }
  wire::Suspect suspect(std::size_t peer, std::size_t accuser,
                        Evidence evidence = Evidence::silent) const {
    return {.node = name(peer),
            .accuser = name(accuser),
            .claim = {.incarnation = run_of(peer), .suspect = true},
            .accuser_boot = run_of(accuser).boot,
            .evidence = evidence};
  }
  wire::Dead dead(std::size_t peer, std::size_t accuser) const {
    return {.node = name(peer),
            .accuser = name(accuser),
            .claim = {.incarnation = run_of(peer), .terminal = Terminal::dead},
            .accuser_boot = run_of(accuser).boot,
            .evidence = Evidence::silent};
  }

  void hear(std::size_t from, const wire::Message& message) {
    hand_over(*peers_[from], message);
    settle();
  }
  void refuse(std::size_t from, Bytes quoted) {
    engine_->on_unreachable(address(from), quoted, now());
    settle();
  }
  // A command, `command(engine, moment)`, and what it causes at once.
  template <class Command>
  auto tell(Command command) {
    auto result = command(*engine_, now());
    settle();
    return result;
  }
  // Nobody listens where the engine opens streams; until then it hears nothing of them.
  void refuse_streams() { end_streams(StreamEnd::refused); }
  void end_streams(StreamEnd end) {
    for (const StreamId id : std::exchange(opening_, {})) {
      engine_->on_stream_closed(id, end, now());
    }
    settle();
  }
  void run_for(Duration duration) {
    const TimePoint end = now_ + duration;
    while (engine_->next_deadline() <= end) {
      now_ = std::max(now_, *engine_->next_deadline());
      engine_->on_deadline(now());
      settle();
    }
    now_ = end;
  }
  // Up to the next thing that the engine has to do.
  void run_to_deadline() { run_for(std::max(*engine_->next_deadline() - now_, Duration::zero())); }
  // The process stood still for so long, and now does what is due.
  void stand_still(Duration duration) {
    now_ += duration;
    engine_->on_deadline(now());
    settle();
  }

  std::optional<TimePoint> told(EventType type, std::size_t peer) const {
    for (const auto& [at, event] : events_) {
      if (event.type == type && event.member->name == name(peer)) {
        return at;
      }
    }
    return std::nullopt;
  }
  std::size_t count(EventType type) const {
    std::size_t sum = 0;
    for (const auto& [at, event] : events_) {
      sum += event.type == type ? 1 : 0;
    }
    return sum;
  }
  // When and how it was answered; an operation that was answered twice counts as never.
  std::optional<std::pair<TimePoint, OperationCompleted>> answer_to(OperationId operation) const {
    std::optional<std::pair<TimePoint, OperationCompleted>> found;
    for (const auto& [at, done] : answers_) {
      if (done.id == operation) {
        found = found ? std::nullopt : std::optional(std::pair(at, done));
      }
    }
    return found;
  }
  std::optional<WallTime> last_ack(std::size_t peer) const {
    const auto why = engine_->explain(name(peer), now());
    return why ? why->last_ack : std::nullopt;
  }
  WallTime wall() const { return now().wall; }
  // From SUSPECTED to FAILED; nullopt: it was not called FAILED.
  std::optional<Duration> suspected_for(std::size_t peer) const {
    const auto suspected = told(EventType::suspected, peer);
    const auto failed = told(EventType::failed, peer);
    return suspected && failed ? std::optional<Duration>(*failed - *suspected) : std::nullopt;
  }

 private:
  struct Peer {
    explicit Peer(std::size_t number)
        : name("p" + std::to_string(number)),
          address(Endpoint::v4(10, 0, 1, static_cast<std::uint8_t>(number + 1), 7946)),
          boot(10'000 + number),
          inbox(20'000 + number),
          session(30'000 + 1'000 * number) {
      sealer.set_inbox(inbox, TimePoint{}, std::chrono::minutes(10));
    }
    std::string name;
    Endpoint address;
    std::uint64_t boot, inbox, session;
    bool mute{};
    ByteVector last;
    crypto::DatagramSealer sealer{keys(), "test", [this] { return ++session; }};
  };

  static crypto::Keyring keys() {
    return crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1)));
  }
  Moment now() const {
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - start);
    return {now_, WallTime{static_cast<std::int64_t>(life) * 1'000 + age.count()}};
  }

  std::uint64_t refused() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t dropped : engine_->stats().dropped) {
      sum += dropped;
    }
    return sum;
  }
  // One of the identifiers that the engine drew at its start: the one whose datagrams open.
  void find_inbox() {
    const std::uint64_t drawn = ids_.next;
    for (std::uint64_t candidate = 1; candidate <= drawn; ++candidate) {
      const std::uint64_t before = refused();
      inbox_ = candidate;
      hand_over(*peers_[0], alive(0));
      if (refused() == before) {
        return;
      }
    }
  }
  void hand_over(Peer& from, const wire::Message& message) {
    constexpr std::size_t offset = crypto::DatagramSealer::plaintext_offset;
    ByteVector datagram(limits::datagram_bytes_default);
    wire::PacketWriter writer(
        MutableBytes(datagram).subspan(offset, datagram.size() - crypto::datagram_overhead), "");
    static_cast<void>(writer.add(message));
    const auto sealed = from.sealer.seal(datagram, writer.finish().size(), inbox_);
    datagram.resize(sealed ? sealed->size() : 0);
    engine_->on_datagram(from.address, datagram, now());
  }

  // All that waits to be said is said, and answered, until nothing is left.
  void settle() {
    do {
      while (const auto transmit = engine_->poll_transmit(scratch_)) {
        for (const auto& peer : peers_) {
          if (peer->address == transmit->to) {
            read(*peer, MutableBytes(scratch_).first(transmit->size));
          }
        }
      }
      while (const auto action = engine_->poll_stream_action()) {
        if (const auto* open = std::get_if<OpenStream>(&*action)) {
          opening_.push_back(open->id);
        }
      }
      while (auto event = engine_->poll_event()) {
        if (auto* about = std::get_if<MemberEvent>(&*event)) {
          events_.emplace_back(now_, std::move(*about));
        } else if (auto* done = std::get_if<OperationCompleted>(&*event)) {
          answers_.emplace_back(now_, std::move(*done));
        }
      }
    } while (answer());
  }
  void read(Peer& peer, MutableBytes datagram) {
    peer.last.assign(datagram.begin(), datagram.end());
    const auto opened = peer.sealer.open(datagram, now_);
    auto packet = opened ? wire::open_packet(opened->plaintext) : fail(Errc::decryption_failed);
    for (std::size_t place = 0; packet; ++place) {
      const auto message = packet->reader.next();
      if (!message || !*message) {
        return;
      }
      const auto* ping = std::get_if<wire::Ping>(&**message);
      if (ping != nullptr && !peer.mute && ping->target == peer.name) {
        asked_.emplace_back(&peer, ping->seq);
      }
      if (listener_) {
        listener_(static_cast<std::size_t>(peer.boot - 10'000), place, **message);
      }
    }
  }
  bool answer() {
    const bool any = !asked_.empty();
    for (const auto& [peer, seq] : std::exchange(asked_, {})) {
      hand_over(*peer,
                wire::Ack{.seq = seq, .responder = peer->name, .responder_boot = peer->boot});
    }
    return any;
  }

  CountedIds ids_;
  NoTrace sink_;
  static constexpr TimePoint start{std::chrono::hours(1)};
  TimePoint now_{start};
  std::unique_ptr<Engine> engine_;
  std::uint64_t inbox_{};
  std::vector<std::unique_ptr<Peer>> peers_;
  std::deque<std::pair<Peer*, std::uint32_t>> asked_;
  std::vector<std::pair<TimePoint, MemberEvent>> events_;
  std::vector<std::pair<TimePoint, OperationCompleted>> answers_;
  std::vector<StreamId> opening_;
  Listener listener_;
  ByteVector scratch_;
};

}  // namespace swim::test
