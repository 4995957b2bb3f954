#include "server/label_selector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swim::server {
namespace {

using ::testing::HasSubstr;

const wire::Labels web{{"role", "web"}, {"env", "prod"}, {"ssd", ""}};

bool matches(const std::string& selector, const wire::Labels& labels = web) {
  const auto parsed = LabelSelector::parse(selector);
  EXPECT_TRUE(parsed) << selector << ": " << (parsed ? "" : parsed.error());
  return parsed && parsed->matches(labels);
}

TEST(LabelSelector, equality) {
  EXPECT_TRUE(matches("role=web"));
  EXPECT_TRUE(matches("role==web"));
  EXPECT_FALSE(matches("role=db"));
  EXPECT_FALSE(matches("other=web"));
  EXPECT_TRUE(matches("ssd="));
}

TEST(LabelSelector, inequality_holds_without_the_label_too) {
  EXPECT_TRUE(matches("role!=db"));
  EXPECT_FALSE(matches("role!=web"));
  EXPECT_TRUE(matches("other!=x"));
}

TEST(LabelSelector, sets) {
  EXPECT_TRUE(matches("role in (db, web)"));
  EXPECT_FALSE(matches("role in (db)"));
  EXPECT_FALSE(matches("other in (x)"));
  EXPECT_TRUE(matches("role notin (db)"));
  EXPECT_FALSE(matches("role notin (web,db)"));
  EXPECT_TRUE(matches("other notin (x)"));
}

TEST(LabelSelector, existence) {
  EXPECT_TRUE(matches("ssd"));
  EXPECT_FALSE(matches("hdd"));
  EXPECT_TRUE(matches("!hdd"));
  EXPECT_FALSE(matches("!ssd"));
}

TEST(LabelSelector, all_requirements_must_hold) {
  EXPECT_TRUE(matches("role=web,env in (prod,test), !old"));
  EXPECT_FALSE(matches("role=web,env=test"));
}

TEST(LabelSelector, keys_that_begin_like_an_operator_are_keys) {
  EXPECT_TRUE(matches("index=1", {{"index", "1"}}));
  EXPECT_TRUE(matches("in", {{"in", "x"}}));
}

TEST(LabelSelector, nothing_selects_everything) {
  EXPECT_TRUE(matches(""));
  EXPECT_TRUE(matches("  "));
  EXPECT_TRUE(LabelSelector::parse("")->empty());
}

TEST(LabelSelector, errors_name_the_place) {
  for (const char* bad : {"=web", "role=web,", "role in web", "role in (web", "role in ()",
                          "role web", "!", ",", "role=web,,env", "a=b;c"}) {
    const auto parsed = LabelSelector::parse(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_THAT(parsed.error(), HasSubstr("at character")) << bad;
  }
  EXPECT_EQ(LabelSelector::parse("role in web").error(),
            "expected an opening bracket at character 9 of \"role in web\"");
}

// "k0,k1 …", joined by commas.
std::string list_of(std::size_t count, const std::string& prefix) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ",") + prefix + std::to_string(i);
  }
  return text;
}

TEST(LabelSelector, what_is_too_long_is_refused) {
  const std::string longest(LabelSelector::text_bytes_max, 'k');
  EXPECT_TRUE(LabelSelector::parse(longest));
  const auto refused = LabelSelector::parse(longest + "k");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "is 4097 bytes long; the most is 4096");
}

TEST(LabelSelector, too_many_requirements_are_refused) {
  for (const std::string prefix : {"k", "!k"}) {
    EXPECT_TRUE(LabelSelector::parse(list_of(LabelSelector::requirements_max, prefix)));
    const auto refused = LabelSelector::parse(list_of(LabelSelector::requirements_max + 1, prefix));
    ASSERT_FALSE(refused) << prefix;
    EXPECT_EQ(refused.error(), "holds more than 64 requirements");
  }
}

TEST(LabelSelector, too_many_values_are_refused_however_they_are_spread) {
  const std::string half = list_of(LabelSelector::values_max / 2, "v");
  EXPECT_TRUE(LabelSelector::parse("a in (" + half + "),b notin (" + half + ")"));
  for (const std::string& selector : {"a in (" + half + "),b notin (" + half + ",w)",
                                      "a in (" + half + "),b notin (" + half + "),c=w",
                                      "c!=w,a in (" + half + "," + half + ")"}) {
    const auto refused = LabelSelector::parse(selector);
    ASSERT_FALSE(refused) << selector;
    EXPECT_EQ(refused.error(), "names more than 256 values");
  }
}

}  // namespace
}  // namespace swim::server
