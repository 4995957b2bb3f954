// GetNodeStatus: what a node says about itself. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/engine/snapshot.hpp"
#include "core/runtime/runtime.hpp"
#include "server/stream_gate.hpp"
#include "swim/v1/membership.pb.h"

namespace swim::server {

struct NodeStatusInput {
  const Snapshot& snapshot;
  const runtime::NodeView& view;
  const StreamGate& streams;
  const std::string& cluster;
  const std::string& version;
  std::size_t keys{};
  Duration join_timeout{};
  WallTime now;
};

void fill(const NodeStatusInput& input, ::swim::v1::GetNodeStatusResponse& out);

// Joined, or alone on purpose or because nobody answered within the join timeout; and not LEFT.
bool is_ready(const Snapshot& snapshot, const runtime::NodeView& view, Duration join_timeout,
              WallTime now);

}  // namespace swim::server
