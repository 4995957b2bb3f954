// A broadcast as it is held: immutable, shared by whoever waits with it, keeps it or sends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/crypto/checksum.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

// One run of a member, as the sender of broadcasts.
struct OriginRun {
  std::string name;
  std::uint64_t boot{};
};

// What is told of a payload that fits no datagram.
struct Announced {
  std::uint32_t bytes{};
  crypto::Checksum checksum{};
  friend bool operator==(const Announced&, const Announced&) = default;
};

struct BroadcastMessage {
  std::shared_ptr<const OriginRun> origin;
  std::uint64_t sequence{};
  std::string topic;
  std::shared_ptr<const ByteVector> payload;  // null: announced, and not pulled yet
  std::optional<Announced> announced{};       // none: it goes in a datagram

  // As said by the run `teller`.
  wire::Message on_wire(std::uint64_t teller) const {
    if (!announced) {
      return wire::Broadcast{origin->name, origin->boot, sequence, topic, *payload, 0};
    }
    return wire::Announcement{.sender_boot = teller,
                              .origin = origin->name,
                              .origin_boot = origin->boot,
                              .sequence = sequence,
                              .topic = topic,
                              .bytes = announced->bytes,
                              .checksum = announced->checksum};
  }
};
using BroadcastPtr = std::shared_ptr<const BroadcastMessage>;

// What it costs to hold one, about: bounds are in these bytes.
inline std::size_t weight_of(const BroadcastMessage& message) {
  constexpr std::size_t bookkeeping = 128;
  return bookkeeping + message.topic.size() + (message.payload ? message.payload->size() : 0);
}

// What of it goes in datagrams.
inline std::size_t told_bytes(const BroadcastMessage& message) {
  return message.announced ? sizeof(Announced) : message.payload->size();
}

}  // namespace swim::engine
