#include "server/health_reporter.hpp"

#include <utility>

namespace swim::server {
namespace {

// The state moves without an event, so it is looked at.
constexpr Duration look_interval = std::chrono::milliseconds(100);

}  // namespace

bool HealthReporter::serves(NodeState state) {
  return state == NodeState::running || state == NodeState::draining;
}

HealthReporter::HealthReporter(const runtime::Runtime& runtime, std::vector<Target> targets)
    : runtime_(runtime), targets_(std::move(targets)) {
  report(serves(runtime_.snapshot()->state));
}

TimePoint HealthReporter::wake(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (ended_) {
    return TimePoint::max();
  }
  report(serves(runtime_.snapshot()->state));
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
