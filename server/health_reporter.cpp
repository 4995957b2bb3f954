#include "server/health_reporter.hpp"

#include <utility>

#include "core/runtime/clock.hpp"
#include "server/http_health.hpp"

namespace swim::server {
namespace {

// The state moves without an event, so it is looked at.
constexpr Duration look_interval = std::chrono::milliseconds(100);

}  // namespace

HealthReporter::HealthReporter(const runtime::Runtime& runtime, Duration join_timeout,
                               TimePoint started, std::vector<Target> targets)
    : runtime_(runtime),
      join_timeout_(join_timeout),
      started_(started),
      targets_(std::move(targets)) {
  report(ready(runtime::steady_now()));
}

bool HealthReporter::ready(TimePoint now) const {
  return joined_check(*runtime_.snapshot(), runtime_.view()->joined.has_value(), now - started_,
                      join_timeout_)
      .ok;
}

TimePoint HealthReporter::wake(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (ended_) {
    return TimePoint::max();
  }
  report(ready(now));
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
