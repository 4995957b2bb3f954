#include "core/base/bytes.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "core/base/time.hpp"

namespace swim {
namespace {

TEST(Bytes, text_and_bytes_are_two_views_of_the_same_memory) {
  const std::string_view text("a\0\xff", 3);
  const Bytes bytes = as_bytes(text);
  ASSERT_EQ(bytes.size(), 3U);
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(bytes[2], 0xff);
  EXPECT_EQ(as_text(bytes).data(), text.data());
  EXPECT_EQ(as_text(bytes), text);
}

TEST(Bytes, to_vector_makes_a_copy) {
  ByteVector original{1, 2, 3};
  const ByteVector copy = to_vector(original);
  original[0] = 9;
  EXPECT_EQ(copy, (ByteVector{1, 2, 3}));
  EXPECT_TRUE(to_vector({}).empty());
}

template <class Clock>
concept CanTellTheTime = requires {
  Clock::now();
};

TEST(Time, the_engine_cannot_ask_what_time_it_is) {
  EXPECT_FALSE(CanTellTheTime<EngineClock>);
}

TEST(Time, a_time_point_never_goes_backwards_by_conversion) {
  EXPECT_FALSE((std::is_convertible_v<Duration, TimePoint>));
  EXPECT_FALSE((std::is_convertible_v<WallTime, TimePoint>));
  EXPECT_LT(TimePoint(Duration(1)), TimePoint(std::chrono::microseconds(1)));
  EXPECT_LT(WallTime{-1}, WallTime{0});
}

}  // namespace
}  // namespace swim
