#include "cli/format/message_text.hpp"

#include "cli/format/json.hpp"
#include "cli/format/names.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

// {"type":NAME, and then the fields of the message.
std::string with_type(const char* name, const google::protobuf::Message& message) {
  const std::string fields = to_json(message, JsonShape::one_line);
  const std::string type = std::string("{\"type\":\"") + name + "\"";
  return fields == "{}" ? type + "}" : type + "," + fields.substr(1);
}

}  // namespace

std::string message_line(const v1::ReceivedMessage& message, Nanoseconds now, const Style& style) {
  std::string text = style.paint(local_time(message.receive_time(), now), Color::dim) + "  ";
  text += style.paint(printable(message.origin()), Color::bold);
  text += (message.broadcast() ? "  " : " → this node  ");
  text += style.paint(printable(message.topic()), Color::blue);
  return text + "  " + printable(message.payload());
}

std::string message_json(const v1::ReceivedMessage& message) {
  std::string text = with_type("MESSAGE", message);
  if (is_utf8(message.payload())) {
    JsonWriter value(JsonShape::one_line);
    value.string(message.payload());
    text.insert(text.size() - 1, ",\"text\":" + value.text());
  }
  return text;
}

std::string gap_text(const v1::MessageGap& gap) {
  std::string text = "missed " + counted(gap.missed(), "message");
  if (!gap.origin().empty()) {
    text += " of " + printable(gap.origin()) + ", " + std::to_string(gap.first_sequence()) +
            " to " + std::to_string(gap.last_sequence());
  }
  if (gap.reason() == v1::MessageGap::REASON_OVERRUN) {
    text += ": read too slowly, or was away for too long";
  } else if (gap.reason() == v1::MessageGap::REASON_LOST) {
    text += ": no member that could be asked still had them";
  }
  return text;
}

std::string gap_json(const v1::MessageGap& gap) {
  return with_type("GAP", gap);
}

std::string reset_text(const v1::MessageReset& reset) {
  return "the stream starts anew (" + short_name(reset.reason()) +
         "): what was missed in between is not known";
}

std::string reset_json(const v1::MessageReset& reset) {
  return with_type("RESET", reset);
}

}  // namespace swim::cli
