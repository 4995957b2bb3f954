#include "core/crypto/replay_window.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace swim::crypto {
namespace {

constexpr std::uint32_t size = ReplayWindow::size;

TEST(ReplayWindow, has_the_size_of_the_design) {
  EXPECT_EQ(size, 4096U);
}

TEST(ReplayWindow, a_new_one_refuses_nothing) {
  const ReplayWindow window;
  EXPECT_FALSE(window.refuses(0));
  EXPECT_FALSE(window.refuses(std::numeric_limits<std::uint32_t>::max()));
}

TEST(ReplayWindow, refuses_what_was_accepted) {
  ReplayWindow window;
  for (const std::uint32_t counter : {0U, 5U, 63U, 64U, 4095U}) {
    EXPECT_FALSE(window.refuses(counter));
    window.accept(counter);
    EXPECT_TRUE(window.refuses(counter));
  }
  EXPECT_FALSE(window.refuses(1));
  EXPECT_FALSE(window.refuses(62));
}

TEST(ReplayWindow, takes_late_ones_until_they_are_4096_behind) {
  ReplayWindow window;
  window.accept(10'000);
  EXPECT_FALSE(window.refuses(10'000 - (size - 1)));
  EXPECT_TRUE(window.refuses(10'000 - size));
  EXPECT_TRUE(window.refuses(0));
}

TEST(ReplayWindow, a_place_that_is_used_again_is_clean) {
  ReplayWindow window;
  window.accept(7);
  window.accept(7 + size - 1);
  EXPECT_TRUE(window.refuses(7));
  window.accept(7 + size + 1);
  EXPECT_FALSE(window.refuses(7 + size)) << "the place of 7";
}

TEST(ReplayWindow, a_leap_beyond_its_size_forgets_all_marks_and_refuses_all_old_ones) {
  ReplayWindow window;
  for (std::uint32_t i = 0; i < size; ++i) {
    window.accept(i);
  }
  window.accept(1'000'000);
  EXPECT_TRUE(window.refuses(size - 1));
  for (std::uint32_t i = 1; i < size; ++i) {
    ASSERT_FALSE(window.refuses(1'000'000 - i)) << i;
  }
}

TEST(ReplayWindow, holds_at_both_ends_of_the_counter) {
  constexpr std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
  ReplayWindow window;
  window.accept(0);
  EXPECT_TRUE(window.refuses(0));
  window.accept(last);
  EXPECT_TRUE(window.refuses(last));
  EXPECT_TRUE(window.refuses(0)) << "never wraps round";
  EXPECT_FALSE(window.refuses(last - 1));
}

}  // namespace
}  // namespace swim::crypto
