#include "core/engine/record_messages.hpp"

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

}  // namespace swim::engine
