// The SWIM engine of one local member, sans I/O (DESIGN §3, §6).
//
// Bytes, time and commands go in; datagrams, stream actions, events and one deadline come out. It
// performs no I/O, reads no clock, starts no thread, takes no lock, and draws protocol randomness
// only from the seed it was given. It never throws after create() and never asserts on what the
// network sent.
//
// Contract with its driver: feed any number of inputs; then, before waiting again, drain
// poll_transmit, poll_stream_action and poll_event until each returns nullopt, and arm one timer
// for next_deadline(). `now` never goes backwards. One thread at a time. Views handed out are valid
// until the next non-const call unless said otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/crypto/keyring.hpp"
#include "core/engine/config.hpp"
#include "core/engine/event.hpp"
#include "core/engine/seams.hpp"
#include "core/engine/snapshot.hpp"
#include "core/engine/stats.hpp"

namespace swim {

enum class StreamId : std::uint64_t {};
// One attachment of an app to this node; 0 is none.
enum class AppId : std::uint64_t {};

// A datagram ready in the caller's buffer.
struct Transmit {
  Endpoint to;
  std::size_t size{};
};

struct OpenStream {
  StreamId id{};
  Endpoint to;
  TimePoint deadline;  // give up opening then: on_stream_closed(id, timeout)
};
// The bytes belong to the driver from here on. Order within a stream is the order of the actions.
struct WriteStream {
  StreamId id{};
  ByteVector bytes;
};
// Write what was handed over, then close; no more reports for this stream are needed.
struct CloseStream {
  StreamId id{};
};
using StreamAction = std::variant<OpenStream, WriteStream, CloseStream>;

// Why a stream ended, as the driver saw it.
enum class StreamEnd : std::uint8_t { closed, refused, unreachable, timeout, reset };

class Engine {
 public:
  struct Seams {
    RandomIds& ids;
    TraceSink& trace;
    Descriptions* descriptions{};  // null: this engine keeps its own
  };

  // Errors: invalid_argument, naming the setting. The node starts alone, in state starting.
  static Expected<std::unique_ptr<Engine>> create(const Config& config, LocalMember self,
                                                  std::string cluster_label, crypto::Keyring keys,
                                                  std::uint64_t seed, Seams seams, Moment now);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- inputs from the network ----
  // The datagram is opened in place, hence mutable.
  void on_datagram(const Endpoint& from, MutableBytes datagram, Moment now);
  // ICMP "port unreachable" from `to`, with the beginning of the datagram that it is about: a hint
  // only, that nobody has to give.
  void on_unreachable(const Endpoint& to, Bytes quoted, Moment now);
  // nullopt: refused (too many streams); the driver closes the socket.
  std::optional<StreamId> on_stream_accepted(const Endpoint& from, Moment now);
  void on_stream_opened(StreamId id, Moment now);
  void on_stream_data(StreamId id, Bytes data, Moment now);
  void on_stream_closed(StreamId id, StreamEnd end, Moment now);

  // ---- input from the clock ----
  void on_deadline(Moment now);

