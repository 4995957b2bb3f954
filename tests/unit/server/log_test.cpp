#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/log_line.hpp"
#include "server/logger.hpp"

namespace swim::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const WallTime noon{1'767'323'045'678};  // 2026-01-02T03:04:05.678Z

std::string line(LogFormat format, const std::vector<LogField>& fields) {
  return format_log_line(format, noon, LogLevel::info, "node started", fields);
}

TEST(LogLine, logfmt) {
  EXPECT_EQ(line(LogFormat::logfmt, {{"name", "web-1"}, {"note", "two words"}, {"none", ""}}),
            "ts=2026-01-02T03:04:05.678Z level=info msg=\"node started\" name=web-1 "
            "note=\"two words\" none=\"\"");
}

TEST(LogLine, json) {
  EXPECT_EQ(line(LogFormat::json, {{"name", "web-1"}}),
            R"({"ts":"2026-01-02T03:04:05.678Z","level":"info","msg":"node started",)"
            R"("name":"web-1"})");
}

TEST(LogLine, what_a_peer_wrote_stays_inside_its_quotes) {
  for (const LogFormat format : {LogFormat::logfmt, LogFormat::json}) {
    const std::string text =
        line(format, {{"name", "x\nlevel=error msg=\"forged\" \x1b[31m"}, {"bytes", "\xFF\xFE"}});
    EXPECT_EQ(text.find('\n'), std::string::npos);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_THAT(text, HasSubstr(R"(\"forged\")"));
    EXPECT_EQ(text.find('\xFF'), std::string::npos);
  }
}

TEST(LogLine, of_a_long_value_the_beginning) {
  for (const LogFormat format : {LogFormat::logfmt, LogFormat::json}) {
    const std::string text =
        line(format, {{"member", std::string(1 << 20, 'm')}, {"result", "refused"}});
    EXPECT_LT(text.size(), 4096U);
    EXPECT_THAT(text, HasSubstr("mmm\xE2\x80\xA6"));
    EXPECT_THAT(text, HasSubstr("refused"));
    EXPECT_THAT(line(format, {{"member", std::string(2048, 'm')}}),
                HasSubstr(std::string(2048, 'm')));
  }
}

struct Lines {
  std::vector<std::string> all;
  static void add(void* context, LogLevel /*level*/, const std::string& text) {
    static_cast<Lines*>(context)->all.push_back(text);
  }
};

TEST(Logger, leaves_out_what_is_below_the_level) {
  Lines lines;
  Logger logger(LogLevel::warn, LogFormat::logfmt, &Lines::add, &lines);
  logger.log(LogLevel::info, "quiet");
  logger.log(LogLevel::warn, "loud");
  EXPECT_EQ(lines.all.size(), 1U);
  logger.set_level(LogLevel::info);
  logger.log(LogLevel::info, "quiet");
  EXPECT_EQ(lines.all.size(), 2U);
  EXPECT_EQ(logger.written(LogLevel::info), 1U);
  EXPECT_EQ(logger.written(LogLevel::warn), 1U);
}

TEST(Logger, a_flood_of_one_message_leaves_the_others_alone) {
  Lines lines;
  Logger logger(LogLevel::info, LogFormat::logfmt, &Lines::add, &lines);
  for (int i = 0; i < 1000; ++i) {
    logger.log(LogLevel::info, "flood");
  }
  EXPECT_EQ(lines.all.size(), Logger::burst);
  logger.log(LogLevel::info, "other");
  EXPECT_EQ(lines.all.size(), Logger::burst + 1);
}

TEST(Logger, the_audit_is_never_left_out) {
  Lines lines;
  Logger logger(LogLevel::error, LogFormat::logfmt, &Lines::add, &lines);
  for (int i = 0; i < 100; ++i) {
    logger.always(LogLevel::info, "audit", {{"method", "Join"}});
  }
  EXPECT_EQ(lines.all.size(), 100U);
}

}  // namespace
}  // namespace swim::server
