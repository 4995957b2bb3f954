#include "server/topic_patterns.hpp"

#include <gtest/gtest.h>

namespace swim::server {
namespace {

bool matches(std::vector<std::string> patterns, const std::string& topic) {
  const auto made = TopicPatterns::make(std::move(patterns));
  EXPECT_TRUE(made);
  return made && made->matches(topic);
}

TEST(TopicPatterns, none_is_every_topic) {
  EXPECT_TRUE(matches({}, "anything"));
}

TEST(TopicPatterns, a_name_is_exact_and_a_star_is_a_prefix) {
  EXPECT_TRUE(matches({"orders"}, "orders"));
  EXPECT_FALSE(matches({"orders"}, "orders.new"));
  EXPECT_TRUE(matches({"orders.*"}, "orders.new"));
  EXPECT_FALSE(matches({"orders.*"}, "orders"));
  EXPECT_TRUE(matches({"*"}, "orders"));
  EXPECT_TRUE(matches({"a", "orders*"}, "orders"));
  EXPECT_FALSE(matches({"a", "b"}, "orders"));
}

TEST(TopicPatterns, a_star_elsewhere_is_refused) {
  EXPECT_FALSE(TopicPatterns::make({"a*b"}));
  EXPECT_FALSE(TopicPatterns::make({"*a"}));
}

TEST(TopicPatterns, bounds) {
  EXPECT_FALSE(TopicPatterns::make({""}));
  EXPECT_FALSE(TopicPatterns::make({std::string(65, 'x')}));
  EXPECT_FALSE(TopicPatterns::make(std::vector<std::string>(257, "a")));
  EXPECT_TRUE(TopicPatterns::make(std::vector<std::string>(256, "a")));
}

TEST(TopicPatterns, the_hash_does_not_depend_on_the_order) {
  EXPECT_EQ(TopicPatterns::make({"a", "b"})->hash(), TopicPatterns::make({"b", "a"})->hash());
  EXPECT_NE(TopicPatterns::make({"a", "b"})->hash(), TopicPatterns::make({"ab"})->hash());
}

TEST(Topic, may_hold_anything_but_control_characters_and_stars) {
  EXPECT_TRUE(check_topic("orders.new/ü x"));
  EXPECT_TRUE(check_topic(std::string(64, 'x')));
  for (const std::string& bad :
       {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("orders.*")}) {
    EXPECT_FALSE(check_topic(bad)) << bad;
  }
}

}  // namespace
}  // namespace swim::server
