#include "core/sim/topology.hpp"

#include <algorithm>

namespace swim::sim {

namespace {
// Of two independent losses, both in ppm.
std::uint32_t either(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint32_t>(a + b - a * b / ppm_max);
}
}  // namespace

bool Topology::reaches(NodeId from, NodeId to) const {
  const Host& source = hosts_[index_of(from)];
  const Host& target = hosts_[index_of(to)];
  return source.up && target.up && source.side == target.side &&
         (cuts_.empty() || !cuts_.contains(pair(from, to)));
}

std::uint32_t Topology::loss_ppm(NodeId from, NodeId to) const {
  const std::uint32_t hosts = either(hosts_[index_of(from)].lost_out, hosts_[index_of(to)].lost_in);
  if (losses_.empty()) {
    return hosts;
  }
  const auto found = losses_.find(pair(from, to));
  return found == losses_.end() ? hosts : either(hosts, found->second);
}

void Topology::lose_one_way(NodeId from, NodeId to, std::uint32_t ppm) {
  if (ppm == 0) {
    losses_.erase(pair(from, to));
  } else {
    losses_[pair(from, to)] = ppm;
  }
}

TimePoint Topology::departs(NodeId from, NodeId to, TimePoint now) const {
  if (clogs_.empty()) {
    return now;
  }
  const auto found = clogs_.find(pair(from, to));
  return found == clogs_.end() ? now : std::max(now, found->second);
}

// Of either order.
std::uint64_t Topology::zones(NodeId a, NodeId b) const {
  const auto [low, high] = std::minmax(hosts_[index_of(a)].zone, hosts_[index_of(b)].zone);
  return (std::uint64_t{low} << 32U) | high;
}

void Topology::delay_zones(NodeId a, NodeId b, Duration longer) {
  if (longer == Duration::zero()) {
    delays_.erase(zones(a, b));
  } else {
    delays_[zones(a, b)] = longer;
  }
}

Duration Topology::delay(NodeId from, NodeId to) const {
  if (delays_.empty()) {
    return {};
  }
  const auto found = delays_.find(zones(from, to));
  return found == delays_.end() ? Duration{} : found->second;
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
  clogs_.clear();
  delays_.clear();
  for (Host& host : hosts_) {
    host.lost_out = host.lost_in = 0;
  }
}

}  // namespace swim::sim
