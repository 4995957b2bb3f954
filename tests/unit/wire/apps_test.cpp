#include "core/wire/apps.hpp"

#include <gtest/gtest.h>

#include "core/base/limits.hpp"
#include "tests/support/error_of.hpp"

namespace swim::wire {
namespace {

using swim::test::code_of;

// The wire, pinned: a change here breaks clusters that run two versions.
const ByteVector two_apps{2,  9, 3,   'a', 'p', 'i', 0, 0, 0, 0, 0,  // attached, never lost
                          10, 4, 'w', 'o', 'r', 'k', 1, 0, 0, 1, 2};

TEST(Apps, are_pinned_bytes) {
  const AppStates apps{{"api", false, 0}, {"work", true, 258}};
  EXPECT_EQ(*encode_apps(apps), two_apps);
  EXPECT_EQ(*decode_apps(two_apps), apps);
}

TEST(Apps, none_are_no_bytes) {
  EXPECT_EQ(encode_apps({})->size(), 0U);
  EXPECT_TRUE(decode_apps({})->empty());
}

TEST(Apps, what_a_later_version_adds_to_an_entry_is_skipped) {
  const ByteVector later{2,  11, 3,   'a', 'p', 'i', 0xFE, 0, 0, 0, 0, 7, 7,  //
                         10, 4,  'w', 'o', 'r', 'k', 1,    0, 0, 1, 2};
  EXPECT_EQ(*decode_apps(later), *decode_apps(two_apps));
}

TEST(Apps, a_name_is_short_and_plain) {
  for (const char* name : {"a", "web-1.shop_x", "0"}) {
    EXPECT_TRUE(is_app_name(name)) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a/b"), std::string("ä"), std::string("a\n"),
        std::string(limits::app_name_bytes_max + 1, 'a')}) {
    EXPECT_FALSE(is_app_name(name)) << name;
    EXPECT_EQ(code_of(encode_apps({{name, false, 0}})), Errc::invalid_argument);
  }
  EXPECT_TRUE(is_app_name(std::string(limits::app_name_bytes_max, 'a')));
}

TEST(Apps, too_many_or_too_long_together_are_too_large) {
  AppStates apps;
  for (std::size_t i = 0; i < limits::apps_max; ++i) {
    apps.push_back({"app" + std::to_string(i), false, 0});
  }
  EXPECT_TRUE(encode_apps(apps).has_value());
  apps.push_back({"b", false, 0});
  EXPECT_EQ(code_of(encode_apps(apps)), Errc::too_large);
  // The count, and entries of 7 bytes and a name: the names have the rest.
  const std::size_t names = limits::apps_bytes_max - 1 - std::size_t{4} * 7;
  AppStates longest{{std::string(63, 'a'), false, 0},
                    {std::string(63, 'b'), false, 0},
                    {std::string(63, 'c'), false, 0},
                    {std::string(names - std::size_t{3} * 63, 'd'), false, 0}};
  EXPECT_EQ(encode_apps(longest)->size(), limits::apps_bytes_max);
  longest.back().name += 'd';
  EXPECT_EQ(code_of(encode_apps(longest)), Errc::too_large);
}

TEST(Apps, another_form_is_malformed) {
  const std::vector<ByteVector> others{
      {0},                                                      // no apps, said in a byte
      {9},                                                      // too many
      {1},                                                      // cut
      {1, 7, 1, 'a', 0, 0, 0, 0},                               // cut within the number
      {1, 6, 1, 'a', 0, 0, 0, 0},                               // an entry too short for its number
      {1, 6, 0, 0, 0, 0, 0, 0},                                 // an empty name
      {1, 7, 1, '/', 0, 0, 0, 0, 0},                            // not a name
      {1, 7, 9, 'a', 0, 0, 0, 0, 0},                            // a name beyond its entry
      {1, 7, 1, 'a', 0, 0, 0, 0, 0, 9},                         // something behind
      {2, 7, 1, 'b', 0, 0, 0, 0, 0, 7, 1, 'a', 0, 0, 0, 0, 0},  // not sorted
      {2, 7, 1, 'a', 0, 0, 0, 0, 0, 7, 1, 'a', 1, 0, 0, 0, 1},  // a name twice
  };
  for (const ByteVector& encoded : others) {
    const auto apps = decode_apps(encoded);
    ASSERT_FALSE(apps.has_value());
    EXPECT_EQ(apps.error().code, Errc::malformed);
  }
}

}  // namespace
}  // namespace swim::wire
