#include "core/base/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <type_traits>

namespace swim {
namespace {

TEST(Error, each_code_has_a_text_of_its_own) {
  std::set<std::string_view> texts;
  for (int code = 0; code <= static_cast<int>(Errc::closed); ++code) {
    const std::string_view text = to_string(static_cast<Errc>(code));
    EXPECT_FALSE(text.empty()) << code;
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
}

TEST(Error, a_text_is_the_code_in_words) {
  EXPECT_EQ(to_string(Errc::truncated), "truncated");
  EXPECT_EQ(to_string(Errc::no_seeds_reachable), "no seeds reachable");
  EXPECT_EQ(to_string(Errc::closed), "closed");
}

TEST(Error, a_code_from_elsewhere_still_has_a_text) {
  EXPECT_EQ(to_string(static_cast<Errc>(200)), "unknown error");
}

TEST(Error, is_compared_by_code_alone) {
  EXPECT_EQ((Error{Errc::timeout, "a"}), (Error{Errc::timeout, "b"}));
  EXPECT_NE((Error{Errc::timeout}), (Error{Errc::refused}));
}

TEST(Error, costs_no_allocation_to_make_or_copy) {
  EXPECT_TRUE(std::is_trivially_copyable_v<Error>);
}

TEST(Expected, carries_a_value_or_says_why_not) {
  const Expected<int> value = 7;
  const Expected<int> error = fail(Errc::too_large, "the label");
  EXPECT_EQ(*value, 7);
  ASSERT_FALSE(error.has_value());
  EXPECT_EQ(error.error().code, Errc::too_large);
  EXPECT_EQ(error.error().what, "the label");
}

}  // namespace
}  // namespace swim
