#include "server/http_health.hpp"

#include <algorithm>

#include "core/engine/peer_list.hpp"
#include "server/settings_types.hpp"

namespace swim::server {
namespace {

// Of a longer pause of our own thread only so much counts against the engine: then the whole
// process stood still, and the engine had no chance either.
constexpr Duration longest_step = std::chrono::seconds(2);
constexpr Duration recent = std::chrono::minutes(1);

Duration whole_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration);
}

HealthCheck apps_check(const wire::AppStates& apps) {
  std::string text;
  for (const wire::AppState& app : apps) {
    text += (text.empty() ? "" : ", ") + app.name + (app.lost ? " lost" : " attached");
  }
  return {"apps", true, text};
}

HealthCheck loop_check(const Look& look) {
  if (look.stalled <= loop_stuck_after) {
    return {"loop", true, ""};
  }
  return {"loop", false,
          "the engine has not moved for " + to_text(whole_seconds(look.stalled)) +
              "; it is stuck, restart this process"};
}

}  // namespace

void NodeWatch::observe(TimePoint now, std::uint64_t loop_turns, std::uint64_t auth_drops) {
  if (!started_ || loop_turns != turns_) {
    stalled_ = {};
  } else {
    stalled_ += std::min(now - seen_, longest_step);
  }
  started_ = true;
  seen_ = now;
  turns_ = loop_turns;
  auth_drops_.emplace_back(now, auth_drops);
  while (auth_drops_.size() > 1 && auth_drops_.front().first + recent < now) {
    auth_drops_.pop_front();
  }
}

std::uint64_t NodeWatch::auth_drops_last_minute() const {
  return auth_drops_.empty() ? 0 : auth_drops_.back().second - auth_drops_.front().second;
}

bool Health::ok() const {
  return std::all_of(checks.begin(), checks.end(), [](const HealthCheck& one) { return one.ok; });
}

Health healthz(const Look& look) {
  return {{loop_check(look)}};
}

HealthCheck joined_check(const Snapshot& snapshot, bool ever_joined, Duration uptime,
                         Duration join_timeout) {
  switch (snapshot.state) {
    case NodeState::left:
      return {"joined", false, "this node has left the cluster"};
    case NodeState::running:
    case NodeState::draining:
      return {"joined", true, ""};
    case NodeState::starting:
    case NodeState::joining:
      break;
  }
  if (ever_joined) {
    return {"joined", true, ""};
  }
  if (uptime >= join_timeout) {
    return {"joined", true,
            (is_alone(snapshot) ? "alone, nobody let this node in within "
                                : "known to others, but no seed let this node in within ") +
                to_text(join_timeout)};
  }
  return {"joined", false, "no other member has let this node in yet"};
}

Health readyz(const Look& look) {
  Health health{{loop_check(look), joined_check(*look.snapshot, look.view->joined.has_value(),
                                                look.uptime, look.join_timeout)}};
  if (look.snapshot->local && !look.snapshot->local->apps.empty()) {
    health.checks.push_back(apps_check(look.snapshot->local->apps));
  }
  return health;
}

std::string health_text(const char* name, const Health& health, bool verbose) {
  if (health.ok() && !verbose) {
    return "ok\n";
  }
  std::string text;
  for (const HealthCheck& check : health.checks) {
    text += (check.ok ? "[+]" : "[-]") + check.name + (check.ok ? " ok" : " failed");
    text += check.text.empty() ? "\n" : ": " + check.text + "\n";
  }
  return text + name + " check " + (health.ok() ? "passed" : "failed") + "\n";
}

}  // namespace swim::server
