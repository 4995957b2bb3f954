// Broadcasts kept for whoever missed them: within their bounds, and each once.
#include "core/engine/retained_broadcasts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace swim::engine {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint start{1h};
constexpr std::uint64_t boot = 7;

class RetainedBroadcastsTest : public testing::Test {
 protected:
  static BroadcastPtr message(std::uint64_t sequence, std::uint64_t of) {
    return std::make_shared<BroadcastMessage>(
        BroadcastMessage{std::make_shared<OriginRun>(OriginRun{"o", of}), sequence, "t",
                         std::make_shared<ByteVector>(100)});
  }
  static std::size_t weight() { return weight_of(*message(1, boot)); }

  void keep(std::uint64_t sequence, std::uint64_t of = boot, TimePoint now = start) {
    kept.keep(message(sequence, of), now, bounds);
  }
  std::vector<std::uint64_t> here(std::uint64_t of = boot, std::size_t messages = 1'000,
                                  std::size_t bytes = 1'000'000) const {
    std::vector<BroadcastPtr> found;
    kept.collect(of, {1, 1'000}, messages, bytes, found);
    std::vector<std::uint64_t> sequences;
    sequences.reserve(found.size());
    for (const BroadcastPtr& each : found) {
      sequences.push_back(each->sequence);
    }
    return sequences;
  }

  RetainedBroadcasts::Bounds bounds{.messages = 1'000, .bytes = 1'000'000, .age = 1min};
  RetainedBroadcasts kept;
};

TEST_F(RetainedBroadcastsTest, are_told_in_order_whatever_the_order_in_which_they_came) {
  for (const std::uint64_t sequence : {3U, 1U, 2U}) {
    keep(sequence);
  }
  EXPECT_THAT(here(), ElementsAre(1, 2, 3));
  EXPECT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept.bytes(), 3 * weight());
}

TEST_F(RetainedBroadcastsTest, one_is_kept_once) {
  keep(1);
  keep(2);
  keep(1);
  EXPECT_THAT(here(), ElementsAre(1, 2));
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept.bytes(), 2 * weight());
}

TEST_F(RetainedBroadcastsTest, the_oldest_go_where_there_are_too_many) {
  bounds.messages = 2;
  for (const std::uint64_t sequence : {1U, 2U, 3U}) {
    keep(sequence);
  }
  EXPECT_THAT(here(), ElementsAre(2, 3));
  keep(1, 8);
  EXPECT_THAT(here(), ElementsAre(3)) << "whichever run they are of";
}

TEST_F(RetainedBroadcastsTest, the_oldest_go_where_they_are_too_large) {
  bounds.bytes = 2 * weight();
  for (const std::uint64_t sequence : {1U, 2U, 3U}) {
    keep(sequence);
  }
  EXPECT_THAT(here(), ElementsAre(2, 3));
}

TEST_F(RetainedBroadcastsTest, the_oldest_go_when_their_time_is_over) {
  keep(1);
  keep(2, boot, start + 1s);
  kept.expire(start + 59s, bounds);
  EXPECT_EQ(kept.size(), 2U);
  kept.expire(start + 1min, bounds);
  EXPECT_THAT(here(), ElementsAre(2));
  kept.expire(start + 2min, bounds);
  EXPECT_EQ(kept.size(), 0U);
  EXPECT_EQ(kept.bytes(), 0U);
}

TEST_F(RetainedBroadcastsTest, a_forgotten_run_leaves_nothing) {
  keep(1);
  keep(1, 8);
  kept.forget(boot);
  EXPECT_THAT(here(), IsEmpty());
  EXPECT_THAT(here(8), ElementsAre(1));
  EXPECT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept.bytes(), weight());
  kept.expire(start + 1min, bounds);
  EXPECT_EQ(kept.size(), 0U);
}

TEST_F(RetainedBroadcastsTest, an_answer_is_bounded_by_messages_and_bytes) {
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    keep(sequence);
  }
  EXPECT_THAT(here(boot, 2), ElementsAre(1, 2));
  EXPECT_THAT(here(boot, 1'000, 250), ElementsAre(1, 2, 3)) << "the last may go over";
}

}  // namespace
}  // namespace swim::engine
