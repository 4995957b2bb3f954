// Plays a schedule of faults in a world, and mends everything at the end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "core/sim/faults.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

// Must live as long as its world runs. The world has all its nodes before the first fault; twins
// are added behind them.
class FaultPlayer {
 public:
  explicit FaultPlayer(World& world) : world_(world), usual_(world.network()) {}
  FaultPlayer(const FaultPlayer&) = delete;
  FaultPlayer& operator=(const FaultPlayer&) = delete;

  // From now on.
  void play(const Schedule& schedule);
  // Mends the network, wakes who sleeps, starts who is down, ends twins. Faults that are still to
  // come do nothing.
  void calm();

  // How often a fault of each kind had its effect.
  const std::array<std::uint64_t, fault_kinds>& counts() const { return counts_; }

 private:
  void begin(const Fault& fault);
  void end(const Fault& fault);
  bool apply(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_process(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_all(const Fault& fault);
  bool apply_work(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_app(const Fault& fault, NodeId subject);
  bool leave(NodeId subject);
  bool start_twin(NodeId subject);
  void start(NodeId node);
  void resume(NodeId node);
  void unblock(NodeId node);
  void move(NodeId subject);
  std::vector<NodeId> in_a_row(const Fault& fault) const;
  // fault_player_network.cpp
  bool apply_to_network(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_links(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_conditions(const Fault& fault);
  void end_on_network(const Fault& fault, NodeId subject, NodeId other);
  void end_of_conditions(FaultKind kind);
  void isolate(NodeId subject, bool outwards, bool cut);
  void divide(std::uint32_t seed);
  void lose_between_zones(NodeId subject, NodeId other, std::uint32_t ppm);
  void flap(const Fault& fault, TimePoint until, bool down);
  void set_flapping(const Fault& fault, bool down);

  std::uint32_t regulars() const {
    return static_cast<std::uint32_t>(world_.size() - twins_.size());
  }
  std::vector<NodeId> regular_nodes() const;
  NodeId pick(std::uint32_t number) const;

  World& world_;
  Conditions usual_;
  std::array<std::uint64_t, fault_kinds> counts_{};
  std::map<NodeId, NodeId> twins_;  // by whose they are
  std::uint64_t serial_{};          // makes payloads, metadata and addresses unlike all before
  bool over_{};
};

}  // namespace swim::sim
