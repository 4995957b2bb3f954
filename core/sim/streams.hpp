// Virtual TCP, as a driver of engines sees it: a connection is made by the kernel of the other host
// (also while the process there is stopped), refused where no process listens, and met with silence
// where the host is cut off. Data comes whole and in order, late where packets are lost, and is
// split at random.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/prng.hpp"
#include "core/engine/engine.hpp"
#include "core/sim/event_queue.hpp"
#include "core/sim/network.hpp"
#include "core/sim/topology.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

// One end of a connection. Stays harmless when the connection is gone.
struct EndRef {
  std::uint32_t connection{};
  std::uint32_t generation{};
  std::uint32_t side{};  // 0: who opened it, 1: who accepted it
};

// What a process hears from its sockets.
struct StreamInput {
  enum class What : std::uint8_t { accepted, opened, data, closed };
  What what{};
  EndRef end{};
  Endpoint from{};     // accepted
  ByteVector bytes{};  // data
  StreamEnd why{};     // closed
};

struct StreamCounts {
  std::uint64_t opened{}, established{}, refused{}, timed_out{}, reset{}, bytes{}, delayed{};
  std::uint64_t queued_most{};  // bytes written to one end and not there yet, at a time
};

class Streams {
 public:
  // The processes at the ends.
  class Processes {
   public:
    // The run that listens on the node now; nullopt: none.
    virtual std::optional<RunId> listener(NodeId node) const = 0;
    virtual void deliver(RunId run, StreamInput input) = 0;

   protected:
    ~Processes() = default;
  };

  Streams(EventQueue& queue, Prng& prng, Topology& topology, Network& network, Processes& processes)
      : queue_(queue), prng_(prng), topology_(topology), network_(network), processes_(processes) {}

  // ---- what a process does ----
  EndRef open(RunId by, const Endpoint& source, const Endpoint& to, StreamId id, TimePoint give_up);
  void accept(EndRef end, StreamId id) { find(end)->id = id; }
  void refuse(EndRef end);  // accepted by the kernel, unwanted by the process
  void write(EndRef end, ByteVector bytes);
  void close(EndRef end);
  // The process has heard that the stream ended.
  void forget(EndRef end);
  // The process ended. Its host says so to the peers, unless it is gone with it.
  void process_ended(RunId run, bool host_up);

  // The id by which the process knows an end; nullopt: it closed it, or has not accepted it yet.
  std::optional<StreamId> id_of(EndRef end) const;

  // ---- what the queue says ----
  void on_segment(std::uint32_t connection, std::uint64_t detail);
  void on_connect_timeout(std::uint32_t connection, std::uint64_t detail);

  const StreamCounts& counts() const { return counts_; }
  std::size_t open_connections() const { return connections_.size() - free_.size(); }

 private:
  struct Segment {
    enum class Kind : std::uint8_t { syn, syn_ack, refused, data, fin, reset };
    Kind kind{};
    ByteVector bytes{};
  };
  struct End {
    RunId run{};
    Endpoint address{};
    std::optional<StreamId> id{};
    bool held{};  // the process has not closed it, nor heard of its end
    bool established{};
    bool ended{};                    // its end is told, once
    std::vector<Segment> inbound{};  // on the way to this end, in order; few
    std::size_t queued{};            // bytes in them
    TimePoint last_due{};            // of the newest inbound segment
    Duration patience{};             // before the next try to reach this end
  };
  struct Connection {
    std::uint32_t generation{1};
    bool used{};
    std::uint32_t pending{};  // happenings in the queue that name it
    std::array<End, 2> ends;
  };

  Connection* connection_of(EndRef end);
  const Connection* connection_of(EndRef end) const;
  End* find(EndRef end);
  const End* find(EndRef end) const;
  void answer(EndRef from, Segment::Kind kind, Duration patience);
  void transmit(EndRef to, Segment segment, Duration extra = {});
  void schedule(EndRef end, TimePoint at, Happening what);
  void receive(EndRef at, Segment segment);
  void on_syn(EndRef at);
  void on_answer(EndRef at, bool accepted);
  void on_data(EndRef at, ByteVector bytes);
  void end_by_peer(EndRef at, StreamEnd why);
  void hang_up(EndRef from);  // tells the other end that nobody listens here
  void tell(EndRef at, StreamInput input);
  void settle(EndRef end);

  EventQueue& queue_;
  Prng& prng_;
  Topology& topology_;
  Network& network_;
  Processes& processes_;
  StreamCounts counts_;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> free_;
};

}  // namespace swim::sim
