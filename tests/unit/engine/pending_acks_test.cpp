// The table of awaited answers. The seed's rows, where a timeout is the owner's timer that takes
// the waiter out: the engine's timers are values, nobody blocks.
#include "core/engine/pending_acks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace swim::engine {
namespace {

using Table = PendingAcks<std::string, 4>;

TEST(PendingAcksTest, test_pending_acks_complete) {
  Table table;
  ASSERT_TRUE(table.add(6, "another"));
  ASSERT_TRUE(table.add(7, "waiter"));
  EXPECT_FALSE(table.find(8)) << "nobody asked that";
  const auto place = table.find(7);
  ASSERT_TRUE(place);
  EXPECT_EQ(table.take(*place), "waiter");
  EXPECT_FALSE(table.find(7)) << "an answer counts once";
  EXPECT_TRUE(table.find(6));
  EXPECT_EQ(table.size(), 1U);
}

TEST(PendingAcksTest, test_pending_acks_timeout) {
  Table table;
  const auto place = table.add(7, "waiter");
  ASSERT_TRUE(place);
  // The timer knows the place; an answer that comes after it finds nobody.
  ASSERT_TRUE(table.used(*place));
  table.take(*place);
  EXPECT_FALSE(table.used(*place));
  EXPECT_FALSE(table.find(7));
}

TEST(PendingAcksTest, test_pending_acks_cancel) {
  Table table;
  ASSERT_TRUE(table.add(1, "a"));
  ASSERT_TRUE(table.add(2, "b"));
  table.take(*table.find(1));
  EXPECT_FALSE(table.find(1));
  EXPECT_TRUE(table.find(2)) << "the others wait on";
}

TEST(PendingAcksTest, test_pending_acks_concurrent) {
  Table table;
  for (std::uint32_t seq = 0; seq < 4; ++seq) {
    ASSERT_TRUE(table.add(seq, std::to_string(seq)));
  }
  EXPECT_EQ(table.size(), 4U);
  EXPECT_FALSE(table.add(4, "too many")) << "bounded";
  for (const std::uint32_t seq : {2U, 0U, 3U, 1U}) {  // answers come in any order
    const auto place = table.find(seq);
    ASSERT_TRUE(place);
    EXPECT_EQ(table.seq(*place), seq);
    EXPECT_EQ(table.take(*place), std::to_string(seq));
  }
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.add(5, "room again"));
}

TEST(PendingAcksTest, no_place_leaks_over_many_rounds) {
  Table table;
  for (std::uint32_t seq = 0; seq < 10'000; ++seq) {
    const auto place = table.add(seq, "waiter");
    ASSERT_TRUE(place);
    if (seq % 2 == 0) {
      table.take(*place);
    } else {
      table.take(*table.find(seq));
    }
  }
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace swim::engine
