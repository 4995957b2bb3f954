// Peers of one engine that have the key and what they say of payloads: they announce in datagrams,
// accept the engine's streams, and answer its pulls with whatever a test wants them to.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"
#include "core/crypto/secure_stream.hpp"
#include "core/engine/engine.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/support/engine_seams.hpp"

namespace swim::test {

class PayloadPeers {
 public:
  static constexpr std::uint64_t life = 1'750'000'000;

  struct Peer {
    std::string name;
    std::uint64_t boot{};
    Endpoint address;
  };
  // What a peer says to a request, in one frame.
  using Answer = std::function<std::vector<wire::PullReply>(const Peer&, const wire::PullRequest&)>;

  PayloadPeers() {
    // Nobody answers its probes, and nobody shall be called dead for it.
    Config config;
    config.probe_interval = config.suspicion_max_timeout = std::chrono::hours(1);
    engine_ = *Engine::create(config, LocalMember{"self", Endpoint::v4(10, 0, 0, 1, 7946), {}, {}},
                              "test", keys(), 1, Engine::Seams{ids_, sink_}, now());
    static_cast<void>(engine_->join({}, now()));
    drain();
    introduce();
  }

  Engine& engine() { return *engine_; }
  const Peer& peer(std::size_t index) const { return peers_[index]; }
  void answer_with(Answer answer) { answer_ = std::move(answer); }
  const std::vector<MessageReceived>& messages() const { return messages_; }
  const std::vector<MessagesLost>& lost() const { return lost_; }
  // By name, in the order in which they were asked.
  const std::vector<std::string>& asked() const { return asked_; }

  void hear(const wire::Message& message) {
    ByteVector datagram(limits::datagram_bytes_default);
    wire::PacketWriter writer(
        MutableBytes(datagram).subspan(crypto::DatagramSealer::plaintext_offset,
                                       datagram.size() - crypto::datagram_overhead),
        "");
    static_cast<void>(writer.add(message));
    const auto sealed = sealer_.seal(datagram, writer.finish().size(), engine_inbox_);
    datagram.resize(sealed->size());
    engine_->on_datagram(peers_[0].address, datagram, now());
    drain();
  }
  void run_for(Duration duration) {
    for (const TimePoint end = now_ + duration; engine_->next_deadline() <= end;) {
      now_ = *engine_->next_deadline();
      engine_->on_deadline(now());
      drain();
    }
  }

 private:
  struct Talk {
    Peer peer;
    crypto::SecureStream secure;
  };

  static crypto::Keyring keys() {
    return crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1)));
  }
  Moment now() const { return {now_, WallTime{static_cast<std::int64_t>(life) * 1'000}}; }

  // The engine's inbox is one of the identifiers that it drew: the one whose datagrams open.
  void introduce() {
    for (std::uint64_t candidate = 1; candidate <= ids_.next; ++candidate) {
      engine_inbox_ = candidate;
      for (const Peer& peer : peers_) {
        wire::Alive alive;
        alive.descriptor.node = {peer.name, peer.address, {}};
        alive.descriptor.incarnation = {life, peer.boot, 0};
        alive.descriptor.inbox = peer.boot + 1;
        alive.descriptor.capabilities = wire::capability_fetch;
        alive.claim.incarnation = alive.descriptor.incarnation;
        hear(alive);
      }
      if (engine_->snapshot().members.size() == peers_.size() + 1) {
        return;
      }
    }
  }

  void drain() {
    for (bool any = true; any;) {
      any = false;
      while (engine_->poll_transmit(scratch_)) {
        any = true;
      }
      while (auto action = engine_->poll_stream_action()) {
        act(*action);
        any = true;
      }
      while (auto event = engine_->poll_event()) {
        if (const auto* message = std::get_if<MessageReceived>(&*event)) {
          messages_.push_back(*message);
        } else if (const auto* lost = std::get_if<MessagesLost>(&*event)) {
          lost_.push_back(*lost);
        }
        any = true;
      }
    }
  }

  void act(const StreamAction& action) {
    if (const auto* open = std::get_if<OpenStream>(&action)) {
      const auto peer = std::ranges::find(peers_, open->to, &Peer::address);
      crypto::Hello hello;
      hello.name = peer->name;
      hello.boot = peer->boot;
      hello.random.fill(++random_);
      talks_.try_emplace(
          static_cast<std::uint64_t>(open->id),
          Talk{*peer, crypto::SecureStream(crypto::Side::responder, keys(), "test", hello)});
      engine_->on_stream_opened(open->id, now());
    } else if (const auto* write = std::get_if<WriteStream>(&action)) {
      const auto talk = talks_.find(static_cast<std::uint64_t>(write->id));
      if (talk != talks_.end()) {
        static_cast<void>(talk->second.secure.receive(write->bytes));
        listen(write->id, talk->second);
      }
    } else {
      talks_.erase(static_cast<std::uint64_t>(std::get<CloseStream>(action).id));
    }
  }

  void listen(StreamId id, Talk& talk) {
    std::vector<wire::PullReply> replies;
    while (const auto frame = talk.secure.next_frame()) {
      wire::MessageReader reader = wire::read_frame(frame->plaintext);
      for (auto message = reader.next(); message && *message; message = reader.next()) {
        if (const auto* request = std::get_if<wire::PullRequest>(&**message)) {
          asked_.push_back(talk.peer.name);
          for (const wire::PullReply& reply : answer_(talk.peer, *request)) {
            replies.push_back(reply);
          }
        }
      }
    }
    for (const wire::PullReply& reply : replies) {
      ByteVector plaintext(limits::stream_frame_bytes_max);
      wire::FrameWriter writer(plaintext);
      static_cast<void>(writer.add(reply));
      static_cast<void>(talk.secure.send_frame(writer.finish()));
    }
    const ByteVector output = talk.secure.take_output();
    if (!output.empty()) {
      engine_->on_stream_data(id, output, now());
    }
  }

  CountedIds ids_;
  NoTrace sink_;
  TimePoint now_{std::chrono::hours(1)};
  std::vector<Peer> peers_{{"origin", 900, Endpoint::v4(10, 0, 0, 2, 7946)},
                           {"other", 910, Endpoint::v4(10, 0, 0, 3, 7946)},
                           {"third", 920, Endpoint::v4(10, 0, 0, 4, 7946)}};
  std::unique_ptr<Engine> engine_;
  std::uint64_t engine_inbox_{};
  std::map<std::uint64_t, Talk> talks_;
  Answer answer_;
  std::vector<MessageReceived> messages_;
  std::vector<MessagesLost> lost_;
  std::vector<std::string> asked_;
  std::uint8_t random_{};
  ByteVector scratch_ = ByteVector(limits::datagram_bytes_default);
  std::uint64_t session_{1'000};
  crypto::DatagramSealer sealer_{keys(), "test", [this] { return ++session_; }};
};

}  // namespace swim::test
