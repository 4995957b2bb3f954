#include "cli/format/event_text.hpp"

#include <algorithm>
#include <cctype>

#include "cli/format/json.hpp"
#include "cli/format/names.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

// "PROBE_REFUSED" → "probe refused"
std::string in_words(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '_' ? ' ' : static_cast<char>(std::tolower(c));
  });
  return name;
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t has = display_width(text);
  text.append(width > has ? width - has : 0, ' ');
  return text;
}

constexpr std::size_t type_width = 9;

std::string line(const std::string& clock, const std::string& type, Color color,
                 const std::string& name, const std::string& rest, const Style& style) {
  std::string text = style.paint(clock, Color::dim) + "  ";
  text += style.paint(padded(type, type_width), color) + "  " + printable(name);
  return rest.empty() ? text : text + "  " + style.paint(rest, Color::dim);
}

Color color_of_event(const v1::MemberEvent& event) {
  switch (event.type()) {
    case v1::MemberEvent::TYPE_CONFLICT:
    case v1::MemberEvent::TYPE_APP_LOST:
      return Color::red;
    case v1::MemberEvent::TYPE_EXPIRED:
      return Color::dim;
    default:
      return color_of(event.member().status());
  }
}

void append(std::string& text, const std::string& part) {
  text += (text.empty() ? "" : ", ") + part;
}

std::string circumstances(const v1::MemberEvent& event) {
  std::string text = event.app().empty() ? "" : "app " + printable(event.app());
  if (event.reason() != v1::MemberEvent::REASON_UNSPECIFIED) {
    append(text, in_words(short_name(event.reason())));
  }
  if (!event.accuser().empty()) {
    append(text, "said " + printable(event.accuser()));
  }
  const auto before = event.previous_status();
  if (before != v1::MEMBER_STATUS_UNSPECIFIED && before != event.member().status()) {
    append(text, "was " + short_name(before));
  }
  const bool moved = event.type() == v1::MemberEvent::TYPE_JOINED ||
                     event.type() == v1::MemberEvent::TYPE_REPLACED ||
                     event.reason() == v1::MemberEvent::REASON_ADDRESS;
  if (moved) {
    append(text, "at " + address_text(event.member()));
  }
  if (event.reason() == v1::MemberEvent::REASON_LABELS) {
    append(text, printable(labels_text(event.member())));
  }
  return text;
}

// How a member is not as it was known, empty if it is. Times and revisions are left aside.
std::string difference(const v1::Member& before, const v1::Member& now) {
  if (before.status() != now.status()) {
    return "meanwhile, was " + short_name(before.status());
  }
  if (before.uid() != now.uid()) {
    return "meanwhile, now another run of it";
  }
  if (address_text(before) != address_text(now)) {
    return "meanwhile, now at " + address_text(now);
  }
  if (apps_text(before) != apps_text(now)) {
    return "meanwhile, apps now: " + apps_text(now);
  }
  return labels_text(before) == labels_text(now) ? ""
                                                 : "meanwhile, now " + printable(labels_text(now));
}

}  // namespace

std::string event_line(const v1::MemberEvent& event, Nanoseconds now, const Style& style) {
  return line(local_time(event.event_time(), now), short_name(event.type()), color_of_event(event),
              event.member().name(), circumstances(event), style);
}

std::string event_json(const v1::MemberEvent& event) {
  JsonWriter json(JsonShape::one_line);
  json.begin_object();
  json.key("type");
  json.string(short_name(event.type()));
  json.key("reason");
  json.string(short_name(event.reason()));
  json.key("name");
  json.string(event.member().name());
  json.key("previousStatus");
  json.string(short_name(event.previous_status()));
  json.key("eventTime");
  json.message(event.event_time());
  json.key("revision");
  json.string(std::to_string(event.revision()));
  json.key("accuser");
  json.string(event.accuser());
  json.key("member");
  json.message(event.member());
  json.key("app");
  json.string(event.app());
  json.key("noLongerMatches");
  json.literal(event.no_longer_matches() ? "true" : "false");
  json.end_object();
  return json.text();
}

std::string snapshot_json(v1::MemberSnapshot::Reason reason, std::uint64_t revision,
                          const MemberMap& members) {
  JsonWriter json(JsonShape::one_line);
  json.begin_object();
  json.key("type");
  json.string("SNAPSHOT");
  json.key("reason");
  json.string(short_name(reason));
  json.key("revision");
  json.string(std::to_string(revision));
  json.key("members");
  json.begin_array();
  for (const auto& [name, member] : members) {
    json.message(member);
  }
  json.end_array();
  json.end_object();
  return json.text();
}

std::vector<std::string> snapshot_lines(v1::MemberSnapshot::Reason reason, const MemberMap* before,
                                        const MemberMap& now, const std::string& clock,
                                        const Style& style) {
  const bool first = reason == v1::MemberSnapshot::REASON_INITIAL;
  std::vector<std::string> lines{line(clock, "SNAPSHOT", Color::bold, summary(now),
                                      first ? "" : in_words(short_name(reason)), style)};
  if (first || before == nullptr) {
    return lines;
  }
  for (const auto& [name, member] : now) {
    const auto known = before->find(name);
    const std::string rest =
        known == before->end() ? "meanwhile, was not listed" : difference(known->second, member);
    if (!rest.empty()) {
      lines.push_back(
          line(clock, short_name(member.status()), color_of(member.status()), name, rest, style));
    }
  }
  for (const auto& [name, member] : *before) {
    if (now.find(name) == now.end()) {
      lines.push_back(line(clock, "GONE", Color::dim, name,
                           "meanwhile, was " + short_name(member.status()), style));
    }
  }
  return lines;
}

}  // namespace swim::cli
