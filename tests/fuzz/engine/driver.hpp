// The engine's driver in the hands of a fuzzer: one engine, time, and peers that have the key and
// may say anything. After each input all outputs are drained and judged: what the engine sends is
// sealed with a nonce of its own and decodes, streams are used as their contract says, and what it
// tells of members keeps the rules of the simulator's checkers.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"
#include "core/crypto/secure_stream.hpp"
#include "core/engine/engine.hpp"
#include "core/sim/checkers.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/fuzz/engine/scripted_values.hpp"
#include "tests/support/engine_seams.hpp"

namespace swim::fuzz {

class Driver {
 public:
  // `auto_open`: dials open by themselves; else open_dial() does it.
  explicit Driver(bool auto_open);

  // ---- datagrams ----
  // By a peer that has the key, or (`stranger`) by somebody who has another one.
  void hear(Bytes plaintext, bool stranger);
  void hear(std::span<const wire::Message> messages);
  void hear_raw(Bytes datagram);
  void replay(std::size_t which, std::size_t place, std::uint8_t change);

  // ---- streams: numbers choose among those that are there ----
  void accept(std::string_view name, std::uint64_t boot, std::string_view target);
  void open_dial(std::size_t which);
  void frame(std::size_t which, Bytes plaintext, bool last);
  void frame(std::size_t which, std::span<const wire::Message> messages, bool last);
  void raw_stream_bytes(std::size_t which, Bytes bytes);
  void end_stream(std::size_t which, StreamEnd end);

  // ---- time ----
  void run_for(Duration duration);  // from deadline to deadline, as a driver does
  void stall(Duration duration);    // and then all at once
  void shift_wall(std::chrono::milliseconds by) { wall_ += by; }

  // ---- commands ----
  // `command(engine, moment)`, then what it caused happens.
  template <class Command>
  auto tell(Command command) {
    auto result = command(*engine_, now());
    drain();
    return result;
  }
  void join(std::span<const Endpoint> seeds);
  void leave();

  // At the end of an input.
  void judge();

 private:
  struct PeerStream {
    crypto::SecureStream secure;
    bool opened{};
    bool honest{true};  // nothing but what `secure` makes was fed to the engine
  };
  using Place = std::map<std::uint64_t, PeerStream>::iterator;

  Moment now() const;
  void deliver(ByteVector datagram);
  void deadline();
  void drain();
  bool drain_once();
  void on_transmit(const Transmit& transmit);
  void on_action(StreamAction action);
  void on_event(const Event& event);
  void check_messages(wire::MessageReader reader);
  std::optional<Place> pick(std::size_t which, bool opened);
  void pump(std::uint64_t id);  // what the peer has to say on a stream
  crypto::SecureStream peer_side(crypto::Side side, std::string_view name, std::uint64_t boot,
                                 std::string_view target);

  static constexpr sim::RunId run_{sim::NodeId{0}, 1};
  bool auto_open_;
  test::CountedIds ids_;
  test::NoTrace sink_;
  Duration age_{};
  std::chrono::milliseconds wall_{static_cast<std::int64_t>(start_life) * 1'000};
  std::unique_ptr<Engine> engine_;
  std::uint64_t session_{1'000};
  std::uint64_t engine_inbox_{own_inbox};
  crypto::DatagramSealer peer_;
  crypto::DatagramSealer stranger_;
  crypto::DatagramSealer ear_;  // opens what the engine sends to peers
  std::vector<ByteVector> heard_;
  std::map<std::uint64_t, PeerStream> streams_;  // by the engine's id
  std::uint8_t stream_random_{};
  ByteVector scratch_;
  sim::Checkers checkers_;
};

}  // namespace swim::fuzz
