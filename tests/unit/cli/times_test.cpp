#include "cli/format/times.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace swim::cli {
namespace {

using namespace std::chrono_literals;

google::protobuf::Timestamp at(Nanoseconds time) {
  google::protobuf::Timestamp made;
  made.set_seconds(time / 1s);
  made.set_nanos(static_cast<std::int32_t>((time % 1s).count()));
  return made;
}

// When 2 March 1970 begins in the zone of whoever runs this.
Nanoseconds midnight() {
  std::tm parts{};
  parts.tm_year = 70;
  parts.tm_mon = 2;
  parts.tm_mday = 2;
  parts.tm_isdst = -1;
  return std::chrono::seconds(std::mktime(&parts));
}

TEST(CliTimes, HaveADateWhereItIsNotToday) {
  EXPECT_EQ(local_time(at(midnight() + 120ms), midnight() + 23h + 59min), "00:00:00.120");
  EXPECT_EQ(local_time(at(midnight() + 23h), midnight()), "23:00:00.000");
  EXPECT_EQ(local_time(at(midnight()), midnight() + 24h), "1970-03-02 00:00:00.000");
  EXPECT_EQ(local_time(at(midnight() - 1ms), midnight()), "1970-03-01 23:59:59.999");
  EXPECT_EQ(local_time(at(midnight() + 24h), midnight()), "1970-03-03 00:00:00.000");
}

TEST(CliTimes, TheSameDayOfAnotherYearIsNotToday) {
  EXPECT_EQ(local_time(at(midnight()), midnight() + 24h * 365), "1970-03-02 00:00:00.000");
}

}  // namespace
}  // namespace swim::cli
