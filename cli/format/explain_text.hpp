// Why a member is as it is, told as a story. Pure, but for the local time zone; `now` is since the
// Unix epoch.
#pragma once

#include <swim/v1/membership.pb.h>

#include <string>

#include "cli/text/duration.hpp"
#include "cli/text/style.hpp"

namespace swim::cli {

std::string explain_text(const v1::ExplainMemberResponse& answer, Nanoseconds now,
                         const Style& style);

}  // namespace swim::cli
