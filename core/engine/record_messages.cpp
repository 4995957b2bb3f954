#include "core/engine/record_messages.hpp"

namespace swim::engine {

wire::Alive alive_message(const Record& record, TimePoint now) {
  const Described& known = record.described;
  return {.descriptor = {.node = {record.name, known.address, known.metadata},
                         .incarnation = record.state.descriptor,
                         .inbox = known.inbox,
                         .sequence = known.sequence,
                         .capabilities = known.capabilities,
                         .stall_ms = known.stall_ms,
                         .zone = known.zone,
                         .apps = known.apps},
          .claim = record.claim(),
          .note = note_at(record, now)};
}

wire::Suspect suspect_message(const Record& record, const Accusation& accusation, TimePoint now) {
  return {.node = record.name,
          .accuser = accusation.accuser,
          .claim = record.claim(),
          .note = note_at(record, now),
          .accuser_boot = accusation.boot,
          .evidence = accusation.evidence};
}

wire::Dead dead_message(const Record& record, TimePoint now) {
  return {.node = record.name,
          .accuser = record.source.accuser,
          .claim = record.claim(),
          .note = note_at(record, now),
          .accuser_boot = record.source.boot,
          .evidence = record.source.evidence};
}

}  // namespace swim::engine