  // ---- commands; slow ones are answered later by an OperationCompleted event ----
  // Done after limits::join_accepts_wanted accepts, or when every seed has answered or join_timeout
  // passed. Completes with no_seeds_reachable where nobody accepted, with one SeedResult an address
  // either way. No seeds at all: completes at once, this node is a cluster of its own.
  Expected<OperationId> join(std::span<const Endpoint> seeds, Moment now);
  // Says goodbye; completes when enough peers confirmed or leave_timeout passed. The state is left
  // then.
  Expected<OperationId> leave(Moment now);
  // LEAVING, announced with count+1. A second call sets a new deadline; cancel takes it back, and
  // is nothing where there is no drain. Errors: invalid_argument (timeout), left, name_conflict.
  Expected<void> drain(Duration timeout, Moment now);
  Expected<void> cancel_drain(Moment now);
  // Errors: too_large, left, name_conflict, revision_mismatch (expected_revision differs from the
  // local member's MemberInfo::revision).
  Expected<void> update_metadata(Bytes metadata, std::optional<std::uint64_t> expected_revision,
                                 Moment now);
  // To all members, in the order of the calls. What fits no datagram is announced, and pulled by
  // them over streams.
  // A queued older message with the same non-empty supersede_key is replaced.
  // One whose request id is remembered was taken already: nothing happens. Zeros: no id.
  // Errors: invalid_argument (topic, key), too_large, queue_full, draining, left, name_conflict.
  Expected<void> broadcast(std::string_view topic, Bytes payload, std::string_view supersede_key,
                           Moment now, const std::array<std::uint8_t, 16>& request_id = {});
  // Whether somebody who can wait should call broadcast() now: it would be refused, or there is
  // room in the lane beyond the part that is kept for those who can't.
  bool welcomes_broadcast(std::size_t payload_bytes) const;
  // BEST_EFFORT. Errors: unknown_member, not_alive, too_large, queue_full, draining, left,
  // name_conflict.
  Expected<void> send_datagram(std::string_view member, std::string_view topic, Bytes payload,
                               const std::array<std::uint8_t, 16>& request_id, Moment now);
  // ACKNOWLEDGED: over a stream, completes with round_trip, or unreachable, timeout, no_subscriber
  // …
  Expected<OperationId> send_stream(std::string_view member, std::string_view topic, Bytes payload,
                                    const std::array<std::uint8_t, 16>& request_id, Moment now);
  // A direct probe for people: completes with round_trip or timeout.
  Expected<OperationId> ping(std::string_view member, Moment now);
  // Declares a member LEFT on an operator's word. `true`: it is alive and will undo it.
  Expected<bool> force_leave(std::string_view member, Moment now);
  // An app is there, until it says goodbye or is lost; all members learn of it. Who attaches under
  // a name that is attached takes its place, and nobody hears of it; the earlier id means nothing
  // from then on. After a loss the app is told to be back when it has been attached for
  // app_debounce. What happens to it while this node has left, or is displaced, is told when that
  // is over. Errors: invalid_argument (the name), too_large (too many apps, or bytes
  // of names, or more than a datagram has room for), left, name_conflict.
  Expected<AppId> attach(std::string_view app, Moment now);
  void detach_app(AppId id, Moment now);  // goodbye
  void lose_app(AppId id, Moment now);    // its stream broke
  // Whether somebody here takes messages: answers no_subscriber otherwise (ACKNOWLEDGED).
  void set_accepts_messages(bool accepts);
  void set_keyring(crypto::Keyring keys);

  // ---- outputs ----
  // Encodes, piggybacks and seals straight into `out` (at least config.datagram_bytes).
  std::optional<Transmit> poll_transmit(MutableBytes out);
  std::optional<StreamAction> poll_stream_action();
  std::optional<Event> poll_event();
  std::optional<TimePoint> next_deadline() const;

  // ---- views ----
  std::uint64_t revision() const;  // moves with every MemberEvent; republish the snapshot then
  NodeState state() const;
  // Shares with the last snapshot whatever did not change since.
  Snapshot snapshot() const;
  // One of the members that a snapshot lists, made for this call; null where it lists none.
  MemberPtr member(std::string_view name) const;
  // Whether it lists a member at that address that has neither failed nor left.
  bool lists(const Endpoint& address) const;
  const Stats& stats() const;
  // The same without the gauges, which it takes a look at everything to know: as of the last call
  // of stats(). For each datagram.
  const Stats& counters() const;
  std::uint64_t health_score() const;
  Expected<Explanation> explain(std::string_view member, Moment now) const;
  // Payload bytes that fit one datagram: what a best-effort send may carry, and from where on a
  // broadcast is announced and pulled.
  std::size_t max_datagram_payload() const;
  // What a broadcast may carry: 1 MiB, or less where the settings keep less for it.
  std::size_t max_broadcast_payload() const;
  const Config& config() const;

  // ---- for simulations of clusters that would take too long to join ----
  // Takes what `other` says of itself as if it had been told, but as old news: it is passed on to
  // nobody, nor what this node says of itself.
  void acquaint(const Engine& other, Moment now);

 private:
  class Core;
  explicit Engine(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace swim
