// Two engines wired to each other without a network between them: what one sends, the other has at
// once. For tests that look at single exchanges or count allocations; whole clusters are simulated
// (core/sim).
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.hpp"
#include "tests/support/engine_seams.hpp"

namespace swim::test {

class EnginePair {
 public:
  explicit EnginePair(Config config = {}) : config_(config) {
    for (std::size_t i = 0; i < 2; ++i) {
      sides_[i].address = Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(i + 1), 7946);
      sides_[i].ids.next = 1'000 * (i + 1);
      auto created = Engine::create(
          config_, LocalMember{i == 0 ? "a" : "b", sides_[i].address, {}, {}}, "test",
          crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1))), i + 1,
          Engine::Seams{sides_[i].ids, sides_[i].sink}, now());
      sides_[i].engine = std::move(*created);
    }
    datagrams_.resize(64);
    for (ByteVector& datagram : datagrams_) {
      datagram.resize(config_.datagram_bytes);
    }
  }

  Engine& a() { return *sides_[0].engine; }
  Engine& b() { return *sides_[1].engine; }
  std::vector<Event>& events(std::size_t side) { return sides_[side].events; }
  Moment now() const {
    return {TimePoint(std::chrono::hours(1)) + age_, WallTime{1'750'000'000'000}};
  }
  std::uint64_t datagrams() const { return delivered_; }

  // The second joins the first; both list two afterwards.
  void join() {
    static_cast<void>(a().join({}, now()));
    const std::array seeds{sides_[0].address};
    static_cast<void>(b().join(seeds, now()));
    settle();
    run_for(std::chrono::seconds(2));
  }

  // Everything that waits to be said is said, and heard, until both are silent.
  void settle() {
    while (exchange(0) | exchange(1)) {
    }
  }

  // Time passes from deadline to deadline.
  void run_for(Duration duration) {
    const Duration end = age_ + duration;
    for (;;) {
      std::optional<TimePoint> next;
      for (const Side& side : sides_) {
        const auto deadline = side.engine->next_deadline();
        if (deadline && (!next || *deadline < *next)) {
          next = deadline;
        }
      }
      const Duration at = next ? *next - TimePoint(std::chrono::hours(1)) : end;
      if (!next || at > end) {
        break;
      }
      age_ = std::max(age_, at);
      for (Side& side : sides_) {
        side.engine->on_deadline(now());
      }
      settle();
    }
    age_ = end;
  }

  // Keep the events; off while allocations are counted.
  void keep_events(bool keep) { keep_events_ = keep; }

 private:
  struct Side {
    Endpoint address;
    CountedIds ids;
    NoTrace sink;
    std::unique_ptr<Engine> engine;
    std::vector<Event> events;
    std::map<std::uint64_t, std::uint64_t> peer_stream;  // own stream id → the other's
  };

  bool exchange(std::size_t from) {
    Side& side = sides_[from];
    Side& other = sides_[1 - from];
    bool any = false;
    // All is taken before any of it is handed over, as with sockets.
    std::size_t count = 0;
    while (count < datagrams_.size()) {
      const auto transmit = side.engine->poll_transmit(datagrams_[count]);
      if (!transmit) {
        break;
      }
      sizes_[count] = transmit->to == other.address ? transmit->size : 0;
      ++count;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (sizes_[i] > 0) {
        ++delivered_;
        other.engine->on_datagram(side.address, MutableBytes(datagrams_[i]).first(sizes_[i]),
                                  now());
      }
      any = true;
    }
    while (auto action = side.engine->poll_stream_action()) {
      act(side, other, *action);
      any = true;
    }
    while (auto event = side.engine->poll_event()) {
      if (keep_events_) {
        side.events.push_back(std::move(*event));
      }
      any = true;
    }
    return any;
  }

  void act(Side& side, Side& other, const StreamAction& action) {
    if (const auto* open = std::get_if<OpenStream>(&action)) {
      const auto id = other.engine->on_stream_accepted(side.address, now());
      if (!id) {
        side.engine->on_stream_closed(open->id, StreamEnd::reset, now());
        return;
      }
      side.peer_stream[static_cast<std::uint64_t>(open->id)] = static_cast<std::uint64_t>(*id);
      other.peer_stream[static_cast<std::uint64_t>(*id)] = static_cast<std::uint64_t>(open->id);
      side.engine->on_stream_opened(open->id, now());
    } else if (const auto* write = std::get_if<WriteStream>(&action)) {
      const auto peer = side.peer_stream.find(static_cast<std::uint64_t>(write->id));
      if (peer != side.peer_stream.end()) {
        other.engine->on_stream_data(StreamId{peer->second}, write->bytes, now());
      }
    } else {
      const auto peer =
          side.peer_stream.find(static_cast<std::uint64_t>(std::get<CloseStream>(action).id));
      if (peer != side.peer_stream.end()) {
        const std::uint64_t theirs = peer->second;
        side.peer_stream.erase(peer);
        if (other.peer_stream.erase(theirs) == 1) {
          other.engine->on_stream_closed(StreamId{theirs}, StreamEnd::closed, now());
        }
      }
    }
  }

  Config config_;
  std::array<Side, 2> sides_;
  Duration age_{};
  std::vector<ByteVector> datagrams_;
  std::array<std::size_t, 64> sizes_{};
  std::uint64_t delivered_{};
  bool keep_events_{true};
};

}  // namespace swim::test
