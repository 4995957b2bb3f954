// A world: machines with engines, the network between them, and virtual time. Everything in it
// follows from its seed; two worlds with the same seed that are told the same do the same.
//
//   World world({.seed = 7});
//   const auto a = world.add_node("a"), b = world.add_node("b");
//   world.start_all();
//   world.run_until([&] { return world.all_see(2); }, 5s);
//
// Not thread-safe; one world per thread. Times are virtual.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/prng.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/peer_calls.hpp"
#include "core/engine/peer_list.hpp"
#include "core/engine/seed_calls.hpp"
#include "core/sim/checkers.hpp"
#include "core/sim/coverage.hpp"
#include "core/sim/description_pool.hpp"
#include "core/sim/event_queue.hpp"
#include "core/sim/network.hpp"
#include "core/sim/node.hpp"
#include "core/sim/streams.hpp"
#include "core/sim/topology.hpp"
#include "core/sim/trace_log.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

struct WorldOptions {
  std::uint64_t seed{1};
  Conditions network{};
  Config config{};  // of every node, unless it has its own
  std::string label{"simulation"};
  WallTime wall_start{1'750'000'000'000};
  bool checks{true};   // the rules of checkers.hpp
  bool history{true};  // keep what each run tells; off: saves memory in large worlds
  // Nothing is encrypted, and a datagram that comes twice is taken twice; what is damaged, or not
  // for its receiver, is refused all the same (core/crypto/plain_key.hpp). Saves most of the time
  // and of the memory that a pair of nodes takes.
  bool plain{};
  Duration check_interval{std::chrono::milliseconds(250)};  // of snapshots and bounds
  Duration seed_refresh{std::chrono::seconds(15)};          // ± 20 %, as in the daemon
};

// What may differ for one node. Unset: the world's.
struct NodeSettings {
  std::optional<Endpoint> address{};
  std::optional<std::string> label{};
  std::optional<crypto::Key> key{};
  std::optional<Config> config{};
  std::string metadata{};
  std::string zone{};
  std::optional<std::vector<NodeId>> seeds{};  // default: the first node
  Duration wall_skew{};
  bool remembers{};  // peers' addresses, through restarts
};

class World final : private Surroundings, private Streams::Processes {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // ---- machines and processes ----
  NodeId add_node(std::string name, NodeSettings settings = {});
  std::vector<NodeId> add_nodes(std::size_t count, const std::string& prefix = "n");
  // Starts the process and, if it has seeds, lets it join them for ever, as the daemon does.
  void start(NodeId node);
  void start_all();
  // As if all had been together for long: each knows each from the first moment on. For clusters so
  // large that joining, which is O(N²) updates each told O(log N) times, takes longer than what is
  // to be seen.
  void start_acquainted();
  void crash(NodeId node);      // the process; its host refuses connections
  void lose_host(NodeId node);  // both; nobody hears anything of them
  void restart(NodeId node);    // after crash, lose_host or stop: a new run of the same name
  void restart_at(NodeId node, const Endpoint& address);
  void stop(NodeId node);  // the process exits; call leave() first for a goodbye
  void pause(NodeId node, bool clock_stops = false);
  void resume(NodeId node);
  void block(NodeId node);  // Lifeguard's anomaly; see Node::block
  void unblock(NodeId node);
  void starve(NodeId node, std::optional<Starvation> starvation);
  void shift_wall_clock(NodeId node, Duration by);
  void drift_wall_clock(NodeId node, std::int32_t ppm);  // see Node::drift

  // ---- the network ----
  Conditions& network() { return network_.conditions(); }
  Topology& topology() { return topology_; }
  void cut(NodeId a, NodeId b);
  void cut_one_way(NodeId from, NodeId to) { topology_.cut_one_way(from, to); }
  void mend(NodeId a, NodeId b);
  void isolate(NodeId node);
  void partition(std::span<const NodeId> one_side);
  void heal() { topology_.heal(); }
  // While they fail, no seed's name leads anywhere.
  void fail_names(bool fail) { names_fail_ = fail; }
  // A datagram out of nowhere, or a recorded one.
  void inject(const Endpoint& source, NodeId to, Bytes bytes);
  // Sees every datagram that is sent.
  void tap(std::function<void(NodeId from, const Endpoint& to, Bytes)> listener);
  // Hears every member event as it is told.
  void watch(std::function<void(RunId observer, const MemberEvent&)> listener);

