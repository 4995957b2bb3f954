// Indirect probes that this node runs for others (SWIM §3.1): ping the target, pass its ack on, or
// say "no answer" in time.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/endpoint.hpp"
#include "core/base/limits.hpp"
#include "core/engine/pending_acks.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class Relays {
 public:
  explicit Relays(Core& core) : core_(core) {}

  void on_ping_req(const Endpoint& from, const wire::PingReq& request);
  bool on_ack(const wire::Ack& ack);  // true: it was ours
  void on_timer(std::size_t place);
  std::size_t pending() const { return relays_.size(); }

 private:
  struct Relay {
    std::uint32_t asked_seq{};
    Endpoint to;  // the one who asked
    std::uint64_t inbox{};
    std::string target;
    std::uint64_t target_boot{};
    TimerId timer{no_timer};
  };
  void refuse(const Relay& relay, wire::NackReason reason);

  Core& core_;
  PendingAcks<Relay, limits::relays_max> relays_;
};

}  // namespace swim::engine
