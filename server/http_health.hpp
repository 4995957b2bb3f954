// Whether this node works (/healthz) and whether an application may start to rely on it (/readyz).
// Never a function of how its peers are: else one partition would take every application out of
// its Service. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/snapshot.hpp"
#include "server/http_source.hpp"

namespace swim::server {

// A loop that has not turned for longer is stuck. An idle one turns at least once a second.
inline constexpr Duration loop_stuck_after = std::chrono::seconds(10);

// Watches the engine's loop from outside, once a second.
class NodeWatch {
 public:
  void observe(TimePoint now, std::uint64_t loop_turns, std::uint64_t auth_drops);
  Duration stalled() const { return stalled_; }
  std::uint64_t auth_drops_last_minute() const;

 private:
  bool started_{};
  TimePoint seen_{};
  std::uint64_t turns_{};
  Duration stalled_{};
  std::deque<std::pair<TimePoint, std::uint64_t>> auth_drops_;
};

struct HealthCheck {
  std::string name;
  bool ok{};
  std::string text;  // what is wrong, or worth knowing; may be empty
};

struct Health {
  std::vector<HealthCheck> checks;
  bool ok() const;
};

Health healthz(const Look& look);

// Joined; or let in by nobody within the join timeout, alone or not; and not LEFT. Apps are shown
// where some attached, and never fail it: one that comes back waits for this before it attaches.
Health readyz(const Look& look);
HealthCheck joined_check(const Snapshot& snapshot, bool ever_joined, Duration uptime,
                         Duration join_timeout);

// "ok", or with `verbose`, and always when something failed, a line for each check as the
// Kubernetes API server writes them: "[+]joined ok".
std::string health_text(const char* name, const Health& health, bool verbose);

}  // namespace swim::server