  // ---- commands, as an operator or an app gives them ----
  Expected<OperationId> join(NodeId node, std::span<const NodeId> seeds);
  Expected<OperationId> leave(NodeId node);
  Expected<void> drain(NodeId node, Duration timeout);
  Expected<void> cancel_drain(NodeId node);
  Expected<void> broadcast(NodeId node, std::string_view topic, std::string_view payload,
                           std::string_view supersede_key = {});
  Expected<void> send_datagram(NodeId from, NodeId to, std::string_view topic,
                               std::string_view payload);
  Expected<OperationId> send(NodeId from, NodeId to, std::string_view topic,
                             std::string_view payload);
  Expected<void> set_metadata(NodeId node, std::string_view metadata);
  // Of an app beside that node; what is not attached can't go.
  Expected<AppId> attach(NodeId node, std::string_view app);
  bool detach(NodeId node, std::string_view app);
  bool lose(NodeId node, std::string_view app);
  Expected<OperationId> ping(NodeId node, NodeId target);
  Expected<bool> force_leave(NodeId node, std::string_view name);
  // Anything else: `command(engine, moment)`, then what it caused happens.
  template <class Command>
  auto tell(NodeId node, Command command) {
    auto result = command(at(node).engine(), at(node).now());
    at(node).drain();
    return result;
  }

  // ---- time ----
  TimePoint now() const override { return queue_.now(); }
  Duration age() const { return queue_.now() - start_; }  // since the world began
  void run_for(Duration duration);
  // Runs until `done` holds; false where the limit came first, or a rule was broken.
  bool run_until(const std::function<bool()>& done, Duration limit);
  // Something that happens later, `delay` from now.
  void after(Duration delay, std::function<void()> action);

  // ---- what is seen ----
  Node& at(NodeId node) { return *nodes_[index_of(node)]; }
  const Node& at(NodeId node) const { return *nodes_[index_of(node)]; }
  std::size_t size() const { return nodes_.size(); }
  std::vector<NodeId> nodes() const;
  std::vector<NodeId> running() const;  // not paused, not gone
  Snapshot view_of(NodeId node) const { return at(node).engine().snapshot(); }
  MemberPtr find(NodeId observer, std::string_view name) const;
  std::optional<MemberStatus> status(NodeId observer, NodeId subject) const;
  std::size_t count(NodeId observer, MemberStatus status) const;
  // Every running node lists exactly `members` ALIVE members.
  bool all_see(std::size_t members) const;
  bool all_others_see(NodeId subject, MemberStatus status) const;
  // Everybody lists those who run, and only those, as ALIVE.
  bool converged() const;
  const RunHistory& history(NodeId node) const { return at(node).history(); }
  // Events of this type about `subject` that `observer` told since it started.
  std::size_t events(NodeId observer, EventType type, NodeId subject) const;
  const OperationCompleted* completed(NodeId node, OperationId operation) const;
  std::uint64_t boot_of(NodeId node) const { return boot_[index_of(node)]; }
  std::optional<RunId> run_of(std::uint64_t boot) const;  // of any that ever was

  // ---- rules and records ----
  const Violations& violations() const { return checkers_.violations(); }
  bool broken() const { return !checkers_.violations().empty(); }
  // Now, beside those that run by themselves; false where it found something.
  bool check_now();
  bool check_converged_now();
  std::vector<std::vector<Party>> clusters() const;  // who runs, by cluster key and label
  // From now on nobody who runs may be called FAILED.
  void keep_peace() { checkers_.keep_peace(); }
  // Soon everybody has, or knows to be lost, what anybody has of the others' broadcasts.
  bool check_delivered(Duration limit);
  bool check_quiet(Duration limit);  // each running node is once without anything under way
  Coverage coverage() const;
  const NetworkCounts& network_counts() const { return network_.counts(); }
  const StreamCounts& stream_counts() const { return streams_.counts(); }
  std::uint64_t events_processed() const { return processed_; }
  std::uint64_t trace_hash() const { return trace_.hash(); }
  std::string report() const;  // of the violations, with the last lines of the trace

