// Times and durations of the API in words. Pure, but for the time zone of local_clock and
// local_time.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "cli/text/duration.hpp"

namespace swim::cli {

// Since the Unix epoch.
Nanoseconds since_epoch(const google::protobuf::Timestamp& time);
Nanoseconds nanoseconds(const google::protobuf::Duration& duration);
google::protobuf::Duration to_proto(Nanoseconds duration);

// "12:03:04.120" in the local time zone.
std::string local_clock(const google::protobuf::Timestamp& time);

// The same, with the date before it, "2026-11-25 12:03:04.120", if that is not the one of `now`,
// which is since the epoch.
std::string local_time(const google::protobuf::Timestamp& time, Nanoseconds now);

// "3m20s"; `now` is since the epoch. "-" for a time that was never set.
std::string age_of(const google::protobuf::Timestamp& time, Nanoseconds now);

}  // namespace swim::cli
