#include "cli/format/times.hpp"

#include <google/protobuf/util/time_util.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace swim::cli {

using google::protobuf::util::TimeUtil;

Nanoseconds since_epoch(const google::protobuf::Timestamp& time) {
  return Nanoseconds(TimeUtil::TimestampToNanoseconds(time));
}

Nanoseconds nanoseconds(const google::protobuf::Duration& duration) {
  return Nanoseconds(TimeUtil::DurationToNanoseconds(duration));
}

google::protobuf::Duration to_proto(Nanoseconds duration) {
  return TimeUtil::NanosecondsToDuration(duration.count());
}

std::string local_clock(const google::protobuf::Timestamp& time) {
  const std::time_t seconds = time.seconds();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min,
                parts.tm_sec, time.nanos() / 1'000'000);
  return text.data();
}

std::string age_of(const google::protobuf::Timestamp& time, Nanoseconds now) {
  if (time.seconds() == 0 && time.nanos() == 0) {
    return "-";
  }
  return age(now - since_epoch(time));
}

}  // namespace swim::cli
