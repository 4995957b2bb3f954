// A killed process on a living host: its kernel answers our datagrams with ICMP "port unreachable"
// (DESIGN §4.2, crash hint). Anybody may forge such an answer, so it counts only where it quotes
// the nonce of a datagram that we sent to that member within the last second, once per member and
// probe interval; and then it only starts at once what a failed direct probe would have started.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/engine/pacer.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

struct Core;

class CrashHints {
 public:
  explicit CrashHints(Core& core) : core_(core) {}

  // A sealed datagram goes out to that member.
  void on_sent(Bytes sealed, Slot receiver);
  // The host at `to` says that nobody listens there, and quotes the beginning of what was sent.
  void on_unreachable(const Endpoint& to, Bytes quoted);

 private:
  using Nonce = std::array<std::uint8_t, 12>;
  struct Sent {
    Nonce nonce{};
    Slot receiver{no_slot};
    std::uint64_t boot{};
    TimePoint at;
  };

  Core& core_;
  std::array<Sent, 128> sent_{};
  std::size_t next_{};
  std::array<Bucket, 64> paces_{};  // shared by slots that are equal modulo their number
};

}  // namespace swim::engine
