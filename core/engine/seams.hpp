// The only things that the engine may call (DESIGN §6).
#pragma once

#include <cstdint>

#include "core/base/time.hpp"
#include "core/engine/description.hpp"
#include "core/wire/claim.hpp"

namespace swim {

// Identifiers that must be unpredictable in production and reproducible in simulation.
class RandomIds {
 public:
  virtual std::uint64_t draw() = 0;  // never 0

 protected:
  ~RandomIds() = default;
};

enum class TraceKind : std::uint8_t {
  datagram_sent,
  datagram_received,
  datagram_dropped,
  probe_started,
  probe_acked,
  probe_failed,
  claim_accepted,
  descriptor_accepted,
  member_event,
  stream_opened,
  stream_closed,
  new_life,
  refuted,
  message_delivered,
  messages_lost,
};

// Plain data: a log line in production, a hash or text in tests. `a` and `b` depend on the kind.
struct TraceRecord {
  TraceKind kind{};
  std::uint64_t subject{};  // the member's boot, or 0
  std::uint64_t a{};
  std::uint64_t b{};
};

class TraceSink {
 public:
  virtual void record(const TraceRecord& record, TimePoint now) = 0;

 protected:
  ~TraceSink() = default;
};

// Where many engines in one process keep what they hold alike: a simulated cluster of thousands has
// each member's description in all of them.
class Descriptions {
 public:
  virtual DescriptionPtr keep(const wire::Descriptor& heard) = 0;

 protected:
  ~Descriptions() = default;
};

}  // namespace swim
