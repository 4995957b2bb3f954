#include "server/settings_types.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swim::server {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SettingsTypes, durations_need_a_unit_and_add_up) {
  EXPECT_EQ(*parse_duration("100ms"), milliseconds(100));
  EXPECT_EQ(*parse_duration("1m30s"), seconds(90));
  EXPECT_EQ(*parse_duration("2h"), hours(2));
  EXPECT_EQ(*parse_duration("7ns"), Duration(7));
  EXPECT_EQ(*parse_duration("0"), Duration(0));
  for (const char* bad : {"", "5", "-1s", "1.5s", "1d", "s", "1s ", "9223372036854775807h"}) {
    ASSERT_FALSE(parse_duration(bad)) << bad;
    EXPECT_THAT(parse_duration(bad).error(), HasSubstr("write a number and a unit")) << bad;
  }
}

TEST(SettingsTypes, a_duration_printed_reads_back) {
  for (const Duration value :
       {Duration(0), Duration(1), Duration(milliseconds(1500)), Duration(hours(24)),
        Duration(hours(1) + minutes(2) + seconds(3) + milliseconds(4))}) {
    EXPECT_EQ(*parse_duration(to_text(value)), value) << to_text(value);
  }
  EXPECT_EQ(to_text(milliseconds(90'000)), "1m30s");
}

TEST(SettingsTypes, numbers_say_what_is_too_large) {
  EXPECT_EQ(*parse_number("42", 100), 42U);
  EXPECT_THAT(parse_number("101", 100).error(), HasSubstr("the most is 100"));
  EXPECT_THAT(parse_number("99999999999999999999", 100).error(), HasSubstr("the most is 100"));
  for (const char* bad : {"", "-1", "4x", " 4", "0x4"}) {
    EXPECT_FALSE(parse_number(bad, 100)) << bad;
  }
}

TEST(SettingsTypes, booleans_are_two_words) {
  EXPECT_TRUE(*parse_bool("true"));
  EXPECT_FALSE(*parse_bool("false"));
  EXPECT_FALSE(parse_bool("yes"));
}

TEST(SettingsTypes, file_modes_are_octal) {
  EXPECT_EQ(parse_file_mode("0660")->bits, 0660U);
  EXPECT_EQ(to_text(FileMode{0600}), "0600");
  for (const char* bad : {"", "0888", "1777", "rw", "0660x"}) {
    EXPECT_FALSE(parse_file_mode(bad)) << bad;
  }
}

TEST(SettingsTypes, levels_and_formats_print_and_read_back) {
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
    EXPECT_EQ(*parse_log_level(to_text(level)), level);
  }
  EXPECT_THAT(parse_log_level("loud").error(), HasSubstr("debug, info, warn and error"));
  EXPECT_EQ(*parse_log_format("json"), LogFormat::json);
  EXPECT_FALSE(parse_log_format("xml"));
}

TEST(SettingsTypes, listen_addresses_need_a_port_and_may_be_off) {
  EXPECT_EQ(*parse_listen("10.0.0.7:7946"), Endpoint::v4(10, 0, 0, 7, 7946));
  EXPECT_EQ(parse_listen("127.0.0.1:0")->port, 0);
  EXPECT_THAT(parse_listen("10.0.0.7").error(), HasSubstr("10.0.0.7:7946"));
  EXPECT_TRUE(parse_optional_listen("off")->off);
  EXPECT_FALSE(parse_optional_listen("[::1]:80")->off);
  EXPECT_THAT(parse_optional_listen("nowhere").error(), HasSubstr("or off"));
}

TEST(SettingsTypes, a_bad_seed_is_named) {
  EXPECT_EQ(parse_seeds({"10.0.0.1:1", "dns+a.b:2"})->size(), 2U);
  EXPECT_THAT(parse_seeds({"10.0.0.1:1", "a.b"}).error(), HasSubstr("\"a.b\""));
}

TEST(SettingsTypes, labels_are_checked_as_the_wire_wants_them) {
  EXPECT_EQ(parse_labels({"role=web", "v="})->at("role"), "web");
  EXPECT_EQ(parse_labels({"a=b=c"})->at("a"), "b=c");
  EXPECT_FALSE(parse_labels({"role"}));
  EXPECT_FALSE(parse_labels({"=x"}));
  EXPECT_FALSE(parse_labels({"a b=x"}));
  EXPECT_THAT(parse_labels({"a=1", "a=2"}).error(), HasSubstr("twice"));
  EXPECT_FALSE(parse_labels({"a=" + std::string(256, 'x')}));
}

TEST(SettingsTypes, lists_are_split_at_commas_and_trimmed) {
  EXPECT_THAT(split_list(" a, b ,,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_list(" , "), IsEmpty());
}

}  // namespace
}  // namespace swim::server
