#include "cli/format/times.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace swim::cli {
namespace {

using namespace std::chrono_literals;

class CliTimes : public testing::Test {
 protected:
  CliTimes() {
    setenv("TZ", "UTC-2", 1);  // two hours east of Greenwich
    tzset();
  }
  ~CliTimes() override {
    unsetenv("TZ");
    tzset();
  }
};

google::protobuf::Timestamp at(Nanoseconds time) {
  google::protobuf::Timestamp made;
  made.set_seconds(time / 1s);
  made.set_nanos(static_cast<std::int32_t>((time % 1s).count()));
  return made;
}

// 1970-03-02, the 60th day.
constexpr Nanoseconds midnight_in_greenwich = 24h * 60;
constexpr Nanoseconds midnight = midnight_in_greenwich - 2h;

TEST_F(CliTimes, HaveADateWhereItIsNotToday) {
  EXPECT_EQ(local_time(at(midnight + 120ms), midnight + 23h + 59min), "00:00:00.120");
  EXPECT_EQ(local_time(at(midnight), midnight + 24h), "1970-03-02 00:00:00.000");
  EXPECT_EQ(local_time(at(midnight - 1ms), midnight), "1970-03-01 23:59:59.999");
  EXPECT_EQ(local_time(at(midnight + 24h), midnight), "1970-03-03 00:00:00.000");
}

TEST_F(CliTimes, TheDayIsTheOneOfTheLocalZone) {
  EXPECT_EQ(local_time(at(midnight_in_greenwich - 1s), midnight_in_greenwich), "01:59:59.000");
}

TEST_F(CliTimes, TheSameDayOfAnotherYearIsNotToday) {
  EXPECT_EQ(local_time(at(midnight), midnight + 24h * 365), "1970-03-02 00:00:00.000");
}

}  // namespace
}  // namespace swim::cli
