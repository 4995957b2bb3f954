// The runs of a name, in their order however they were heard of.
#include "core/engine/broadcast_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace swim::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BroadcastRunsTest : public testing::Test {
 protected:
  BroadcastRunsTest() {
    runs.add("n", 1, 0, {});
    runs.add("n", 3, 0, {});
  }
  BroadcastRuns runs;
};

TEST_F(BroadcastRunsTest, stand_in_the_order_in_which_they_were_heard_of) {
  EXPECT_THAT(runs.of("n"), ElementsAre(1, 3));
  EXPECT_THAT(runs.find(1)->newer, ElementsAre(3));
  EXPECT_THAT(runs.find(3)->older, ElementsAre(1));
}

TEST_F(BroadcastRunsTest, a_run_that_is_heard_of_late_stands_before_those_that_came_after_it) {
  runs.add("n", 2, 0, std::array<std::uint64_t, 1>{3});
  EXPECT_THAT(runs.of("n"), ElementsAre(1, 2, 3));
  EXPECT_THAT(runs.find(2)->older, ElementsAre(1));
  EXPECT_THAT(runs.find(2)->newer, ElementsAre(3));
  EXPECT_THAT(runs.find(3)->older, ElementsAre(1, 2));
}

TEST_F(BroadcastRunsTest, one_that_is_removed_is_waited_for_by_nobody) {
  runs.add("other", 9, 0, {});
  runs.remove(1);
  EXPECT_EQ(runs.find(1), nullptr);
  EXPECT_THAT(runs.find(3)->older, IsEmpty());
  ASSERT_EQ(runs.size(), 2U);
  for (std::size_t place = 0; place < runs.size(); ++place) {
    EXPECT_EQ(runs.at(place).place, place);
  }
  runs.remove(3);
  EXPECT_THAT(runs.of("n"), IsEmpty());
  EXPECT_EQ(&runs.at(0), runs.find(9));
}

}  // namespace
}  // namespace swim::engine
