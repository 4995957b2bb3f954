// The engine's driver on Boost.Asio: one engine thread, UDP and TCP sockets, one timer, a mailbox
// for commands, and published values for readers (DESIGN §3). Knows nothing of gRPC.
//
// Threads: start() and stop() from the owner's thread; everything else from any thread. Completions
// run on the engine thread and must only hand over (they may not block, nor call gRPC): the server
// posts them to its own thread. Time in results: Duration is nanoseconds.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/error.hpp"
#include "core/crypto/keyring.hpp"
#include "core/engine/config.hpp"
#include "core/engine/event.hpp"
#include "core/engine/seed_calls.hpp"
#include "core/engine/snapshot.hpp"
#include "core/engine/stats.hpp"
#include "core/runtime/batches.hpp"
#include "core/runtime/event_log.hpp"
#include "core/runtime/published.hpp"

namespace swim {
enum class AppId : std::uint64_t;  // one attachment of an app, as the engine numbers them
}

namespace swim::runtime {

// Levels of Options::log, numbered as in spdlog.
inline constexpr int log_info = 2;
inline constexpr int log_warn = 3;
inline constexpr int log_error = 4;

struct Options {
  Config engine;
  std::string node_name;
  std::string cluster_label;
  std::string zone;
  ByteVector metadata;                // encoded labels
  Endpoint bind;                      // may be unspecified; port 0 = the kernel chooses
  std::optional<Endpoint> advertise;  // default: from bind, or the only suitable own address
  std::vector<SeedSpec> seeds;
  std::string snapshot_path;  // where peers' addresses are kept on disk; empty: nowhere
  Duration seed_refresh{std::chrono::seconds(15)};  // ± 20 %
  Duration seed_retry{SeedCalls::retry_default};    // after a failure at first, then twice as long
  // Noteworthy things, one line an episode and rate-limited. Called on the engine thread; may not
  // block for long, may not throw. Never holds keys or payloads.
  std::function<void(int level, const std::string& text)> log;
};

// One configured seed as it stands now, for status pages.
struct SeedStatus {
  std::string seed;                 // as configured
  std::vector<Endpoint> addresses;  // as last resolved
  bool reached{};                   // the last contact was accepted
  std::string problem;              // one sentence for people, empty when well; e.g.
  // "seed 10.0.0.7:7946 did not authenticate us: key (fingerprint 1f…) or label (prod/app) differs"
  WallTime checked{};
};

// What changes slowly and readers want with the statistics.
struct NodeView {
  Stats stats;
  std::vector<SeedStatus> seeds;
  Endpoint bound;  // the gossip socket
  Endpoint advertised;
  std::uint64_t boot{};  // this run of the process
  WallTime started{};
  std::optional<WallTime> joined;  // last accepted join
  std::uint64_t max_broadcast_payload{};
  std::uint64_t max_datagram_payload{};  // of a best-effort send
  std::uint64_t max_send_payload{};
  Duration requests_remembered_for{};  // as configured
  std::uint64_t requests_remembered_max{};
  std::uint64_t mailbox_rejected{};
  std::uint64_t batches_waiting{};      // for room in the engine's lane, now
  std::uint64_t batches_held{};         // that could not be taken whole at once
  std::uint64_t datagrams_unsent{};     // the kernel refused them
  std::uint64_t receive_overflows{};    // SO_RXQ_OVFL: datagrams that the kernel dropped for us
  std::uint64_t datagrams_truncated{};  // longer than a receive buffer, dropped
  std::uint64_t peers_remembered{};
  std::uint64_t peer_files_written{}, peer_files_failed{};
  Duration loop_lag_max{};  // the latest a deadline was served since the last publication
  std::uint64_t loop_turns{};
  std::uint64_t trace_records{};  // of the engine's trace, which is only counted
  std::uint64_t buffers_total{}, buffer_hits{}, buffer_misses{};
};

template <class T>
using Completion = std::function<void(Expected<T>)>;

struct JoinReport {
  std::vector<SeedResult> results;
  std::size_t accepted{};
};
struct LeaveReport {
  std::uint32_t acknowledged{};
};

class Runtime {
 public:
  // Binds, starts the engine thread and begins to join. On failure the text is for people: it names
  // the setting, the cause and what to do; for an advertise address that is unspecified or not ours
  // it lists the candidates.
  static tl::expected<std::unique_ptr<Runtime>, std::string> start(Options options,
                                                                   crypto::Keyring keys);
  // Stops the engine thread without saying goodbye; call leave() first for that. Idempotent.
  ~Runtime();
  void stop();

  // ---- published values ----
  std::shared_ptr<const Snapshot> snapshot() const;
  std::shared_ptr<const NodeView> view() const;  // at most a second old
  // An event is in the log before the snapshot with its revision is published; position = revision.
  EventLog<MemberEvent>& events();
  EventLog<MessageEvent>& messages();
  const std::string& node_name() const;
  const std::string& cluster_label() const;

  // ---- commands ----
  // queue_full (the mailbox) or not_running at once, without a call of `done`; otherwise `done` is
  // called exactly once, on the engine thread.
  Expected<void> join(std::vector<SeedSpec> seeds, Completion<JoinReport> done);
  // Ends joins whose seeds are still being looked up, with Errc::left.
  Expected<void> leave(Completion<LeaveReport> done);
  Expected<void> drain(Duration timeout, Completion<void> done);
  Expected<void> cancel_drain(Completion<void> done);
  Expected<void> update_metadata(ByteVector metadata,
                                 std::optional<std::uint64_t> expected_revision,
                                 Completion<MemberPtr> done);
  // `request_id`: zeros for none.
  Expected<void> broadcast(std::string topic, ByteVector payload, std::string supersede_key,
                           std::array<std::uint8_t, 16> request_id, Completion<void> done);
  // Taken bit by bit as the lane has room; answered when each item is taken or refused, so after an
  // unbounded time, but not after `abandoned` was set or the node stopped.
  Expected<void> broadcast_batch(BroadcastBatch batch);
  Expected<void> send(std::string member, std::string topic, ByteVector payload,
                      std::array<std::uint8_t, 16> request_id, bool acknowledged,
                      Completion<Duration> done);
  Expected<void> ping(std::string member, Completion<Duration> done);
  Expected<void> force_leave(std::string member, Completion<bool> done);
  Expected<void> explain(std::string member, Completion<Explanation> done);
  // As Engine::attach; the next three are done with no answer.
  Expected<void> attach(std::string app, Completion<AppId> done);
  Expected<void> detach_app(AppId id);
  Expected<void> lose_app(AppId id);
  Expected<void> set_accepts_messages(bool accepts);
  // In force when it is answered.
  Expected<void> set_keyring(crypto::Keyring keys, Completion<void> done);
  // Replaces the configured seeds; in force when it is answered. None: a node that has not joined
  // yet begins alone, as one that starts without seeds.
  Expected<void> set_seeds(std::vector<SeedSpec> seeds, Completion<void> done);

 private:
  class Core;
  explicit Runtime(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace swim::runtime
