// Where the HTTP side gets its values from, and one look at all of them. The pages and metrics are
// pure functions of such a look, so that each can be tested against values made by hand.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/engine/event.hpp"
#include "core/engine/snapshot.hpp"
#include "core/runtime/runtime.hpp"
#include "server/http_facts.hpp"
#include "server/process_stats.hpp"

namespace swim::server {

// Called on the HTTP thread.
struct NodeSource {
  std::string node_name;
  std::string cluster_label;
  std::function<std::shared_ptr<const Snapshot>()> snapshot;
  std::function<std::shared_ptr<const runtime::NodeView>()> view;
  // The newest events, oldest first, at most so many.
  std::function<std::vector<MemberEvent>(std::size_t)> last_events;
};

// `runtime` must outlive the source.
NodeSource source_of(runtime::Runtime& runtime);

struct Look {
  std::string node_name;
  std::string cluster_label;
  std::shared_ptr<const Snapshot> snapshot;       // never null
  std::shared_ptr<const runtime::NodeView> view;  // never null
  std::vector<MemberEvent> events;                // oldest first
  ServerFacts facts;
  std::array<std::uint64_t, 4> log_lines{};  // by LogLevel
  ProcessStats process;
  WallTime now;
  Duration uptime{};        // of the HTTP server
  Duration join_timeout{};  // see HttpSettings
  Duration stalled{};       // how long the engine's loop has not turned, while we did
  std::uint64_t auth_drops_last_minute{};
};

}  // namespace swim::server
