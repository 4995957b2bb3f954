// A broadcast as it is held: immutable, shared by whoever waits with it, keeps it or sends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/bytes.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

// One run of a member, as the sender of broadcasts.
struct OriginRun {
  std::string name;
  std::uint64_t boot{};
};

struct BroadcastMessage {
  std::shared_ptr<const OriginRun> origin;
  std::uint64_t sequence{};
  std::string topic;
  std::shared_ptr<const ByteVector> payload;

  wire::Broadcast on_wire() const {
    return {origin->name, origin->boot, sequence, topic, *payload, 0};
  }
};
using BroadcastPtr = std::shared_ptr<const BroadcastMessage>;

// What it costs to hold one, about: bounds are in these bytes.
inline std::size_t weight_of(const BroadcastMessage& message) {
  constexpr std::size_t bookkeeping = 128;
  return bookkeeping + message.topic.size() + message.payload->size();
}

}  // namespace swim::engine
