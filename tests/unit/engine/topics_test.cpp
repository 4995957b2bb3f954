#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.hpp"
#include "core/engine/sends.hpp"

namespace swim::engine {
namespace {

TEST(Topics, are_anything_but_control_characters) {
  EXPECT_TRUE(is_topic("orders.created"));
  EXPECT_TRUE(is_topic("a b"));
  EXPECT_TRUE(
      is_topic("gr\xC3\xB6\xC3\x9F"
               "e"));
  EXPECT_TRUE(is_topic("\x80\xFF")) << "not even UTF-8 is asked for";
  EXPECT_FALSE(is_topic("a\nb"));
  EXPECT_FALSE(is_topic("a\x1F"));
  EXPECT_FALSE(is_topic("a\x7F"));
  EXPECT_FALSE(is_topic(std::string(1, '\0')));
}

TEST(Topics, are_bounded) {
  EXPECT_FALSE(is_topic(""));
  EXPECT_TRUE(is_topic(std::string(limits::topic_bytes_max, 'x')));
  EXPECT_FALSE(is_topic(std::string(limits::topic_bytes_max + 1, 'x')));
}

}  // namespace
}  // namespace swim::engine
