// What a node says about itself, on one screen. Pure; `now` is since the Unix epoch.
#pragma once

#include <swim/v1/membership.pb.h>

#include <string>

#include "cli/text/duration.hpp"
#include "cli/text/style.hpp"

namespace swim::cli {

std::string status_text(const v1::GetNodeStatusResponse& status, Nanoseconds now,
                        const Style& style);

}  // namespace swim::cli
