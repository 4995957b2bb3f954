#include "cli/text/table.hpp"

#include <gtest/gtest.h>

#include "cli/text/style.hpp"

namespace swim::cli {
namespace {

Table sample() {
  Table table({"NAME", "STATUS", "ADDRESS"});
  table.add({{"größe", Color::plain}, {"ALIVE", Color::green}, {"10.0.0.1:7946", Color::plain}});
  table.add({{"東京", Color::plain}, {"FAILED", Color::red}, {"", Color::plain}});
  return table;
}

TEST(CliTable, AlignsByColumnsAndLeavesNoSpaceAtTheEnd) {
  EXPECT_EQ(sample().render(Style(false)),
            "NAME   STATUS  ADDRESS\n"
            "größe  ALIVE   10.0.0.1:7946\n"
            "東京   FAILED  -\n");
}

TEST(CliTable, ColoursDoNotMoveColumns) {
  EXPECT_EQ(sample().render(Style(true), false),
            "größe  \x1b[32mALIVE\x1b[0m   10.0.0.1:7946\n"
            "東京   \x1b[31mFAILED\x1b[0m  -\n");
}

TEST(CliTable, WithoutHeadersIsAsNarrowAsItsCells) {
  Table table({"A VERY LONG HEADER", "B"});
  table.add({{"x", Color::plain}, {"y", Color::plain}});
  EXPECT_EQ(table.render(Style(false), false), "x  y\n");
}

TEST(CliTable, EscapesWhatOthersWrote) {
  Table table({"NAME", "B"});
  table.add({{"a\x1b[2J", Color::plain}, {"b", Color::plain}});
  EXPECT_EQ(table.render(Style(true), false), "a\\x1b[2J  b\n");
}

TEST(CliTable, FactsAlignTheirValues) {
  Facts facts;
  facts.add("node", "web-1");
  facts.add("cluster", Cell{"", Color::red});
  EXPECT_EQ(facts.render(Style(false)), "node     web-1\ncluster  -\n");
}

TEST(CliStyle, ColoursOnlyWhereAsked) {
  EXPECT_TRUE(wants_color(ColorMode::automatic, true, nullptr, "xterm"));
  EXPECT_TRUE(wants_color(ColorMode::automatic, true, "", "xterm"));
  EXPECT_FALSE(wants_color(ColorMode::automatic, true, "1", "xterm"));
  EXPECT_FALSE(wants_color(ColorMode::automatic, true, nullptr, "dumb"));
  EXPECT_FALSE(wants_color(ColorMode::automatic, false, nullptr, "xterm"));
  EXPECT_TRUE(wants_color(ColorMode::always, false, "1", nullptr));
  EXPECT_FALSE(wants_color(ColorMode::never, true, nullptr, "xterm"));
  EXPECT_EQ(parse_color_mode("sometimes"), std::nullopt);
}

}  // namespace
}  // namespace swim::cli
