// Members as rows and as facts. Pure; `now` is since the Unix epoch.
#pragma once

#include <swim/v1/member.pb.h>

#include <map>
#include <string>
#include <vector>

#include "cli/text/duration.hpp"
#include "cli/text/table.hpp"

namespace swim::cli {

using MemberMap = std::map<std::string, v1::Member>;

enum class Width : bool { narrow, wide };

// "env=prod,role=web", sorted.
std::string labels_text(const v1::Member& member);
// "cache (LOST),web"; empty where no app attached.
std::string apps_text(const v1::Member& member);
Cell apps_cell(const v1::Member& member);
// "10.0.0.1:7946", "[::1]:7946".
std::string address_text(const v1::Member& member);
// "3 members: 2 ALIVE, 1 FAILED"
std::string summary(const std::map<std::string, std::uint64_t>& by_status);
std::string summary(const MemberMap& members);

Table member_table(const std::vector<const v1::Member*>& members, Width width, Nanoseconds now);
Table member_table(const MemberMap& members, Width width, Nanoseconds now);
Facts member_facts(const v1::Member& member, Nanoseconds now);

}  // namespace swim::cli
