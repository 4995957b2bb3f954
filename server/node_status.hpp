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
  Duration uptime{};
};

void fill(const NodeStatusInput& input, ::swim::v1::GetNodeStatusResponse& out);

}  // namespace swim::server
