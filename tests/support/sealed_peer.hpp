// An engine and one peer of it that has the key: what the peer says is encoded and sealed here and
// handed to the engine as datagrams. Time stands still but in run_for(), so that nothing but the
// messages happens.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"
#include "core/engine/engine.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/support/engine_seams.hpp"

namespace swim::test {

class SealedPeer {
 public:
  static constexpr std::string_view name = "peer";
  static constexpr std::uint64_t boot = 900;
  static constexpr std::uint64_t inbox = 901;
  static constexpr std::uint64_t life = 1'750'000'000;

  // `descriptions` (optional): shared with other engines; outlives this.
  explicit SealedPeer(Descriptions* descriptions = nullptr) {
    engine_ = *Engine::create({}, LocalMember{"self", Endpoint::v4(10, 0, 0, 1, 7946), {}, {}},
                              "test", keys(), 1, Engine::Seams{ids_, sink_, descriptions}, now());
    static_cast<void>(engine_->join({}, now()));
    engine_->set_accepts_messages(true);
    drain();
    find_inbox();
    hear(alive());
  }

  Engine& engine() { return *engine_; }
  const Engine& engine() const { return *engine_; }
  Moment now() const { return {now_, WallTime{static_cast<std::int64_t>(life) * 1'000}}; }
  std::uint64_t engine_boot() const { return engine_->snapshot().local->incarnation.boot; }

  static wire::Alive alive() {
    wire::Alive alive;
    alive.descriptor.node = {name, address(), {}};
    alive.descriptor.incarnation = {life, boot, 0};
    alive.descriptor.inbox = inbox;
    alive.claim.incarnation = alive.descriptor.incarnation;
    return alive;
  }
  wire::Ping ping() const {
    return {.seq = 1,
            .sender = name,
            .sender_boot = boot,
            .sender_inbox = inbox,
            .target = "self",
            .target_boot = engine_boot()};
  }

  static crypto::Keyring keys() {
    return crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1)));
  }
  ByteVector seal(const wire::Message& message) { return seal_for(message, engine_inbox_); }
  // From now on each stream that the engine opens is refused; before, nothing becomes of it.
  void refuse_streams() { refuses_ = true; }
  // From now on `streams` is told what the engine does with its streams.
  void take_streams(std::function<void(const StreamAction&)> streams) {
    streams_ = std::move(streams);
  }
  // One datagram, and then whatever the engine wants to say.
  void deliver(MutableBytes datagram) {
    engine_->on_datagram(address(), datagram, now());
    drain();
  }
  void hear(const wire::Message& message) {
    ByteVector datagram = seal(message);
    deliver(datagram);
  }

  // The engine says what it is due to say. Nobody answers.
  void run_for(Duration duration) {
    const TimePoint end = now_ + duration;
    while (engine_->next_deadline() <= end) {
      now_ = *engine_->next_deadline();
      engine_->on_deadline(now());
      drain();
    }
    now_ = end;
  }

  // The engine's process stood still for so long, and now does what is due.
  void stand_still(Duration duration) {
    now_ += duration;
    engine_->on_deadline(now());
    drain();
  }

  std::uint64_t refused() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : engine_->stats().dropped) {
      sum += count;
    }
    return sum;
  }
  std::uint64_t answers() const { return answers_; }
  std::size_t traced(TraceKind kind) const {
    return static_cast<std::size_t>(std::ranges::count(sink_.kinds, kind));
  }
  std::uint64_t events() const { return events_; }

 private:
  struct Sink final : TraceSink {
    std::vector<TraceKind> kinds;
    void record(const TraceRecord& record, TimePoint) override { kinds.push_back(record.kind); }
  };

  static Endpoint address() { return Endpoint::v4(10, 0, 0, 2, 7946); }

  ByteVector seal_for(const wire::Message& message, std::uint64_t receiver) {
    ByteVector datagram(limits::datagram_bytes_default);
    wire::PacketWriter writer(
        MutableBytes(datagram).subspan(crypto::DatagramSealer::plaintext_offset,
                                       datagram.size() - crypto::datagram_overhead),
        "");
    static_cast<void>(writer.add(message));
    const auto sealed = sealer_.seal(datagram, writer.finish().size(), receiver);
    datagram.resize(sealed ? sealed->size() : 0);
    return datagram;
  }

  // One of the identifiers that the engine drew at its start: the one whose datagrams open.
  void find_inbox() {
    const std::uint64_t drawn = ids_.next;
    for (std::uint64_t candidate = 1; candidate <= drawn && engine_inbox_ == 0; ++candidate) {
      const std::uint64_t before = refused();
      ByteVector datagram = seal_for(ping(), candidate);
      deliver(datagram);
      engine_inbox_ = refused() == before ? candidate : 0;
    }
  }

  void drain() {
    while (engine_->poll_transmit(scratch_)) {
      ++answers_;
    }
    while (const auto action = engine_->poll_stream_action()) {
      if (const auto* open = std::get_if<OpenStream>(&*action); open != nullptr && refuses_) {
        engine_->on_stream_closed(open->id, StreamEnd::refused, now());
      } else if (streams_) {
        streams_(*action);
      }
    }
    while (engine_->poll_event()) {
      ++events_;
    }
  }

  CountedIds ids_;
  Sink sink_;
  TimePoint now_{std::chrono::hours(1)};
  std::unique_ptr<Engine> engine_;
  std::uint64_t engine_inbox_{};
  std::uint64_t answers_{};
  std::uint64_t events_{};
  bool refuses_{};
  std::function<void(const StreamAction&)> streams_;
  ByteVector scratch_ = ByteVector(limits::datagram_bytes_default);
  std::uint64_t session_{1'000};
  crypto::DatagramSealer sealer_{keys(), "test", [this] { return ++session_; }};
};

}  // namespace swim::test
