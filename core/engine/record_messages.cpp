#include "core/engine/record_messages.hpp"

#include "core/crypto/datagram_sealer.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

wire::Alive alive_message(const Record& record, TimePoint now) {
  return {.descriptor = descriptor_of(*record.description),
          .claim = record.claim(),
          .note = note_at(record, now)};
}

wire::Suspect suspect_message(const Record& record, const Accusation& accusation, TimePoint now) {
  return {.node = record.name(),
          .accuser = accusation.accuser,
          .claim = record.claim(),
          .note = note_at(record, now),
          .accuser_boot = accusation.boot,
          .evidence = accusation.evidence};
}

wire::Dead dead_message(const Record& record, TimePoint now) {
  const Accusation& source = record.doubt->source;
  return {.node = record.name(),
          .accuser = source.accuser,
          .claim = record.claim(),
          .note = note_at(record, now),
          .accuser_boot = source.boot,
          .evidence = source.evidence};
}

bool fits_a_datagram(const wire::Message& message, std::size_t datagram_bytes) {
  return crypto::datagram_overhead + wire::packet_header_size("") + wire::encoded_size(message) <=
         datagram_bytes;
}

}  // namespace swim::engine
