// Member events as lines of the log.
#pragma once

#include <cstdint>
#include <mutex>

#include "core/engine/event.hpp"
#include "core/runtime/event_log.hpp"
#include "server/fan_out.hpp"
#include "server/logger.hpp"

namespace swim::server {

class EventReporter final : public Listener {
 public:
  // Both must outlive the reporter.
  EventReporter(runtime::EventLog<MemberEvent>& events, Logger& logger)
      : events_(events), logger_(logger) {}

  TimePoint wake(TimePoint now) override;
  void end() override;

 private:
  void catch_up();
  void report(const MemberEvent& event);

  runtime::EventLog<MemberEvent>& events_;
  Logger& logger_;
  std::mutex mutex_;
  std::uint64_t cursor_{};
};

}  // namespace swim::server
