// What waits to be broadcast, and the room that it takes.
#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.hpp"
#include "tests/unit/engine/engine_pair.hpp"

namespace swim {
namespace {

class BroadcastLaneTest : public testing::Test {
 protected:
  BroadcastLaneTest() { pair.join(); }
  Expected<void> broadcast(std::size_t payload_bytes, const std::string& key) {
    return pair.a().broadcast("t", ByteVector(payload_bytes, 1), key, pair.now());
  }
  std::uint64_t bytes() { return pair.a().stats().broadcasts_queued_bytes; }

  test::EnginePair pair;
  const std::string longest = std::string(limits::name_bytes_max, 'k');
};

TEST_F(BroadcastLaneTest, a_key_takes_room_as_its_payload_does) {
  ASSERT_TRUE(broadcast(1, longest));
  ASSERT_TRUE(broadcast(1, "short"));
  EXPECT_EQ(bytes(), longest.size() + 1 + 6);
  ASSERT_TRUE(broadcast(11, longest)) << "in place of the first";
  EXPECT_EQ(bytes(), longest.size() + 11 + 6);
  EXPECT_EQ(pair.a().stats().broadcasts_superseded, 1U);
  pair.settle();
  pair.run_for(std::chrono::seconds(1));
  EXPECT_EQ(bytes(), 0U);
}

TEST_F(BroadcastLaneTest, a_key_that_is_too_long_is_refused) {
  const auto refused = broadcast(1, longest + "k");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_EQ(bytes(), 0U);
}

}  // namespace
}  // namespace swim
