#include "server/http_text.hpp"

#include <gtest/gtest.h>

namespace swim::server {
namespace {

TEST(HttpText, LeavesValidUtf8Alone) {
  for (const char* text : {"", "web-0", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                           "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(valid_utf8(text), text);
  }
}

TEST(HttpText, ReplacesWhatIsNoUtf8) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(valid_utf8("a\xFF"
                       "b"),
            "a" + mark + "b");
  EXPECT_EQ(valid_utf8("\xC3"), mark);                                   // cut off
  EXPECT_EQ(valid_utf8("\x80"), mark);                                   // a tail alone
  EXPECT_EQ(valid_utf8("\xC0\xAF"), mark + mark);                        // overlong
  EXPECT_EQ(valid_utf8("\xE0\x80\xAF"), mark + mark + mark);             // overlong
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), mark + mark + mark);             // a surrogate
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), mark + mark + mark + mark);  // beyond Unicode
  EXPECT_EQ(valid_utf8("\xE2\x82"
                       "x"),
            mark + mark + "x");
}

TEST(HttpText, ShortensBetweenCharacters) {
  const std::string more = "\xE2\x80\xA6";
  EXPECT_EQ(shortened("abcde", 5), "abcde");
  EXPECT_EQ(shortened("abcdef", 5), "ab" + more);
  EXPECT_EQ(shortened("a\xC3\xA9\xC3\xA9\xC3\xA9", 7), "a\xC3\xA9\xC3\xA9\xC3\xA9");
  EXPECT_EQ(shortened("a\xC3\xA9\xC3\xA9\xC3\xA9", 6), "a\xC3\xA9" + more);
  EXPECT_EQ(shortened("a\xC3\xA9\xC3\xA9\xC3\xA9", 5), "a" + more);
  EXPECT_EQ(shortened("\xF0\x9F\x98\x80", 3), more);
  for (const char* part :
       {"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xFF", "\xE2\x82"}) {
    std::string text;
    while (text.size() < 1000) {
      text += part;
    }
    for (std::size_t most = 3; most < 50; ++most) {
      const std::string cut = shortened(text, most);
      EXPECT_LE(cut.size(), most) << part;
      EXPECT_EQ(valid_utf8(cut), cut) << part;
      EXPECT_TRUE(cut.ends_with(more)) << part;
      EXPECT_TRUE(valid_utf8(text).starts_with(cut.substr(0, cut.size() - more.size()))) << part;
      EXPECT_GT(cut.size() + 4, most) << part;
    }
  }
}

TEST(HttpText, EscapesForHtml) {
  EXPECT_EQ(html_escaped("<b a=\"1\" c='2'>&"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;");
  EXPECT_EQ(html_escaped(std::string_view("a\0b\x1B", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(HttpText, LowersAsciiOnly) {
  EXPECT_EQ(lower_case("ALIVE-\xC3\x89"), "alive-\xC3\x89");
}

}  // namespace
}  // namespace swim::server
