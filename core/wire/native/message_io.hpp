// One message with its tag and length: between the packet (packet.cpp) and the fields (layout.hpp).
// Internal to this folder.
#pragma once

#include <cstddef>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/wire/message.hpp"

namespace swim::wire {

// Writes one message to the front of `out` and returns its size; nothing is written on an error.
// Errors: buffer_too_small; too_large (a field over its limit) and malformed (a claim that does not
// fit its message): a peer would refuse these, so they are not sent.
Expected<std::size_t> encode_message(const Message& message, MutableBytes out);

// One message at the front of `bytes`, known or not, with its body still unread.
struct RawMessage {
  std::uint8_t tag{};
  Bytes body;
  std::size_t size{};
};
// Errors: truncated, too_large.
Expected<RawMessage> split_message(Bytes bytes);

// Into `out`, which is left empty for an unknown tag. Errors: truncated, malformed, too_large;
// `out` is then of no use.
Expected<void> decode_body(const RawMessage& raw, std::optional<Message>& out);

}  // namespace swim::wire
