#include "cli/text/display.hpp"

#include <gtest/gtest.h>

namespace swim::cli {
namespace {

TEST(CliDisplay, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("web-1"), 5U);
  EXPECT_EQ(display_width("größe"), 5U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("東京"), 4U);
  EXPECT_EQ(display_width("🚀"), 2U);
  EXPECT_EQ(display_width("a\xff"), 2U);
}

TEST(CliDisplay, LetsNoControlCharacterReachTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("one\ntwo\t."), "one\\ntwo\\t.");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");           // C1: a terminal's other escape
  EXPECT_EQ(printable("\u202Egpj"), "\\xe2\\x80\\xaegpj");  // right-to-left override
  EXPECT_EQ(printable("größe 東京"), "größe 東京");
}

TEST(CliDisplay, ShowsBrokenUtf8AsBytes) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc3"), "\\xc3");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
}

TEST(CliDisplay, CutsToColumns) {
  EXPECT_EQ(shortened("payload", 7), "payload");
  EXPECT_EQ(shortened("payloads", 7), "payloa…");
  EXPECT_EQ(shortened("東京都", 5), "東京…");
  EXPECT_EQ(display_width(shortened("東京都", 4)), 3U);
}

TEST(CliDisplay, CountsWithTheRightNoun) {
  EXPECT_EQ(counted(1, "member"), "1 member");
  EXPECT_EQ(counted(0, "member"), "0 members");
  EXPECT_EQ(counted(3, "seed"), "3 seeds");
  EXPECT_EQ(counted(1, "address"), "1 address");
  EXPECT_EQ(counted(2, "address"), "2 addresses");
}

}  // namespace
}  // namespace swim::cli
