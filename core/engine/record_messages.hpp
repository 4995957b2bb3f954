// Wire messages from records. The views point into the record: use them before it changes.
#pragma once

#include "core/engine/record.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

wire::Alive alive_message(const Record& record, TimePoint now);
wire::Suspect suspect_message(const Record& record, const Accusation& accusation, TimePoint now);
wire::Dead dead_message(const Record& record, TimePoint now);

// Whether a datagram with nothing else in it has room for the message.
bool fits_a_datagram(const wire::Message& message, std::size_t datagram_bytes);

}  // namespace swim::engine
