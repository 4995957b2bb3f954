#include "cli/text/duration.hpp"

#include <gtest/gtest.h>

namespace swim::cli {
namespace {

using namespace std::chrono_literals;

TEST(CliDuration, ReadsWhatPeopleType) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("0"), 0ns);
}

TEST(CliDuration, RefusesWhatItCannotMean) {
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1 s", "1x", "1s2", "999999d9999999999999h",
                           "53000d53000d53000d", "nan s", "inf", "1e3s", ".5s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(CliDuration, ShowsMeasuredTimesInThreeDigits) {
  EXPECT_EQ(measured(812ns), "812 ns");
  EXPECT_EQ(measured(41'234ns), "41.2 µs");
  EXPECT_EQ(measured(1'934us), "1.93 ms");
  EXPECT_EQ(measured(999'600us), "1.00 s");
  EXPECT_EQ(measured(12'444ms), "12.4 s");
  EXPECT_EQ(measured(200s), "3m20s");
}

TEST(CliDuration, ShowsAgesCoarsely) {
  EXPECT_EQ(age(-5s), "0s");
  EXPECT_EQ(age(999ms), "0s");
  EXPECT_EQ(age(59s), "59s");
  EXPECT_EQ(age(60s), "1m");
  EXPECT_EQ(age(200s), "3m20s");
  EXPECT_EQ(age(5h), "5h");
  EXPECT_EQ(age(52h), "2d4h");
  EXPECT_EQ(age(31 * 24h), "31d");
}

}  // namespace
}  // namespace swim::cli
