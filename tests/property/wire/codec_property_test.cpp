#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <optional>

#include "core/wire/native/byte_reader.hpp"
#include "core/wire/native/byte_writer.hpp"
#include "core/wire/native/codec.hpp"
#include "tests/generators/wire_generators.hpp"
#include "tests/support/wire_equal.hpp"

namespace swim::wire {
namespace {

using test::gen_any_msg;
using test::gen_bytes;
using test::gen_node_id;
using test::gen_number;
using test::gen_packet;
using test::OwnedMessage;
using test::OwnedPacket;
using test::same;

ByteVector encode(const Message& message) {
  ByteVector buffer(encoded_size(message));
  FrameWriter writer(buffer);
  RC_ASSERT(writer.add(message).has_value());
  RC_ASSERT(writer.finish().size() == buffer.size());
  return buffer;
}

std::size_t packet_size(const OwnedPacket& packet) {
  std::size_t size = packet_header_size(packet.cluster) + encoded_size(packet.primary.view());
  for (const OwnedMessage& message : packet.piggyback) size += encoded_size(message.view());
  return size;
}

ByteVector encode(const OwnedPacket& packet) {
  ByteVector buffer(packet_size(packet));
  const auto size =
      encode_packet(packet.cluster, packet.primary.view(), packet.piggyback_view(), buffer);
  RC_ASSERT(size.has_value());
  RC_ASSERT(*size == buffer.size());
  return buffer;
}

RC_GTEST_PROP(Codec, test_codec_roundtrip, ()) {
  const OwnedPacket packet = *gen_packet();
  const ByteVector bytes = encode(packet);
  auto view = open_packet(bytes);
  RC_ASSERT(view.has_value());
  RC_ASSERT(view->cluster == packet.cluster);
  RC_ASSERT(view->messages == 1 + packet.piggyback.size());
  std::vector<Message> expected = packet.piggyback_view();
  expected.insert(expected.begin(), packet.primary.view());
  for (const Message& message : expected) {
    const auto decoded = view->reader.next();
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->has_value());
    RC_ASSERT(same(**decoded, message));
  }
  const auto end = view->reader.next();
  RC_ASSERT(end.has_value());
  RC_ASSERT(!end->has_value());
  RC_ASSERT(view->reader.skipped() == 0U);
}

RC_GTEST_PROP(Codec, any_message_roundtrips_through_a_frame, ()) {
  const OwnedMessage message = *gen_any_msg();
  const ByteVector bytes = encode(message.view());
  const auto decoded = decode_message(bytes);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->size == bytes.size());
  RC_ASSERT(same(decoded->message, message.view()));
}

RC_GTEST_PROP(Codec, test_encoder_decoder_roundtrip, ()) {
  const auto byte = *gen_number<std::uint8_t>();
  const auto int16 = *gen_number<std::uint16_t>();
  const auto int32 = *gen_number<std::uint32_t>();
  const auto int64 = *gen_number<std::uint64_t>();
  const auto text = *gen_node_id();
  const auto blob = *gen_bytes(2000);
  ByteVector buffer(1 + 2 + 4 + 8 + 2 + text.size() + 4 + blob.size() + blob.size());
  ByteWriter writer(buffer);
  writer.write_byte(byte);
  writer.write_int16_be(int16);
  writer.write_int32_be(int32);
  writer.write_int64_be(int64);
  writer.write_string(text);
  writer.write_long_blob(blob);
  writer.write_bytes(blob);
  RC_ASSERT(writer.ok());
  RC_ASSERT(writer.remaining() == 0U);
  ByteReader reader(writer.written());
  RC_ASSERT(reader.read_byte() == byte);
  RC_ASSERT(reader.read_int16_be() == int16);
  RC_ASSERT(reader.read_int32_be() == int32);
  RC_ASSERT(reader.read_int64_be() == int64);
  RC_ASSERT(reader.read_string() == text);
  RC_ASSERT(same(reader.read_long_blob(2000), blob));
  RC_ASSERT(same(reader.read_bytes(blob.size()), blob));
  RC_ASSERT(reader.ok());
  RC_ASSERT(reader.is_empty());
}

RC_GTEST_PROP(Codec, test_encoded_size_accurate, ()) {
  const OwnedMessage message = *gen_any_msg();
  // Written over two different backgrounds: a byte that encoding leaves alone would differ.
  const std::size_t size = encoded_size(message.view());
  std::array<ByteVector, 2> buffers{ByteVector(size + 16, 0x00), ByteVector(size + 16, 0xFF)};
  for (ByteVector& buffer : buffers) {
    FrameWriter writer(buffer);
    RC_ASSERT(writer.add(message.view()).has_value());
    RC_ASSERT(writer.finish().size() == size);
  }
  for (std::size_t i = 0; i < size + 16; ++i) {
    RC_ASSERT((buffers[0][i] == buffers[1][i]) == (i < size));
  }
}

RC_GTEST_PROP(Codec, a_buffer_one_byte_too_small_is_refused_and_left_alone, ()) {
  const OwnedMessage message = *gen_any_msg();
  ByteVector buffer(encoded_size(message.view()) - 1, 0xA5);
  const ByteVector before = buffer;
  FrameWriter writer(buffer);
  const auto added = writer.add(message.view());
  RC_ASSERT(!added.has_value());
  RC_ASSERT(added.error().code == Errc::buffer_too_small);
  RC_ASSERT(buffer == before);
  RC_ASSERT(writer.finish().empty());
}

// Reads a packet to its end or first error and gives that error's code.
std::optional<Errc> read_all(Bytes bytes) {
  auto view = open_packet(bytes);
  if (!view) return view.error().code;
  for (;;) {
    const auto message = view->reader.next();
    if (!message) return message.error().code;
    if (!*message) return std::nullopt;
  }
}

RC_GTEST_PROP(Codec, test_truncated_message_rejected, ()) {
  const OwnedPacket packet = *gen_packet(3);
  const ByteVector bytes = encode(packet);
  const auto size = *rc::gen::inRange<std::size_t>(0, bytes.size());
  RC_ASSERT(read_all(Bytes(bytes).first(size)) == Errc::truncated);
}

RC_GTEST_PROP(Codec, any_bytes_decode_or_fail_without_harm, ()) {
  const auto bytes = *gen_bytes(2000);
  read_all(bytes);
  MessageReader reader = read_frame(bytes);
  for (auto message = reader.next(); message && *message;) message = reader.next();
}

RC_GTEST_PROP(Codec, a_changed_byte_decodes_to_something_that_encodes_again_or_fails, ()) {
  const OwnedMessage message = *gen_any_msg();
  ByteVector bytes = encode(message.view());
  const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[place] = *rc::gen::arbitrary<std::uint8_t>();
  const auto decoded = decode_message(bytes);
  if (!decoded) return;
  const ByteVector again = encode(decoded->message);
  const auto once_more = decode_message(again);
  RC_ASSERT(once_more.has_value());
  RC_ASSERT(same(once_more->message, decoded->message));
}

}  // namespace
}  // namespace swim::wire
