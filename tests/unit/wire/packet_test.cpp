#include <gtest/gtest.h>

#include "core/wire/native/codec.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/wire_equal.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/unit/wire/support.hpp"

namespace swim::wire::test {
namespace {

using swim::test::code_of;

using swim::test::same;

std::vector<Message> messages_of(const std::vector<Sample>& samples) {
  std::vector<Message> messages;
  for (const Sample& sample : samples) messages.push_back(sample.message);
  return messages;
}

void expect_same(const std::vector<Message>& actual, const std::vector<Message>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_TRUE(same(actual[i], expected[i])) << i;
}

TEST(Packet, with_piggyback_messages) {
  const std::vector<Message> messages = messages_of(datagram_samples());
  const ByteVector bytes = packet_of("prod", messages);
  const auto view = open_packet(bytes);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->cluster, "prod");
  EXPECT_EQ(view->messages, messages.size());
  const ReadResult read = read_all(view->reader);
  EXPECT_EQ(read.error, std::nullopt);
  EXPECT_EQ(read.skipped, 0U);
  expect_same(read.messages, messages);
}

TEST(Packet, with_an_empty_piggyback_list) {
  const std::vector<Message> messages{Ping{.seq = 1, .sender = "a", .target = "b"}};
  const ByteVector bytes = packet_of("", messages);
  EXPECT_EQ(bytes.size(), packet_header_size("") + encoded_size(messages.front()));
  EXPECT_EQ(open_packet(bytes)->messages, 1U);
  expect_same(read_packet(bytes).messages, messages);
}

TEST(Packet, with_more_than_255_messages) {
  std::vector<Message> messages;
  for (std::uint32_t seq = 0; seq < 1000; ++seq) messages.emplace_back(Nack{.seq = seq});
  const ByteVector bytes = packet_of("c", messages);
  EXPECT_EQ(open_packet(bytes)->messages, 1000U);
  expect_same(read_packet(bytes).messages, messages);
}

TEST(Packet, takes_65536_messages_and_refuses_one_more) {
  const Message nack = Nack{};
  ByteVector buffer(packet_header_size("") + 65537 * encoded_size(nack));
  PacketWriter writer(buffer, "");
  for (int i = 0; i < 65536; ++i) ASSERT_TRUE(writer.add(nack).has_value());
  EXPECT_EQ(code_of(writer.add(nack)), Errc::buffer_too_small);
  EXPECT_EQ(writer.messages(), 65536U);
  EXPECT_EQ(read_packet(writer.finish()).messages.size(), 65536U);
}

TEST(Packet, size_is_the_header_and_the_sizes_of_its_messages) {
  const std::vector<Message> messages = messages_of(datagram_samples());
  std::size_t size = packet_header_size("prod");
  for (const Message& message : messages) size += encoded_size(message);
  EXPECT_EQ(packet_of("prod", messages).size(), size);
}

TEST(Packet, writer_keeps_what_fitted_when_something_does_not) {
  const Message ping = Ping{.seq = 1, .sender = "a", .target = "b"};
  const Message user = UserMsg{.topic = "t", .payload = payload_bytes, .origin = "a"};
  ByteVector buffer(packet_header_size("c") + encoded_size(ping) + encoded_size(user) - 1);
  PacketWriter writer(buffer, "c");
  ASSERT_TRUE(writer.add(ping).has_value());
  EXPECT_EQ(writer.remaining(), encoded_size(user) - 1);
  EXPECT_EQ(code_of(writer.add(user)), Errc::buffer_too_small);
  EXPECT_EQ(writer.messages(), 1U);
  EXPECT_EQ(writer.remaining(), encoded_size(user) - 1);
  expect_same(read_packet(writer.finish()).messages, {ping});
}

TEST(Packet, writer_without_a_message_finishes_empty) {
  ByteVector buffer(100);
  EXPECT_TRUE(PacketWriter(buffer, "c").finish().empty());
}

TEST(Packet, writer_without_room_for_the_header_refuses_everything) {
  for (std::size_t size = 0; size < packet_header_size("cc"); ++size) {
    ByteVector buffer(size);
    PacketWriter writer(buffer, "cc");
    EXPECT_EQ(writer.remaining(), 0U);
    EXPECT_EQ(code_of(writer.add(Nack{})), Errc::buffer_too_small);
    EXPECT_TRUE(writer.finish().empty());
  }
}

TEST(Packet, encode_packet_reports_buffer_too_small) {
  const std::vector<Message> messages = messages_of(datagram_samples());
  const ByteVector whole = packet_of("prod", messages);
  ByteVector buffer(whole.size() - 1);
  const auto size = encode_packet("prod", messages.front(), std::span(messages).subspan(1), buffer);
  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().code, Errc::buffer_too_small);
}

TEST(Packet, may_go_on_after_finish) {
  ByteVector buffer(200);
  PacketWriter writer(buffer, "c");
  ASSERT_TRUE(writer.add(Nack{.seq = 1}).has_value());
  EXPECT_EQ(read_packet(writer.finish()).messages.size(), 1U);
  ASSERT_TRUE(writer.add(Nack{.seq = 2}).has_value());
  EXPECT_EQ(read_packet(writer.finish()).messages.size(), 2U);
}

TEST(Packet, test_truncated_message_rejected_at_every_prefix) {
  const ByteVector bytes = packet_of("prod", messages_of(datagram_samples()));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy of exactly that size, so that a sanitizer sees a read beyond it.
    const ByteVector prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(read_packet(prefix).error, Errc::truncated) << "prefix of " << size;
  }
}

TEST(Frame, holds_messages_of_both_kinds_to_its_end) {
  const std::vector<Message> messages = messages_of(all_samples());
  ByteVector buffer(4096);
  FrameWriter writer(buffer);
  for (const Message& message : messages) ASSERT_TRUE(writer.add(message).has_value());
  const Bytes frame = writer.finish();
  EXPECT_EQ(writer.remaining(), buffer.size() - frame.size());
  const ReadResult read = read_all(read_frame(frame));
  EXPECT_EQ(read.error, std::nullopt);
  expect_same(read.messages, messages);
}

TEST(Frame, may_be_empty) {
  const ReadResult read = read_all(read_frame({}));
  EXPECT_EQ(read.error, std::nullopt);
  EXPECT_TRUE(read.messages.empty());
}

TEST(Frame, cut_within_a_message_is_truncated) {
  const ByteVector bytes = encode(stream_samples().back().message);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_EQ(read_all(read_frame(Bytes(bytes).first(size))).error, Errc::truncated);
  }
}

TEST(Frame, carries_a_payload_that_no_datagram_could) {
  const ByteVector payload(60'000, 7);
  const SendRequest request{.target = "b", .total_bytes = 60'000, .payload = payload};
  const ByteVector bytes = encode(request);
  EXPECT_TRUE(same(decode_message(bytes)->message, Message(request)));
}

}  // namespace
}  // namespace swim::wire::test
