// The engine's driver: one thread that waits for whatever comes first and then always does the same
// turn: receive, commands, timers, outputs, publish, arm. Reading comes before judging: an answer
// that already lies in the socket must not lose against a timer only because this process was slow.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/buffer_pool.hpp"
#include "core/engine/engine.hpp"
#include "core/runtime/advertise.hpp"
#include "core/runtime/batches.hpp"
#include "core/runtime/joiner.hpp"
#include "core/runtime/log_episodes.hpp"
#include "core/runtime/name_lookup.hpp"
#include "core/runtime/operations.hpp"
#include "core/runtime/os_random.hpp"
#include "core/runtime/publisher.hpp"
#include "core/runtime/remembered_peers.hpp"
#include "core/runtime/seed_resolver.hpp"
#include "core/runtime/shared.hpp"
#include "core/runtime/tcp_streams.hpp"
#include "core/runtime/udp_socket.hpp"

namespace swim::runtime {

class Loop final : private StreamEvents {
 public:
  Loop(Options options, crypto::Keyring keys, Shared& shared);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // ---- the owner, before run() ----
  // Binds, chooses the advertised address, makes the engine. The error is for people.
  tl::expected<void, std::string> open();

  // ---- the engine thread ----
  // Until stop(); then answers every caller that still waits, and closes the sockets.
  void run();

  // ---- any thread ----
  void stop();
  void wake();

  // ---- commands, on the engine thread ----
  bool stopping() const { return stopping_; }
  Engine& engine() { return *engine_; }
  Operations& operations() { return operations_; }
  Batches& batches() { return batches_; }
  Joiner& joiner() { return *joiner_; }
  SeedResolver& seeds() { return *seeds_; }
  Moment now() const;
  // This node itself, as a snapshot that is taken now has it.
  MemberPtr local() const { return engine_->member(options_.node_name); }
  // The command changes what is published: that happens in this turn, before any answer.
  void publish_at_once();
  void set_keyring(crypto::Keyring keys);
  // Without any, a node that still looks for its cluster begins alone.
  void set_seeds(const std::vector<SeedSpec>& seeds);
  // As Engine::leave, for all that could bring the node back by itself as well.
  Expected<OperationId> leave();

 private:
  struct TraceCounter final : TraceSink {
    void record(const TraceRecord&, TimePoint) override { ++records; }
    std::uint64_t records{};
  };

  // From the sockets.
  void on_datagram(const Endpoint& from, MutableBytes datagram);
  void on_unreachable(const Endpoint& to, Bytes quoted);
  std::optional<StreamId> stream_accepted(const Endpoint& from) override;
  void stream_opened(StreamId id) override;
  void stream_data(StreamId id, const Endpoint& peer, Bytes data) override;
  void stream_ended(StreamId id, StreamEnd end) override;
  void accept_failed(const std::string& cause) override;
  void dial_failed(const std::string& kind, const std::string& cause) override;

  // A turn and its parts.
  void wait();
  void turn();
  bool receive();
  void run_commands();
  void run_timers(bool more_to_read);
  void drain();
  void send_datagrams();
  bool send_one(const Transmit& transmit);
  void handle(Event event);
  void publish();
  void fill(NodeView& view);
  void arm();
  TimePoint next_deadline() const;
  void shut_down();

  // Parts that need the engine.
  void make_joiner_and_seeds();
  void make_remembered_peers();
  // Of others, sorted; nobody before a seed let this node in, since whoever was let in by this node
  // may have told it of that seed, and only asking it makes a member.
  std::vector<Endpoint> live_members() const;
  bool is_self(const Endpoint& endpoint) const;
  std::string credentials() const;
  void log(int level, const std::string& text) const;
  // Once an episode; `text` is put together only when it is told.
  void log_episode(int level, const std::string& key, const std::function<std::string()>& text,
                   LogEpisodes::Source source = LogEpisodes::Source::members);
  std::uint64_t auth_drops() const;
  void note_unauthenticated(const Endpoint& from, const char* what);
  void note_socket_problems();

  Options options_;
  crypto::Keyring keys_;
  Shared& shared_;
  // First in, last out: the sockets and timers below live in it.
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  BufferPool buffers_;
  UdpSocket udp_;
  TcpStreams tcp_;
  OsRandomIds ids_;
  TraceCounter trace_;
  std::unique_ptr<Engine> engine_;
  Operations operations_;
  Batches batches_;
  std::optional<Publisher> publisher_;
  std::optional<NameLookup> names_;
  std::optional<Joiner> joiner_;
  std::optional<SeedResolver> seeds_;
  std::optional<RememberedPeers> peers_;
  LogEpisodes episodes_;

  Endpoint bound_;
  Endpoint advertised_;
  WallTime started_;
  std::optional<WallTime> joined_;
  std::vector<OwnAddress> own_;

  std::vector<std::uint8_t> scratch_;  // the datagram being sent
  std::optional<Transmit> unsent_;     // in scratch_: the socket was full
  std::vector<Command> batch_;
  std::optional<TimePoint> judge_at_;  // a due deadline waits for the socket until then
  TimePoint armed_{TimePoint::max()};
  std::atomic<bool> stop_requested_{};
  bool stopping_{};
  bool busy_{};  // the next turn must not wait
  bool publish_at_once_{};
  std::size_t cancelled_waits_{};
  std::uint64_t turns_{};
  Duration lag_max_{};
  UdpSocket::Counters told_;
};

}  // namespace swim::runtime
