// One log line as text: logfmt or JSON, always with the same first fields. Pure.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/time.hpp"
#include "server/settings_types.hpp"

namespace swim::server {

using LogField = std::pair<std::string_view, std::string>;

// ts=2026-01-02T03:04:05.678Z level=info msg="node started" name=web-1
// Whatever a peer or a user put into a value stays inside its quotes: quotes, backslashes and
// control characters are escaped, bytes that are no UTF-8 are replaced, and of more than 2 KiB the
// beginning is shown.
std::string format_log_line(LogFormat format, WallTime time, LogLevel level,
                            std::string_view message, std::span<const LogField> fields);

// RFC 3339, UTC, milliseconds.
std::string time_text(WallTime time);

}  // namespace swim::server
