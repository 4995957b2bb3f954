// Virtual UDP: latency with a long tail and by zone, loss, duplication, reordering, corruption, and
// who owns which address. A datagram is judged when it is sent and again when it arrives, so that a
// cut stops what is under way.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/prng.hpp"
#include "core/base/time.hpp"
#include "core/sim/event_queue.hpp"
#include "core/sim/topology.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

// How the whole network behaves. Probabilities in parts per million, of each datagram.
struct Conditions {
  Duration latency_min{std::chrono::microseconds(50)};
  Duration latency_max{std::chrono::microseconds(500)};
  // The long tail: so many take longer by so much.
  std::uint32_t tail_ppm{};
  Duration tail_min{std::chrono::milliseconds(20)};
  Duration tail_max{std::chrono::milliseconds(500)};
  Duration between_zones{};  // what a trip from one zone to another takes longer
  std::uint32_t loss_ppm{};
  std::uint32_t duplicate_ppm{};
  std::uint32_t reorder_ppm{};
  Duration reorder_max{
      std::chrono::milliseconds(20)};  // the most that a reordered datagram is held
  std::uint32_t corrupt_ppm{};
};

struct NetworkCounts {
  std::uint64_t sent{}, delivered{}, bytes{};
  std::uint64_t lost{}, cut{}, duplicated{}, reordered{}, corrupted{}, to_nobody{}, refused{};
  // Trips, of segments of streams too: in the long tail, and longer for the zones at their ends.
  std::uint64_t in_tail{}, far{};
};

class Network {
 public:
  Network(EventQueue& queue, Prng& prng, Topology& topology)
      : queue_(queue), prng_(prng), topology_(topology) {}

  Conditions& conditions() { return conditions_; }
  const Conditions& conditions() const { return conditions_; }
  const NetworkCounts& counts() const { return counts_; }

  // The last who takes an address has it.
  void take_address(const Endpoint& address, NodeId node);
  void give_up_address(const Endpoint& address, NodeId node);
  std::optional<NodeId> owner(const Endpoint& address) const;

  void send(NodeId from, const Endpoint& source, const Endpoint& to, Bytes bytes);

  struct Arrival {
    NodeId to{};
    Endpoint source;
    NodeId from{};
    MutableBytes bytes;  // until done(index)
  };
  // nullopt: it got lost on the way. Call done() in either case.
  std::optional<Arrival> arrive(std::uint32_t index);
  // Nobody listens there: its host tells the sender, for whom refused() has it some time later.
  // In place of done().
  void refuse(std::uint32_t index);
  struct Refusal {
    NodeId to{};  // who had sent it
    Endpoint from;
    Bytes quoted;  // until done(index)
  };
  std::optional<Refusal> refused(std::uint32_t index);
  void done(std::uint32_t index) { free_.push_back(index); }

  // One trip of a packet.
  Duration draw_latency(NodeId from, NodeId to);
  // What TCP adds to a trip where packets are lost: it sends again after 200 ms, 400 ms …
  Duration draw_retransmission(NodeId from, NodeId to, Duration first);

 private:
  struct Datagram {
    NodeId from{};
    NodeId target{};        // who had `to` …
    std::uint64_t moves{};  // … when so many addresses had changed hands
    Endpoint source;
    Endpoint to;
    ByteVector bytes;
  };
  void launch(NodeId from, NodeId target, const Endpoint& source, const Endpoint& to, Bytes bytes);
  void corrupt(MutableBytes bytes);

  EventQueue& queue_;
  Prng& prng_;
  Topology& topology_;
  Conditions conditions_;
  NetworkCounts counts_;
  boost::unordered_flat_map<Endpoint, NodeId, std::hash<Endpoint>> owners_;
  std::uint64_t moves_{};            // of addresses
  std::vector<Datagram> datagrams_;  // under way, by index; buffers are used again
  std::vector<std::uint32_t> free_;
};

}  // namespace swim::sim
