#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "core/wire/native/codec.hpp"
#include "tests/support/alloc_counter.hpp"
#include "tests/unit/wire/samples.hpp"
#include "tests/unit/wire/support.hpp"

namespace swim::wire::test {
namespace {

using swim::test::AllocationCount;

TEST(AllocationCount, sees_new_in_every_form) {
  const AllocationCount allocations;
  auto one = std::make_unique<int>(1);
  auto many = std::make_unique<int[]>(10);
  struct alignas(64) Wide {
    int value[16];
  };
  auto wide = std::make_unique<Wide>();
  const auto count = allocations.count();
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % 64, 0U);
  EXPECT_NE(one, nullptr);
  EXPECT_NE(many, nullptr);
}

TEST(AllocationCount, sees_nothing_where_nothing_is_allocated) {
  const AllocationCount allocations;
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
}

TEST(Codec, encode_allocates_nothing) {
  const std::vector<Sample> samples = datagram_samples();
  std::array<std::uint8_t, 4096> buffer{};
  std::size_t refused = 0;
  const AllocationCount allocations;
  PacketWriter writer(buffer, "prod");
  for (const Sample& sample : samples) {
    if (!writer.add(sample.message)) ++refused;
  }
  const Bytes packet = writer.finish();
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(refused, 0U);
  EXPECT_FALSE(packet.empty());
}

TEST(Codec, decode_allocates_nothing) {
  std::vector<Message> messages;
  for (const Sample& sample : datagram_samples()) messages.push_back(sample.message);
  const ByteVector packet = packet_of("prod", messages);
  std::size_t read = 0;
  const AllocationCount allocations;
  MessageReader reader = open_packet(packet)->reader;
  for (auto message = reader.next(); message && *message; message = reader.next()) ++read;
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(read, messages.size());
}

TEST(Codec, refusing_bad_input_allocates_nothing) {
  const ByteVector cut = concat({raw_header(0), raw_message(0x01, {1, 2, 3})});
  const ByteVector foreign(100, 0xAA);
  const AllocationCount allocations;
  MessageReader reader = open_packet(cut)->reader;
  const bool refused = !reader.next() && !open_packet(foreign);
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace swim::wire::test
