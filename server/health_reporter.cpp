#include "server/health_reporter.hpp"

#include <utility>

#include "core/runtime/clock.hpp"
#include "server/node_status.hpp"

namespace swim::server {
namespace {

// The state moves without an event, so it is looked at.
constexpr Duration look_interval = std::chrono::milliseconds(100);

}  // namespace

HealthReporter::HealthReporter(const runtime::Runtime& runtime, Duration join_timeout,
                               std::vector<Target> targets)
    : runtime_(runtime), join_timeout_(join_timeout), targets_(std::move(targets)) {
  report(ready());
}

bool HealthReporter::ready() const {
  return is_ready(*runtime_.snapshot(), *runtime_.view(), join_timeout_, runtime::wall_now());
}

TimePoint HealthReporter::wake(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (ended_) {
    return TimePoint::max();
  }
  report(ready());
  return now + look_interval;
}

void HealthReporter::end() {
  const std::lock_guard lock(mutex_);
  if (!ended_) {
    report(false);
    ended_ = true;
  }
}

void HealthReporter::report(bool serving) {
  if (reported_ == serving) {
    return;
  }
  reported_ = serving;
  for (const Target& target : targets_) {
    for (const std::string& service : target.services) {
      target.health->SetServingStatus(service, serving);
    }
  }
}

}  // namespace swim::server
