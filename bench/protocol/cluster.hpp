// A simulated cluster under measurement: a world, the faults as the experiments define them, and
// what is counted meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "bench/protocol/measured.hpp"
#include "bench/protocol/verdicts.hpp"
#include "core/base/prng.hpp"
#include "core/sim/world.hpp"

namespace swim::bench {

using namespace std::chrono_literals;
using sim::NodeId;
using sim::World;

// The one-way latencies of the field's numbers, and their loss in percent.
sim::Conditions lan_conditions(Duration latency_min, Duration latency_max, double loss_percent);

class Cluster {
 public:
  Cluster(std::uint64_t seed, std::size_t nodes, const Config& config);

  World& world() { return world_; }
  Verdicts& verdicts() { return verdicts_; }
  // Hears every member event after it has been counted.
  void listen(std::function<void(NodeId observer, const MemberEvent&)> listener) {
    listener_ = std::move(listener);
  }
  // Draws of the experiment. The same for all configurations of a seed, whatever their worlds draw.
  Prng& prng() { return prng_; }
  std::size_t size() const { return nodes_.size(); }
  NodeId node(std::size_t index) const { return nodes_[index]; }
  // `count` of them, each equally likely; the first node is never among them: it is the seed of the
  // others.
  std::vector<NodeId> some(std::size_t count);

  // All run and have known each other for long, on a perfect network. Then the network becomes
  // `conditions`, and counting begins.
  // False: somebody did not know all, or did not fall quiet.
  bool form(const sim::Conditions& conditions);
  // Nothing is left to gossip.
  bool quiet() const;
  // False where it does not come to that.
  bool wait_quiet(Duration limit);
  // Everybody lists all, alive.
  bool complete() const { return world_.all_see(nodes_.size()); }
  // Whom a member has in its group, suspect or not.
  std::size_t listed(NodeId by) const {
    return world_.count(by, MemberStatus::alive) + world_.count(by, MemberStatus::suspect);
  }
  bool wait_complete(Duration limit) {
    return wait([&] { return complete(); }, limit);
  }
  // Looks at `done` every 10 ms of virtual time; false where the limit came first.
  bool wait(const std::function<bool()>& done, Duration limit, Duration step = 10ms);

  // ---- faults ----
  // The process is killed; `host_too`: nobody hears anything of its host. Everybody healthy should
  // find out.
  void kill(NodeId node, bool host_too = false);
  void revive(NodeId node);
  void block(NodeId node);
  // Healthy again when `grace` has passed.
  void unblock(NodeId node, Duration grace);
  void pause(NodeId node);
  void resume(NodeId node, Duration grace);
  void mark_faulty(NodeId node) { verdicts_.fault_begins(index_of(node)); }
  void mark_healthy(NodeId node, Duration grace) {
    verdicts_.fault_ends(index_of(node), world_.now(), grace);
  }
  std::vector<std::uint32_t> healthy_observers(NodeId of) const;
  // The whole network from now on; the counting begins anew.
  void set_network(const sim::Conditions& conditions);

  // ---- measurements ----
  void begin_load();
  // Of the members whose process ran all the time.
  void end_load(Measured& out) const;

 private:
  struct Sent {
    std::uint32_t run{};
    std::uint64_t datagrams{}, bytes{}, stream_bytes{};
  };
  Sent sent_by(NodeId node) const;
  void on_verdict(NodeId observer, const MemberEvent& event);

  Prng prng_;
  World world_;
  std::vector<NodeId> nodes_;
  Verdicts verdicts_;
  std::function<void(NodeId, const MemberEvent&)> listener_;
  TimePoint load_since_{};
  std::vector<Sent> load_;
};

double seconds(Duration duration);

}  // namespace swim::bench
