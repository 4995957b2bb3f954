// Small helpers of the codec's tests.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <vector>

#include "core/wire/native/codec.hpp"

namespace swim::wire::test {

inline ByteVector encode(const Message& message) {
  ByteVector buffer(encoded_size(message));
  FrameWriter writer(buffer);
  const auto added = writer.add(message);
  EXPECT_TRUE(added.has_value());
  EXPECT_EQ(writer.finish().size(), buffer.size());
  return buffer;
}

inline ByteVector packet_of(std::string_view cluster, const std::vector<Message>& messages) {
  ByteVector buffer(65536 * 8);
  const auto size =
      encode_packet(cluster, messages.front(), std::span(messages).subspan(1), buffer);
  EXPECT_TRUE(size.has_value());
  buffer.resize(size.value_or(0));
  return buffer;
}

inline ByteVector concat(std::initializer_list<ByteVector> parts) {
  ByteVector all;
  for (const ByteVector& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// A packet's header for `piggybacked` + 1 messages, without the codec's help.
inline ByteVector raw_header(std::uint8_t piggybacked) {
  return {'S', 'W', 'I', 'M', 1, 0, 1, 'c', 0, piggybacked};
}

// A message with a length of two bytes (tag < 0x20) or four.
inline ByteVector raw_message(std::uint8_t tag, const ByteVector& body) {
  const auto high = static_cast<std::uint8_t>(body.size() >> 8);
  const auto low = static_cast<std::uint8_t>(body.size());
  ByteVector message = tag < 0x20 ? ByteVector{tag, high, low} : ByteVector{tag, 0, 0, high, low};
  message.insert(message.end(), body.begin(), body.end());
  return message;
}

// The body of an encoded message.
inline ByteVector body_of(const ByteVector& message) {
  const std::ptrdiff_t header = message.front() < 0x20 ? 3 : 5;
  return {message.begin() + header, message.end()};
}

// What reading to the end gave.
struct ReadResult {
  std::vector<Message> messages;
  std::optional<Errc> error;
  std::size_t skipped{};
};

inline ReadResult read_all(MessageReader reader) {
  ReadResult result;
  for (;;) {
    const auto message = reader.next();
    result.skipped = reader.skipped();
    if (!message) {
      result.error = message.error().code;
      return result;
    }
    if (!*message) return result;
    result.messages.push_back(**message);
  }
}

inline ReadResult read_packet(Bytes packet) {
  const auto view = open_packet(packet);
  if (!view) return {{}, view.error().code, 0};
  return read_all(view->reader);
}

inline std::optional<Errc> decode_error(const ByteVector& message) {
  const auto decoded = decode_message(message);
  if (decoded) return std::nullopt;
  return decoded.error().code;
}

}  // namespace swim::wire::test
