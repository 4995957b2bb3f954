// Messages as lines and as JSON. Pure, but for the local time zone.
#pragma once

#include <swim/v1/messaging.pb.h>

#include <string>

#include "cli/text/duration.hpp"
#include "cli/text/style.hpp"

namespace swim::cli {

// "12:03:04.120  web-1  orders.new  payload", the date before it if that is not the one of `now`,
// which is since the Unix epoch; no newline.
std::string message_line(const v1::ReceivedMessage& message, Nanoseconds now, const Style& style);
// Proto3 JSON of the message on one line, with "type":"MESSAGE" in front, and "text" at its end
// where the payload is UTF-8.
std::string message_json(const v1::ReceivedMessage& message);

// "missed 12 messages: …"
std::string gap_text(const v1::MessageGap& gap);
std::string gap_json(const v1::MessageGap& gap);
std::string reset_text(const v1::MessageReset& reset);
std::string reset_json(const v1::MessageReset& reset);

}  // namespace swim::cli
