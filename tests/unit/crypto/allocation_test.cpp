#include "tests/support/alloc_counter.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using swim::test::AllocationCount;

TEST(Allocation, sealing_and_opening_for_a_known_session_allocate_nothing) {
  SealerPair pair;
  pair.receiver.set_keyring(Keyring(key_of(1), {key_of(2), key_of(3)}));
  pair.receiver.set_inbox(2000, start_time, grace);
  ByteVector buffer(1232);
  const auto exchange = [&](std::uint64_t inbox) {
    return pair.sender.seal(buffer, buffer.size() - datagram_overhead, inbox) &&
           pair.receiver.open(buffer, start_time);
  };
  ASSERT_TRUE(exchange(2000));
  std::size_t good = 0;
  const AllocationCount allocations;
  for (int i = 0; i < 10'000; ++i) {
    good += exchange(i % 2 == 0 ? 2000 : pair.inbox) ? 1U : 0U;
  }
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(good, 10'000U);
}

TEST(Allocation, refusing_forgeries_and_replays_of_a_known_session_allocates_nothing) {
  SealerPair pair;
  const ByteVector recorded = seal(pair.sender, "hello", pair.inbox);
  ASSERT_EQ(open(pair.receiver, recorded), "hello");
  ByteVector replay = recorded;
  ByteVector forged = seal(pair.sender, "hello", pair.inbox);
  forged.back() ^= 1;
  std::size_t opened = 0;
  const AllocationCount allocations;
  for (int i = 0; i < 1000; ++i) {
    opened += pair.receiver.open(replay, start_time) ? 1U : 0U;
    opened += pair.receiver.open(forged, start_time) ? 1U : 0U;
  }
  const auto count = allocations.count();
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(opened, 0U);
}

TEST(Allocation, an_over_long_frame_is_refused_before_anything_is_allocated_for_it) {
  StreamPair pair;
  const ByteVector header{0xFF, 0xFF, 0xFF, 0xFF, 0x00};
  ASSERT_EQ(receive(pair.b, {}), "ok");
  const AllocationCount allocations;
  const auto refused = pair.b.receive(header);
  const auto count = allocations.count();
  EXPECT_EQ(result_of(refused), "too large");
  EXPECT_LE(count, 1U) << "the five bytes themselves";
}

}  // namespace
}  // namespace swim::crypto::test
