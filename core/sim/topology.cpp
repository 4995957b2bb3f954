#include "core/sim/topology.hpp"

namespace swim::sim {

bool Topology::reaches(NodeId from, NodeId to) const {
  const Host& source = hosts_[index_of(from)];
  const Host& target = hosts_[index_of(to)];
  return source.up && target.up && source.side == target.side &&
         (cuts_.empty() || !cuts_.contains(pair(from, to)));
}

std::uint32_t Topology::loss_ppm(NodeId from, NodeId to) const {
  if (losses_.empty()) {
    return 0;
  }
  const auto found = losses_.find(pair(from, to));
  return found == losses_.end() ? 0 : found->second;
}

void Topology::lose_one_way(NodeId from, NodeId to, std::uint32_t ppm) {
  if (ppm == 0) {
    losses_.erase(pair(from, to));
  } else {
    losses_[pair(from, to)] = ppm;
  }
}

void Topology::unite() {
  for (Host& host : hosts_) {
    host.side = 0;
  }
}

void Topology::heal() {
  unite();
  cuts_.clear();
  losses_.clear();
}

}  // namespace swim::sim
