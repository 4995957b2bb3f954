// What is refused, and what is only skipped.
#include <gtest/gtest.h>

#include <functional>

#include "core/wire/native/codec.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/wire_equal.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/unit/wire/support.hpp"

namespace swim::wire::test {
namespace {

using swim::test::code_of;

using swim::test::same;

const ByteVector nack = encode(Nack{.seq = 1, .responder = "b"});

TEST(Codec, test_invalid_magic_rejected) {
  for (std::size_t i = 0; i < magic.size(); ++i) {
    ByteVector bytes = packet_of("c", {Nack{}});
    bytes[i] ^= 0x20;
    EXPECT_EQ(read_packet(bytes).error, Errc::bad_magic);
  }
}

TEST(Codec, test_unsupported_version_rejected) {
  for (const int other : {0, 2, 255}) {
    ByteVector bytes = packet_of("c", {Nack{}});
    bytes[magic.size()] = static_cast<std::uint8_t>(other);
    EXPECT_EQ(read_packet(bytes).error, Errc::bad_version);
  }
}

TEST(Codec, test_invalid_tag_rejected) {
  for (const int tag : {0x00, 0x0F, 0x1F, 0x2B, 0xF4, 0xFF}) {
    const ByteVector message = raw_message(static_cast<std::uint8_t>(tag), {1, 2, 3});
    EXPECT_EQ(decode_error(message), Errc::bad_tag) << tag;
  }
}

TEST(Codec, unknown_tags_are_skipped_and_counted) {
  const ByteVector unknown = raw_message(0x1F, {1, 2, 3});
  const ByteVector unknown_of_streams = raw_message(0x7F, {});
  const ByteVector bytes = concat({raw_header(3), unknown, nack, unknown_of_streams, nack});
  const ReadResult read = read_packet(bytes);
  EXPECT_EQ(read.error, std::nullopt);
  EXPECT_EQ(read.messages.size(), 2U);
  EXPECT_EQ(read.skipped, 2U);
  const ReadResult frame = read_all(read_frame(concat({unknown_of_streams, nack, unknown})));
  EXPECT_EQ(frame.error, std::nullopt);
  EXPECT_EQ(frame.messages.size(), 1U);
  EXPECT_EQ(frame.skipped, 2U);
}

TEST(Codec, a_packet_of_unknown_messages_only_is_empty_but_well) {
  const ReadResult read = read_packet(concat({raw_header(0), raw_message(0x1E, {})}));
  EXPECT_EQ(read.error, std::nullopt);
  EXPECT_TRUE(read.messages.empty());
  EXPECT_EQ(read.skipped, 1U);
}

TEST(Codec, a_cut_unknown_message_is_truncated_not_skipped) {
  ByteVector unknown = raw_message(0x1F, {1, 2, 3});
  unknown.pop_back();
  EXPECT_EQ(read_packet(concat({raw_header(0), unknown})).error, Errc::truncated);
}

TEST(Codec, stream_messages_in_a_packet_are_skipped_and_counted) {
  for (const Sample& sample : stream_samples()) {
    const ReadResult read = read_packet(concat({raw_header(1), encode(sample.message), nack}));
    EXPECT_EQ(read.error, std::nullopt) << sample.name;
    EXPECT_EQ(read.messages.size(), 1U) << sample.name;
    EXPECT_EQ(read.skipped, 1U) << sample.name;
  }
}

TEST(Codec, bytes_behind_the_last_message_of_a_packet_are_refused) {
  EXPECT_EQ(read_packet(concat({raw_header(0), nack, {0}})).error, Errc::trailing_bytes);
  EXPECT_EQ(read_packet(concat({raw_header(0), nack, nack})).error, Errc::trailing_bytes);
}

TEST(Codec, a_count_above_what_is_there_is_truncated) {
  EXPECT_EQ(read_packet(concat({raw_header(2), nack, nack})).error, Errc::truncated);
}

TEST(Codec, after_an_error_the_reader_is_at_its_end) {
  const ByteVector bytes = concat({raw_header(2), nack, raw_message(0x08, {1}), nack});
  MessageReader reader = open_packet(bytes)->reader;
  EXPECT_TRUE(reader.next()->has_value());
  EXPECT_EQ(code_of(reader.next()), Errc::truncated);
  for (int again = 0; again < 3; ++again) {
    const auto next = reader.next();
    ASSERT_TRUE(next.has_value());
    EXPECT_FALSE(next->has_value());
  }
}

TEST(Codec, an_over_long_cluster_name_is_too_large) {
  const ByteVector header{'S', 'W', 'I', 'M', 1, 1, 0};
  EXPECT_EQ(read_packet(header).error, Errc::too_large);
  ByteVector buffer(1000);
  PacketWriter writer(buffer, std::string(limits::label_bytes_max + 1, 'c'));
  EXPECT_FALSE(writer.add(Nack{}).has_value());
}

// ---- values out of range ----------------------------------------------------------------------

// The byte at `offset` of the body, changed to `value`.
std::optional<Errc> error_with(const Message& message, std::size_t offset, std::uint8_t value) {
  ByteVector bytes = encode(message);
  const std::size_t header = bytes.front() < 0x20 ? 3 : 5;
  bytes[header + offset] = value;
  return decode_error(bytes);
}

TEST(Malformed, unknown_enum_values_in_known_fields) {
  const Message nack_message = Nack{};
  EXPECT_EQ(error_with(nack_message, 4 + 2 + 8, 3), Errc::malformed);
  EXPECT_EQ(error_with(JoinVerdict{}, 0, 4), Errc::malformed);
  EXPECT_EQ(error_with(SyncBegin{}, 0, 2), Errc::malformed);
  EXPECT_EQ(error_with(SendReply{}, 16, 5), Errc::malformed);
  const Suspect suspect{.claim = {.suspect = true}};
  EXPECT_EQ(error_with(suspect, body_of(encode(suspect)).size() - 1, 4), Errc::malformed);
  const Dead left{.claim = {.terminal = Terminal::left},
                  .note = {.left_reason = LeftReason::goodbye}};
  const std::size_t reason = body_of(encode(left)).size() - 1 - 8 - 1;
  EXPECT_EQ(error_with(left, reason, 3), std::nullopt);
  EXPECT_EQ(error_with(left, reason, 4), Errc::malformed);
}

// Its record would be of one run and its claim of another, and nothing would ever end it.
TEST(Malformed, an_alive_that_neither_accuses_nor_describes_its_run) {
  Alive alive{.descriptor = {.incarnation = {1, 2, 3}}, .claim = {.incarnation = {1, 2, 3}}};
  const auto error_of = [&] {
    ByteVector buffer(1000);
    const auto added = PacketWriter(buffer, "").add(alive);
    return added ? std::nullopt : std::optional(added.error().code);
  };
  EXPECT_EQ(error_of(), std::nullopt);
  alive.claim.incarnation.count = 4;
  EXPECT_EQ(error_of(), std::nullopt);
  alive.claim.incarnation.boot = 7;
  EXPECT_EQ(error_of(), Errc::malformed);
  alive.claim.leaving = true;
  EXPECT_EQ(error_of(), Errc::malformed);
  alive.claim.suspect = true;
  EXPECT_EQ(error_of(), std::nullopt);
  // And as it comes in: the accusation taken back, in the byte of its flags.
  const ByteVector accusing = encode(alive);
  const auto flags = std::ranges::find(accusing, std::uint8_t{0x8C});
  ASSERT_NE(flags, accusing.end());
  ByteVector plain = accusing;
  plain[static_cast<std::size_t>(flags - accusing.begin())] = 0x84;
  EXPECT_EQ(decode_error(accusing), std::nullopt);
  EXPECT_EQ(decode_error(plain), Errc::malformed);
  alive.claim = {.incarnation = {1, 7, 3}, .terminal = Terminal::dead};
  EXPECT_EQ(error_of(), std::nullopt);
}

TEST(Malformed, booleans_that_are_neither_0_nor_1) {
  EXPECT_EQ(error_with(Ack{}, 4 + 2, 2), Errc::malformed);
  EXPECT_EQ(error_with(JoinVerdict{}, 1 + 2, 0xFF), Errc::malformed);
}

TEST(Malformed, an_unknown_address_family) {
  EXPECT_EQ(error_with(PingReq{}, 4 + 2 + 2 + 8 + 8, 5), Errc::malformed);
}

TEST(Malformed, an_unknown_terminal_state) {
  const Verdict verdict{};
  EXPECT_EQ(error_with(verdict, body_of(encode(verdict)).size() - 1, 3), Errc::malformed);
}

TEST(Malformed, a_claim_that_does_not_fit_its_message) {
  const std::size_t flags = 2 + 4 + 2 + 8 + 8;
  const Suspect suspect{.claim = {.suspect = true}};
  EXPECT_EQ(error_with(suspect, flags, 0x00), Errc::malformed);
  EXPECT_EQ(error_with(suspect, flags, 0x09), Errc::malformed);
  EXPECT_EQ(error_with(suspect, flags, 0x0C), std::nullopt);  // suspected while it drains
  const Dead dead{.claim = {.terminal = Terminal::dead}};
  EXPECT_EQ(error_with(dead, flags, 0x00), Errc::malformed);
  EXPECT_EQ(error_with(dead, flags, 0x02), std::nullopt);
}

TEST(Malformed, a_part_beyond_the_end_of_its_payload) {
  const SendRequest request{.total_bytes = 4, .offset = 0, .payload = payload_bytes};
  const std::size_t total = 16 + 2 + 8 + 2;
  EXPECT_EQ(error_with(request, total + 3, 4), std::nullopt);
  EXPECT_EQ(error_with(request, total + 3, 3), Errc::malformed);
  EXPECT_EQ(error_with(request, total + 4 + 3, 1), Errc::malformed);
  EXPECT_EQ(error_with(request, total + 4, 0xFF), Errc::malformed);
}

// ---- over the limits --------------------------------------------------------------------------

// A string's length raised above `max` in place, at the body's offset of that string.
void expect_too_large(const Message& message, std::size_t offset, std::size_t max) {
  ByteVector bytes = encode(message);
  const std::size_t at = (bytes.front() < 0x20 ? 3 : 5) + offset;
  const std::size_t over = max + 1;
  bytes[at] = static_cast<std::uint8_t>(over >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(over);
  EXPECT_EQ(decode_error(bytes), Errc::too_large) << message.index() << ' ' << offset;
}

TEST(TooLarge, strings_over_their_limit_are_refused_by_their_length) {
  expect_too_large(Ping{}, 4, limits::name_bytes_max);
  expect_too_large(Ack{.payload = Bytes{}}, 4 + 2 + 1, limits::ack_payload_bytes_max);
  expect_too_large(UserMsg{}, 0, limits::topic_bytes_max);
  expect_too_large(JoinVerdict{}, 1, limits::error_text_bytes_max);
  const Alive alive{.descriptor = {.node = {.address = sample_v4()}}};
  const std::size_t metadata = 2 + 1 + 4 + 2;
  expect_too_large(alive, metadata, limits::metadata_bytes_max);
  const std::size_t zone = metadata + 2 + 4 + 8 + 8 + 1 + 8 + 8 + 4 + 4;
  expect_too_large(alive, zone, limits::zone_bytes_max);
  expect_too_large(alive, zone + 2, limits::apps_bytes_max);
}

TEST(TooLarge, marks_above_their_number) {
  EXPECT_EQ(error_with(Ack{}, 4 + 2 + 1 + 8 + 8, limits::marks_per_packet_max + 1),
            Errc::too_large);
}

TEST(TooLarge, spans_above_their_number) {
  EXPECT_EQ(error_with(Fetch{}, 2 + 8 + 8, limits::spans_per_fetch_max), Errc::truncated);
  EXPECT_EQ(error_with(Fetch{}, 2 + 8 + 8, limits::spans_per_fetch_max + 1), Errc::too_large);
}

TEST(TooLarge, a_payload_announced_or_sent_above_its_limit) {
  EXPECT_EQ(error_with(Broadcast{}, 2 + 8 + 8 + 2 + 2, 1), Errc::too_large);
  EXPECT_EQ(error_with(SendRequest{}, 16 + 2 + 8 + 2, 1), Errc::too_large);
}

TEST(TooLarge, a_stream_message_longer_than_any_frame) {
  EXPECT_EQ(decode_error({0x24, 0, 1, 0, 1}), Errc::too_large);
  EXPECT_EQ(decode_error({0x7F, 0xFF, 0xFF, 0xFF, 0xFF}), Errc::too_large);
}

// ---- what a peer would refuse is not sent -----------------------------------------------------

std::optional<Errc> encode_error(const Message& message) {
  ByteVector buffer(200'000);
  PacketWriter writer(buffer, "c");
  const auto added = writer.add(message);
  EXPECT_EQ(added.has_value(), writer.messages() == 1);
  if (added) return std::nullopt;
  return added.error().code;
}

TEST(Encode, refuses_fields_over_their_limit) {
  const std::string name(limits::name_bytes_max, 'n');
  EXPECT_EQ(encode_error(Ping{.sender = name}), std::nullopt);
  const std::string longer = name + 'n';
  EXPECT_EQ(encode_error(Ping{.sender = longer}), Errc::too_large);
  EXPECT_EQ(encode_error(UserMsg{.topic = longer}), Errc::too_large);
  const ByteVector payload(65536, 1);
  EXPECT_EQ(encode_error(UserMsg{.payload = payload}), Errc::too_large);
  EXPECT_EQ(encode_error(UserMsg{.payload = Bytes(payload).first(65535)}), Errc::too_large);
  EXPECT_EQ(encode_error(UserMsg{.payload = Bytes(payload).first(65000)}), std::nullopt);
  EXPECT_EQ(encode_error(SendRequest{.total_bytes = 65536, .payload = payload}), Errc::too_large);
  EXPECT_EQ(encode_error(Ping{.marks = {.count = 5}}), Errc::too_large);
}

TEST(Encode, refuses_a_claim_that_does_not_fit_its_message) {
  EXPECT_EQ(encode_error(Suspect{}), Errc::malformed);
  EXPECT_EQ(encode_error(Suspect{.claim = {.terminal = Terminal::dead, .suspect = true}}),
            Errc::malformed);
  EXPECT_EQ(encode_error(Dead{}), Errc::malformed);
  EXPECT_EQ(encode_error(Nack{.reason = static_cast<NackReason>(9)}), Errc::malformed);
}

}  // namespace
}  // namespace swim::wire::test