 private:
  // Surroundings
  WallTime wall_now() const override;
  void send(NodeId from, const Endpoint& to, Bytes bytes) override;
  MutableBytes outgoing() override { return outgoing_; }
  void wake_at(RunId run, TimePoint at) override;
  void observed(RunId run, const Event& event) override;
  void traced(NodeId node, const TraceRecord& record) override;
  Streams& streams() override { return streams_; }
  Descriptions& descriptions() override { return descriptions_; }
  Prng& chance() override { return prng_; }
  // Streams::Processes
  std::optional<RunId> listener(NodeId node) const override;
  void deliver(RunId run, StreamInput input) override;

  struct Attached {
    RunId run;
    AppId id{};
  };
  // How a process looks for its cluster. Its seeds are one name that has all their addresses.
  struct Seeding {
    Seeding(Duration refresh, TimePoint now) : seeds(refresh, now) {}

    SeedCalls seeds;
    std::optional<OperationId> pending;
    bool settled{};  // a seed was reached, or it began alone
    // Of the remembered peers, apart from the seeds.
    std::optional<OperationId> peers_pending;
    PeerList peers;
    PeerCalls calls;
  };

  void step();
  void on_datagram(std::uint32_t index);
  void on_unreachable(std::uint32_t index);
  void on_node_timer(Node& node, Happening what);
  void look_for_others(Node& node);
  void await_seed_call(const Node& node);
  void on_seed_timer(Node& node);
  void on_seed_heard_of(const Node& node, const Endpoint& address);
  void on_seed_answer(Node& node, const OperationCompleted& done);
  void end_seed_call(Node& node, bool reached);
  bool is_own_seed(const Node& node) const;
  void on_peers_timer(Node& node);
  std::vector<Endpoint> unreached_seeds(const Node& node) const;
  std::uint32_t zone_number(const std::string& zone);
  void remember_peers(Node& node);
  void on_member_event(RunId run, const MemberEvent& event);
  void end_run(NodeId node, bool host_up);
  void check_runs(bool all);
  std::array<std::uint8_t, 16> next_request_id();
  std::optional<AppId> take_app(NodeId node, std::string_view app);
  bool end_app(NodeId node, std::string_view app, const char* what,
               void (Engine::*end)(AppId, Moment));
  void add_stats(const Stats& stats, Coverage& coverage) const;
  void note(NodeId node, const char* what, std::uint64_t a = 0, std::uint64_t b = 0) {
    trace_.add(now(), node, what, a, b);
  }

  WorldOptions options_;
  Prng prng_;
  EventQueue queue_;
  TimePoint start_;
  crypto::Key key_;
  Topology topology_;
  DescriptionPool descriptions_;
  ByteVector outgoing_ = ByteVector(limits::datagram_bytes_max);
  Network network_;
  Streams streams_;
  TraceLog trace_;
  Checkers checkers_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::string> zones_;                    // by number
  std::vector<Seeding> seeding_;                      // by node
  std::vector<std::array<std::uint32_t, 5>> listed_;  // by node: members by MemberStatus
  std::unordered_map<std::uint64_t, RunId> boots_;    // of every run that ever was
  std::map<std::pair<NodeId, std::string>, Attached> attached_;
  std::vector<std::uint64_t> boot_;     // by node: of its present run; 0: none
  std::vector<std::uint64_t> checked_;  // by node: the revision checked last
  std::size_t rounds_{};                // of checks
  mutable std::size_t odd_one_out_{};   // the node that all_see() waited for last
  std::vector<std::function<void()>> scripts_;
  Coverage coverage_;  // of what ended; coverage() adds what runs
  std::function<void(NodeId, const Endpoint&, Bytes)> tap_;
  std::function<void(RunId, const MemberEvent&)> watcher_;
  std::uint64_t processed_{};
  std::uint64_t changes_{};  // something visible happened
  std::uint64_t requests_{};
  bool names_fail_{};
};

}  // namespace swim::sim
