// Changes of members as lines and as JSON. Pure, but for the local time zone.
#pragma once

#include <swim/v1/membership.pb.h>

#include <string>
#include <vector>

#include "cli/format/member_text.hpp"
#include "cli/text/style.hpp"

namespace swim::cli {

// "12:03:04.120  FAILED     web-2.shop  probe refused by web-1, was SUSPECT"; no newline. With the
// date before it if that is not the one of `now`, which is since the Unix epoch.
std::string event_line(const v1::MemberEvent& event, Nanoseconds now, const Style& style);

// {"type":"FAILED","reason":"PROBE_REFUSED","name":"web-2","previousStatus":"SUSPECT",
//  "eventTime":"…Z","revision":"12","accuser":"web-1","member":{…},"app":"",
//  "noLongerMatches":false} on one line.
std::string event_json(const v1::MemberEvent& event);

// {"type":"SNAPSHOT","reason":"RESTARTED","revision":"3","members":[…]} on one line.
std::string snapshot_json(v1::MemberSnapshot::Reason reason, std::uint64_t revision,
                          const MemberMap& members);

// What a snapshot says to somebody who knew `before`, null: not all members. A line with its reason
// and a summary, then, unless it is the first, one line for each member that is not as it was.
std::vector<std::string> snapshot_lines(v1::MemberSnapshot::Reason reason, const MemberMap* before,
                                        const MemberMap& now, const std::string& clock,
                                        const Style& style);

}  // namespace swim::cli
