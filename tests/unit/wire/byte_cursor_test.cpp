#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/wire/native/byte_reader.hpp"
#include "core/wire/native/byte_writer.hpp"

namespace swim::wire {
namespace {

ByteVector bytes_of(Bytes bytes) {
  return to_vector(bytes);
}

TEST(Encoder, write_byte) {
  std::array<std::uint8_t, 2> buffer{};
  ByteWriter writer(buffer);
  writer.write_byte(0xAB);
  EXPECT_EQ(bytes_of(writer.written()), (ByteVector{0xAB}));
}

TEST(Encoder, write_int16_be) {
  std::array<std::uint8_t, 2> buffer{};
  ByteWriter writer(buffer);
  writer.write_int16_be(0x0102);
  EXPECT_EQ(bytes_of(writer.written()), (ByteVector{1, 2}));
}

TEST(Encoder, write_int32_be) {
  std::array<std::uint8_t, 4> buffer{};
  ByteWriter writer(buffer);
  writer.write_int32_be(0x01020304);
  EXPECT_EQ(bytes_of(writer.written()), (ByteVector{1, 2, 3, 4}));
}

TEST(Encoder, write_int64_be) {
  std::array<std::uint8_t, 8> buffer{};
  ByteWriter writer(buffer);
  writer.write_int64_be(0x0102030405060708);
  EXPECT_EQ(bytes_of(writer.written()), (ByteVector{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Encoder, write_string_with_various_lengths) {
  for (const std::size_t length : {0U, 1U, 255U, 256U, 65535U}) {
    const std::string text(length, 'x');
    ByteVector buffer(2 + length);
    ByteWriter writer(buffer);
    writer.write_string(text);
    EXPECT_TRUE(writer.ok());
    EXPECT_EQ(writer.written().size(), 2 + length);
    EXPECT_EQ(std::size_t{buffer[0]} << 8 | buffer[1], length);
    EXPECT_EQ(as_text(writer.written().subspan(2)), text);
  }
}

TEST(Encoder, a_string_longer_than_its_length_can_say_is_refused) {
  ByteVector buffer(70'000);
  ByteWriter writer(buffer);
  writer.write_string(std::string(65536, 'x'));
  EXPECT_FALSE(writer.ok());
  EXPECT_TRUE(writer.written().empty());
}

TEST(Encoder, write_bytes_has_no_length) {
  std::array<std::uint8_t, 3> buffer{};
  ByteWriter writer(buffer);
  writer.write_bytes(as_bytes("abc"));
  writer.write_bytes({});
  EXPECT_EQ(as_text(writer.written()), "abc");
  EXPECT_TRUE(writer.ok());
}

TEST(Encoder, write_long_blob_has_a_length_of_four_bytes) {
  std::array<std::uint8_t, 5> buffer{};
  ByteWriter writer(buffer);
  writer.write_long_blob(as_bytes("a"));
  EXPECT_EQ(bytes_of(writer.written()), (ByteVector{0, 0, 0, 1, 'a'}));
}

TEST(Encoder, written_is_a_view_of_the_callers_buffer) {
  std::array<std::uint8_t, 4> buffer{};
  ByteWriter writer(buffer);
  writer.write_int16_be(7);
  EXPECT_EQ(writer.written().data(), buffer.data());
}

TEST(Encoder, reset_and_remaining) {
  std::array<std::uint8_t, 4> buffer{};
  ByteWriter writer(buffer);
  EXPECT_EQ(writer.remaining(), 4U);
  writer.write_byte(1);
  EXPECT_EQ(writer.remaining(), 3U);
  writer.write_int32_be(1);
  EXPECT_FALSE(writer.ok());
  writer.reset();
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.remaining(), 4U);
  EXPECT_TRUE(writer.written().empty());
}

TEST(Encoder, test_buffer_overflow_detection) {
  std::array<std::uint8_t, 3> buffer{9, 9, 9};
  ByteWriter writer(buffer);
  writer.write_byte(1);
  writer.write_int32_be(0xFFFFFFFF);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.remaining(), 0U);
  // Sticky: what would fit is not written after what did not.
  writer.write_byte(2);
  EXPECT_EQ(bytes_of(writer.written()), (ByteVector{1}));
  EXPECT_EQ(buffer, (std::array<std::uint8_t, 3>{1, 9, 9}));

  ByteWriter by_one(MutableBytes(buffer).first(1));
  by_one.write_int16_be(0xFFFF);
  EXPECT_FALSE(by_one.ok());
  EXPECT_EQ(buffer, (std::array<std::uint8_t, 3>{1, 9, 9}));
}

TEST(Encoder, a_buffer_of_no_bytes_takes_nothing) {
  ByteWriter writer(MutableBytes{});
  writer.write_bytes({});
  EXPECT_TRUE(writer.ok());
  writer.write_byte(0);
  EXPECT_FALSE(writer.ok());
}

TEST(Decoder, read_operations) {
  const ByteVector bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 2, 'h', 'i', 'x'};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read_byte(), 1U);
  EXPECT_EQ(reader.read_int16_be(), 0x0203U);
  EXPECT_EQ(reader.read_int32_be(), 0x04050607U);
  EXPECT_EQ(reader.read_int64_be(), 0x08090A0B0C0D0E0FU);
  EXPECT_EQ(reader.read_string(), "hi");
  EXPECT_EQ(bytes_of(reader.read_bytes(1)), (ByteVector{'x'}));
  EXPECT_TRUE(reader.ok());
}

TEST(Decoder, strings_and_bytes_are_views_of_the_input) {
  const ByteVector bytes{0, 1, 'a', 'b'};
  ByteReader reader(bytes);
  EXPECT_EQ(as_bytes(reader.read_string()).data(), bytes.data() + 2);
  EXPECT_EQ(reader.read_bytes(1).data(), bytes.data() + 3);
}

TEST(Decoder, remaining_and_is_empty) {
  const ByteVector bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.remaining(), 3U);
  EXPECT_FALSE(reader.is_empty());
  reader.read_byte();
  EXPECT_EQ(reader.remaining(), 2U);
  reader.read_rest();
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_TRUE(reader.is_empty());
  EXPECT_TRUE(reader.ok());
}

TEST(Decoder, test_boundary_conditions) {
  const ByteVector bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  EXPECT_EQ(ByteReader(bytes).read_byte(), 0xFFU);
  EXPECT_EQ(ByteReader(bytes).read_int16_be(), 0xFFFFU);
  EXPECT_EQ(ByteReader(bytes).read_int32_be(), 0xFFFFFFFFU);
  EXPECT_EQ(ByteReader(bytes).read_int64_be(), 0xFFFFFFFFFFFFFFFFU);
  ByteReader exact(bytes);
  EXPECT_EQ(exact.read_bytes(8).size(), 8U);
  EXPECT_TRUE(exact.ok());
  EXPECT_TRUE(exact.read_bytes(0).empty());
  EXPECT_TRUE(exact.ok());
  ByteReader beyond(bytes);
  EXPECT_TRUE(beyond.read_bytes(9).empty());
  EXPECT_EQ(beyond.error().code, Errc::truncated);
  ByteReader nothing(Bytes{});
  EXPECT_TRUE(nothing.is_empty());
  EXPECT_EQ(nothing.read_byte(), 0U);
  EXPECT_FALSE(nothing.ok());
}

TEST(Decoder, a_failure_is_sticky_and_empties_the_reader) {
  const ByteVector bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read_int32_be(), 0U);
  EXPECT_TRUE(reader.is_empty());
  EXPECT_EQ(reader.read_byte(), 0U);
  reader.fail(Errc::malformed);
  EXPECT_EQ(reader.error().code, Errc::truncated);
}

TEST(Decoder, a_string_above_its_limit_is_too_large_and_one_cut_short_is_truncated) {
  const ByteVector bytes{0, 3, 'a', 'b', 'c'};
  EXPECT_EQ(ByteReader(bytes).read_string(3), "abc");
  ByteReader limited(bytes);
  EXPECT_EQ(limited.read_string(2), "");
  EXPECT_EQ(limited.error().code, Errc::too_large);
  ByteReader cut(Bytes(bytes).first(4));
  EXPECT_EQ(cut.read_string(3), "");
  EXPECT_EQ(cut.error().code, Errc::truncated);
}

TEST(Decoder, a_length_of_four_bytes_that_claims_everything_reads_nothing) {
  const ByteVector bytes{0xFF, 0xFF, 0xFF, 0xFF, 1};
  ByteReader limited(bytes);
  EXPECT_TRUE(limited.read_long_blob(1000).empty());
  EXPECT_EQ(limited.error().code, Errc::too_large);
  ByteReader unlimited(bytes);
  EXPECT_TRUE(unlimited.read_long_blob(~std::size_t{0}).empty());
  EXPECT_EQ(unlimited.error().code, Errc::truncated);
}

}  // namespace
}  // namespace swim::wire
