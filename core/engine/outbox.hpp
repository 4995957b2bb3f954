// Datagrams that wait to be encoded: small self-contained descriptions in a fixed ring, so that the
// bytes are made at the last moment into the driver's buffer (DESIGN §6). No allocation once its
// strings have grown.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/engine/record.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

// A BEST_EFFORT Send on its way.
struct UserPayload {
  std::string topic;
  ByteVector payload;
  wire::RequestId request_id{};
};

struct PendingSend {
  enum class Kind : std::uint8_t {
    ping,
    ping_req,
    ack,
    nack,
    verdict,
    record,
    gossip,
    user,
    confirm,
    hearsay,
    fetch
  };

  Kind kind{};
  Endpoint to;
  std::uint64_t inbox{};
  Slot receiver{no_slot};  // for piggybacking; no_slot: a run that we have no record of
  Slot about{no_slot};     // gossip, confirm: this record first
  std::uint64_t burst{};   // gossip: datagrams of one tick to one receiver repeat nothing; 0: alone
  bool bare{};             // nothing piggybacked: an answer to a stranger (DESIGN §5, Inbox)
  std::uint32_t seq{};     // hearsay: which
  std::string
      node;  // ping, ping_req: target; ack, nack: responder; verdict, record: whom it is about
  std::uint64_t boot{};        // that one's run
  Endpoint node_address;       // ping_req
  std::uint64_t node_inbox{};  // ping_req
  wire::NackReason nack{};
  std::shared_ptr<const UserPayload> user;
  std::shared_ptr<const wire::Spans> spans;  // fetch, of the run `boot`
};

class Outbox {
 public:
  Outbox();
  // The new last entry, cleared but for the capacity of its strings. At the bound the oldest is
  // overwritten and counted: a fresh probe is worth more than a stale one.
  PendingSend& push();
  PendingSend& back() { return ring_[(head_ + count_ - 1) % ring_.size()]; }
  const PendingSend& front() const { return ring_[head_]; }
  void pop();
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  std::uint64_t dropped() const { return dropped_; }
  std::size_t most() const { return most_; }  // that waited at a time

 private:
  std::vector<PendingSend> ring_;
  std::size_t head_{};
  std::size_t count_{};
  std::size_t most_{};
  std::uint64_t dropped_{};
};

}  // namespace swim::engine
