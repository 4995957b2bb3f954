// Keeps grpc.health.v1 true: SERVING while the node is joined, or alone for long enough, as /readyz
// says it (which also fails where the engine is stuck), so NOT_SERVING before the join, after LEFT,
// and once it shuts down.
#pragma once

#include <grpcpp/health_check_service_interface.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/runtime.hpp"
#include "server/fan_out.hpp"

namespace swim::server {

class HealthReporter final : public Listener {
 public:
  // The health service of one gRPC server, and the services that it answers for.
  struct Target {
    grpc::HealthCheckServiceInterface* health;
    std::vector<std::string> services;  // "" stands for the server as a whole
  };

  // Everything given must outlive the reporter, or end() must have been called. `started`: when the
  // node did.
  HealthReporter(const runtime::Runtime& runtime, Duration join_timeout, TimePoint started,
                 std::vector<Target> targets);

  TimePoint wake(TimePoint now) override;
  void end() override;

 private:
  bool ready(TimePoint now) const;
  void report(bool serving);

  const runtime::Runtime& runtime_;
  const Duration join_timeout_;
  const TimePoint started_;
  std::mutex mutex_;
  std::vector<Target> targets_;
  std::optional<bool> reported_;
  bool ended_{};
};

}  // namespace swim::server
