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

namespace {

std::tm local_parts(std::time_t seconds) {
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string local_clock(const google::protobuf::Timestamp& time) {
  const std::tm parts = local_parts(time.seconds());
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min,
                parts.tm_sec, time.nanos() / 1'000'000);
  return text.data();
}

std::string local_time(const google::protobuf::Timestamp& time, Nanoseconds now) {
  const std::tm then = local_parts(time.seconds());
  const std::tm today = local_parts(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday) {
    return local_clock(time);
  }
  std::array<char, 48> date{};
  std::snprintf(date.data(), date.size(), "%04d-%02d-%02d ", then.tm_year + 1900, then.tm_mon + 1,
                then.tm_mday);
  return date.data() + local_clock(time);
}

std::string age_of(const google::protobuf::Timestamp& time, Nanoseconds now) {
  if (time.seconds() == 0 && time.nanos() == 0) {
    return "-";
  }
  return age(now - since_epoch(time));
}

}  // namespace swim::cli
