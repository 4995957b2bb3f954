#include "server/event_reporter.hpp"

#include <string>
#include <string_view>

namespace swim::server {
namespace {

constexpr std::size_t batch = 256;

LogLevel level_of(EventType type) {
  return type == EventType::failed || type == EventType::conflict || type == EventType::app_lost
             ? LogLevel::warn
             : LogLevel::info;
}

// Constants, because the log's limit counts by message.
std::string_view message_of(EventType type) {
  switch (type) {
    case EventType::joined:
      return "member joined";
    case EventType::updated:
      return "member updated";
    case EventType::suspected:
      return "member suspected";
    case EventType::refuted:
      return "member refuted a suspicion";
    case EventType::failed:
      return "member failed";
    case EventType::leaving:
      return "member is leaving";
    case EventType::left:
      return "member left";
    case EventType::replaced:
      return "member replaced by another run";
    case EventType::conflict:
      return "two processes claim one name";
    case EventType::expired:
      return "member forgotten";
    case EventType::app_lost:
      return "app of a member lost";
    case EventType::app_back:
      return "app of a member is back";
  }
  return "member event";
}

}  // namespace

TimePoint EventReporter::wake(TimePoint /*now*/) {
  catch_up();
  return TimePoint::max();
}

void EventReporter::end() {
  catch_up();
}

void EventReporter::catch_up() {
  const std::lock_guard lock(mutex_);
  while (true) {
    const auto read = events_.read_after(cursor_, batch);
    if (read.overrun) {
      logger_.log(LogLevel::warn, "more member events than the log could follow",
                  {{"missed", std::to_string(read.first - cursor_ - 1)}});
      cursor_ = read.first - 1;
      continue;
    }
    if (read.entries.empty()) {
      return;
    }
    for (const auto& entry : read.entries) {
      cursor_ = entry->position;
      report(entry->value);
    }
  }
}

void EventReporter::report(const MemberEvent& event) {
  const std::string address = to_string(event.member->address);
  const std::string reason(to_string(event.reason));
  const std::string revision = std::to_string(event.revision);
  if (event.type == EventType::suspected || event.type == EventType::failed) {
    logger_.log(level_of(event.type), message_of(event.type),
                {{"member", event.member->name},
                 {"address", address},
                 {"reason", reason},
                 {"accuser", event.accuser},
                 {"revision", revision}});
  } else if (!event.app.empty()) {
    logger_.log(level_of(event.type), message_of(event.type),
                {{"member", event.member->name},
                 {"app", event.app},
                 {"reason", reason},
                 {"revision", revision}});
  } else {
    logger_.log(level_of(event.type), message_of(event.type),
                {{"member", event.member->name},
                 {"address", address},
                 {"reason", reason},
                 {"revision", revision}});
  }
}

}  // namespace swim::server
