// One machine of a simulated world and the process on it: an engine, its sockets' queues, its
// clocks. A process that ends and starts again is a new run of the same node.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/base/prng.hpp"
#include "core/crypto/keyring.hpp"
#include "core/engine/engine.hpp"
#include "core/sim/streams.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

// What stands in a node's configuration.
struct NodeOptions {
  std::string name;
  Endpoint address;
  std::string label;
  crypto::Key key;
  Config config;
  ByteVector metadata;
  std::string zone;
  std::vector<NodeId> seeds;      // names that are looked up at each contact, as DNS would
  Duration wall_skew{};           // of this machine's wall clock, drift apart
  bool remembers{};               // peers' addresses, through restarts (snapshot.path)
  std::vector<Endpoint> peers{};  // what it remembers
};

// A machine without enough processor time: what comes in is read late, in order; its timers are
// punctual. Each input waits for a time of its own, and for those before it.
struct Starvation {
  Duration late_min{std::chrono::milliseconds(500)};
  Duration late_max{std::chrono::milliseconds(2500)};
  bool streams_too{true};  // off: only datagrams are late
  Duration each{};         // … and one is not read before this time after the one before it
};

// What one run of a process told its watchers.
struct RunHistory {
  std::vector<MemberEvent> events;
  std::vector<MessageReceived> messages;
  std::vector<MessagesLost> lost;
  std::unordered_map<std::uint64_t, OperationCompleted> completed;  // by operation
};

// What a node needs of the world that it stands in.
class Surroundings {
 public:
  virtual TimePoint now() const = 0;
  virtual WallTime wall_now() const = 0;
  virtual void send(NodeId from, const Endpoint& to, Bytes bytes) = 0;
  // Of the largest datagram's size: where a node writes what it sends next. All share it, since a
  // buffer of each would be cold in the cache whenever its node has its turn.
  virtual MutableBytes outgoing() = 0;
  virtual void wake_at(RunId run, TimePoint at) = 0;
  virtual void observed(RunId run, const Event& event) = 0;
  virtual void traced(NodeId node, const TraceRecord& record) = 0;
  virtual Streams& streams() = 0;
  virtual Descriptions& descriptions() = 0;
  virtual Prng& chance() = 0;

 protected:
  ~Surroundings() = default;
};

class Node {
 public:
  enum class State : std::uint8_t { off, running, paused };

  Node(NodeId id, NodeOptions options, Surroundings& world)
      : id_(id), world_(world), options_(std::move(options)) {}

  // ---- the process ----
  // The engine's seed and identifiers and the start of the steady clock come from `prng`.
  Expected<void> start(Prng& prng);
  void stop();  // the process is gone, whatever the reason
  // Its sockets' queues go on filling. `clock_stops`: the machine sleeps, steady clock included.
  void pause(bool clock_stops);
  void resume();
  // Lifeguard's anomaly: each send waits just before it is done, each input just after it came,
  // timers run. At the end everything goes out and then comes in, in order.
  void block();
  void unblock();
  // From now on, over restarts too; nullopt: it has time enough again.
  void starve(std::optional<Starvation> starvation) { starved_ = starvation; }

  // From now on this machine's wall clock gains so much on the world's; negative: it goes slow.
  // What it has gained stays.
  void drift(std::int32_t ppm);
  Duration wall_skew() const;  // all in all

  NodeId id() const { return id_; }
  RunId run() const { return {id_, run_}; }
  State state() const { return state_; }
  bool running() const { return state_ == State::running; }
  bool exists() const { return state_ != State::off; }  // running or paused
  bool blocked() const { return blocked_; }
  NodeOptions& options() { return options_; }
  const NodeOptions& options() const { return options_; }
  const std::string& name() const { return options_.name; }
  Moment now() const;

  // Only while it exists. After a command: drain().
  Engine& engine() { return *engine_; }
  const Engine& engine() const { return *engine_; }
  void drain();

  // ---- from the world ----
  void on_datagram(const Endpoint& from, MutableBytes bytes);
  void on_unreachable(const Endpoint& to, Bytes quoted);  // lost on whoever does not read now
  void on_stream(StreamInput input);
  void on_timer();

  // ---- what the run told ----
  RunHistory& history() { return history_; }
  const RunHistory& history() const { return history_; }
  std::uint64_t datagrams_overflowed() const { return overflowed_; }

 private:
  struct Ids final : RandomIds {
    Prng* prng{};
    std::uint64_t draw() override;
  };
  struct Sink final : TraceSink {
    Node* node{};
    void record(const TraceRecord& record, TimePoint now) override;
  };
  struct HeldDatagram {
    Endpoint from;
    ByteVector bytes;
  };
  using Held = std::variant<HeldDatagram, StreamInput>;
  using HeldSend = std::variant<HeldDatagram, StreamAction>;
  struct Late {
    TimePoint due;
    Held input;
  };

  void take(const Endpoint& from, MutableBytes bytes);
  void take(const StreamInput& input);
  void take(Held& input);
  void read_late(Held input);
  void read_what_is_due();
  std::deque<Held> take_backlog();
  void send(const Endpoint& to, Bytes datagram);
  void send(StreamAction action);
  void give_up_held_opens();
  void take_stream(const StreamInput& input, StreamId id);
  void act(StreamAction action);
  void catch_up();
  bool has_come(std::optional<TimePoint> moment) const;
  void forget_alarm();
  void read_deadline();
  void wake_for_deadline();
  TimePoint world_time(TimePoint steady) const { return TimePoint(steady - steady_offset_); }

  // What every wake-up looks at stands together: nodes take turns, and few find theirs in the
  // cache.
  NodeId id_;
  State state_{State::off};
  std::uint32_t run_{};
  bool blocked_{};
  Surroundings& world_;
  std::unique_ptr<Engine> engine_;
  Duration steady_offset_{};           // this machine's steady clock, less the world's time
  std::optional<TimePoint> armed_;     // the earliest wake-up in the world's queue, world time
  std::optional<TimePoint> deadline_;  // the engine's when it was last drained, world time
  std::deque<HeldSend> held_sends_;    // while it is blocked
  std::deque<Late> late_;              // in the order of arrival
  std::optional<Starvation> starved_;
  std::int32_t drift_ppm_{};  // of its wall clock …
  TimePoint drifts_since_{};
  Duration slept_{};  // what its steady clock left out, all in all

  NodeOptions options_;
  std::unique_ptr<Prng> ids_prng_;
  Ids ids_;
  Sink sink_;
  RunHistory history_;
  std::optional<TimePoint> asleep_since_;
  std::deque<Held> backlog_;  // in the kernel's queues while the process is stopped or blocked
  std::size_t datagrams_held_{};
  std::size_t bytes_held_{};
  std::uint64_t overflowed_{};
  boost::unordered_flat_map<std::uint64_t, EndRef> ends_;  // by stream id
};

}  // namespace swim::sim
