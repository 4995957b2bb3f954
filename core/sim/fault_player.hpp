// Plays a schedule of faults in a world, and mends everything at the end.
#pragma once

#include <array>
#include <cstdint>

#include "core/sim/faults.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

// Must live as long as its world runs.
class FaultPlayer {
 public:
  explicit FaultPlayer(World& world) : world_(world), usual_(world.network()) {}
  FaultPlayer(const FaultPlayer&) = delete;
  FaultPlayer& operator=(const FaultPlayer&) = delete;

  // From now on.
  void play(const Schedule& schedule);
  // Mends the network, wakes who sleeps, starts who is down. Faults that are still to come do
  // nothing.
  void calm();

  // How often a fault of each kind had its effect.
  const std::array<std::uint64_t, fault_kinds>& counts() const { return counts_; }

 private:
  void begin(const Fault& fault);
  void end(const Fault& fault);
  bool apply(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_process(const Fault& fault, NodeId subject, NodeId other);
  bool apply_to_network(const Fault& fault, NodeId subject, NodeId other);
  bool apply_work(const Fault& fault, NodeId subject, NodeId other);
  void end_on_network(const Fault& fault, NodeId subject, NodeId other);
  bool leave(NodeId subject);
  void isolate(NodeId subject, bool outwards, bool cut);
  void divide(std::uint32_t seed);
  NodeId pick(std::uint32_t number) const;

  World& world_;
  Conditions usual_;
  std::array<std::uint64_t, fault_kinds> counts_{};
  std::uint64_t serial_{};  // makes payloads, metadata and addresses unlike all before
  bool over_{};
};

}  // namespace swim::sim
