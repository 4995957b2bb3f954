// Who reaches whom: cuts between pairs, partitions into sides, lost hosts, clogged ways, zones that
// are far from each other. Directed: a cut may have one way only.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/time.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

class Topology {
 public:
  void add_node() { hosts_.emplace_back(); }

  bool reaches(NodeId from, NodeId to) const;
  // Packets lost on this way, beside what the whole network loses.
  std::uint32_t loss_ppm(NodeId from, NodeId to) const;

  void cut_one_way(NodeId from, NodeId to) { cuts_.insert(pair(from, to)); }
  void mend_one_way(NodeId from, NodeId to) { cuts_.erase(pair(from, to)); }
  void lose_one_way(NodeId from, NodeId to, std::uint32_t ppm);
  // Of all that the node sends, and of all that is sent to it.
  void lose_outgoing(NodeId from, std::uint32_t ppm) { hosts_[index_of(from)].lost_out = ppm; }
  void lose_incoming(NodeId to, std::uint32_t ppm) { hosts_[index_of(to)].lost_in = ppm; }
  // Until then all on this way is held; it arrives soon after.
  void clog_one_way(NodeId from, NodeId to, TimePoint until) { clogs_[pair(from, to)] = until; }
  // When what is sent now sets out.
  TimePoint departs(NodeId from, NodeId to, TimePoint now) const;
  // All are in zone 0 at first.
  void set_zone(NodeId node, std::uint32_t zone) { hosts_[index_of(node)].zone = zone; }
  bool same_zone(NodeId a, NodeId b) const {
    return hosts_[index_of(a)].zone == hosts_[index_of(b)].zone;
  }
  // What a trip between the zones of these two takes longer, both ways; within one zone where they
  // are of the same.
  void delay_zones(NodeId a, NodeId b, Duration longer);
  Duration delay(NodeId from, NodeId to) const;
  // Nodes of different sides don't reach each other. All are on side 0 at first.
  void set_side(NodeId node, std::uint32_t side) { hosts_[index_of(node)].side = side; }
  void unite();
  // A host that is down is silent: neither refusals nor resets come from it.
  void set_up(NodeId node, bool up) { hosts_[index_of(node)].up = up; }
  bool up(NodeId node) const { return hosts_[index_of(node)].up; }
  // Mends every cut, loss, delay and partition, and lets go on what is clogged. Hosts that are down
  // stay down.
  void heal();

 private:
  struct Host {
    std::uint32_t side{};
    std::uint32_t zone{};
    bool up{true};
    std::uint32_t lost_out{}, lost_in{};  // ppm
  };
  static std::uint64_t pair(NodeId from, NodeId to) {
    return (std::uint64_t{index_of(from)} << 32U) | index_of(to);
  }
  std::uint64_t zones(NodeId a, NodeId b) const;

  std::vector<Host> hosts_;
  boost::unordered_flat_set<std::uint64_t> cuts_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> losses_;
  boost::unordered_flat_map<std::uint64_t, TimePoint> clogs_;
  boost::unordered_flat_map<std::uint64_t, Duration> delays_;  // by zones
};

}  // namespace swim::sim
