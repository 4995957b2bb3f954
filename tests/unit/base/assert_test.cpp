#include "core/base/assert.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace swim {
namespace {

TEST(Assert, says_where_and_what_and_stops_the_process) {
  const int members = 3;
  EXPECT_DEATH(SWIM_ASSERT(members == 4),
               "assert_test\\.cpp:[0-9]+: assertion failed: members == 4");
}

TEST(Assert, is_silent_and_evaluates_once_where_it_holds) {
  int evaluated = 0;
  SWIM_ASSERT(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

TEST(Assert, takes_an_expression_with_commas) {
  SWIM_ASSERT(std::pair<int, int>{1, 2} == std::pair<int, int>{1, 2});
}

TEST(Assert, stands_where_a_statement_stands) {
  const bool yes = true;
  if (yes)
    SWIM_ASSERT(yes);
  else
    SWIM_ASSERT(!yes);
}

TEST(DebugAssert, runs_in_debug_builds_only) {
  int evaluated = 0;
  SWIM_DEBUG_ASSERT(++evaluated > 0);
#ifdef NDEBUG
  EXPECT_EQ(evaluated, 0);
  SWIM_DEBUG_ASSERT(evaluated == 7);
#else
  EXPECT_EQ(evaluated, 1);
  EXPECT_DEATH(SWIM_DEBUG_ASSERT(evaluated == 7), "assertion failed: evaluated == 7");
#endif
}

}  // namespace
}  // namespace swim
