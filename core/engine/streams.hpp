// All streams of this node: hello, introduction, and what each was opened for (DESIGN §5, Streams).
//
// Nothing of a peer is believed before its first frame verifies. Then both sides say who they are,
// claim and descriptor, so that any stream repairs what is stale. A join asks before it introduces
// itself: only the verdict may refuse a life, and what was said cannot be taken back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/crypto/secure_stream.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/reconcile.hpp"
#include "core/engine/record.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;
class Frames;

enum class Purpose : std::uint8_t { accepted, join, sync, probe, send, pull };

// Why a sync was begun here.
enum class SyncCause : std::uint8_t { routine, difference, retry };

// A sync by digests, on either side of the stream.
struct Reconciliation {
  Inventory theirs;                   // responder: what the initiator holds
  std::vector<std::uint64_t> wanted;  // initiator: name hashes
  std::uint64_t changes_before{};     // initiator: MemberTable::changes() when it began
};

struct Stream {
  Stream(Purpose purpose_in, const Endpoint& peer_in, crypto::SecureStream secure_in)
      : purpose(purpose_in), peer(peer_in), secure(std::move(secure_in)) {}

  Purpose purpose;
  Endpoint peer;
  crypto::SecureStream secure;
  bool opened{};
  bool heard{};                          // a byte has come
  bool asked{};                          // the initiator's first frame is out
  bool finished{};                       // what it was for is done; it only remains to be closed
  bool synced{};                         // accepted: our records are out
  bool fresh{};                          // join: what comes is known to the seed's cluster already
  SyncCause cause{};                     // sync
  std::unique_ptr<Reconciliation> talk;  // where a sync goes by digests
  std::uint32_t seq{};                   // probe
  OperationId operation{};               // join, send
  std::string target;                    // probe, sync, send: by name
  std::string payload_topic;             // accepted: a Send that comes in parts
  ByteVector payload;                    // send: what goes out; accepted: what came
  std::size_t sent{};                    // send: bytes of the payload that are out
  wire::RequestId request_id{};          // send
  std::vector<wire::PullRequest> requests;  // pull: to be said
  TimePoint started;
  TimerId timer{no_timer};
};

class Streams {
 public:
  explicit Streams(Core& core) : core_(core) {}

  // ---- from the driver ----
  std::optional<StreamId> on_accepted(const Endpoint& from);
  void on_opened(StreamId id);
  void on_data(StreamId id, Bytes data);
  void on_closed(StreamId id, StreamEnd end);
  void on_timer(std::uint64_t id);

  // ---- from the other parts ----
  // All: nullopt where too many streams are open.
  std::optional<StreamId> open_join(const Endpoint& seed, OperationId operation);
  void open_probe(Slot target, std::uint32_t seq);
  void abandon_probe(std::uint32_t seq);
  std::optional<StreamId> open_send(Slot target, OperationId operation, std::string topic,
                                    ByteVector payload, const wire::RequestId& request_id);
  std::optional<std::uint64_t> open_pull(Slot target, std::vector<wire::PullRequest> requests);
  // On a stream that asked for it. False: it is over with that.
  bool say_payload(std::uint64_t id, const wire::PullReply& part, bool last);
  void abandon(StreamId id);
  // Something is known by half: ask its source, or somebody, for all they know. At most one such
  // sync at a time, paced.
  void want_sync(std::string_view source);
  void start();  // the periodic sync
  // A sync with somebody now, for a displaced run that only listens.
  void observe();
  // False where too many streams are open.
  bool open_sync(Slot target, SyncCause cause);
  void on_sync_tick();
  void on_fetch_tick();
  // A stream ends with its key.
  void keys_changed();
  void close_all();

  std::size_t open() const { return streams_.size(); }
  std::size_t payload_bytes() const;  // see stream_payloads.hpp

 private:
  using Place = std::map<std::uint64_t, Stream>::iterator;

  std::optional<StreamId> dial(Purpose purpose, const Endpoint& to, std::string target);
  Stream* find(StreamId id);
  // Whether there is a place, which another stranger may lose for it.
  bool takes_in(const Endpoint& newcomer);
  void flush(std::uint64_t id, Stream& stream);
  void arm(std::uint64_t id, Stream& stream, Duration duration);
  void drop(std::uint64_t id);
  void close(std::uint64_t id);
  void fail(std::uint64_t id, const Error& error, std::string text = {});
  void ended(Stream& stream, const Error& error, std::string text);
  static Error error_of(const Stream& stream, StreamEnd end);
  static Evidence evidence_of(const Stream& stream, StreamEnd end);

  bool speak_first(Stream& stream);
  bool ask_join(Stream& stream);
  bool introduce(Stream& stream);
  bool send_records(Stream& stream, bool last);
  bool by_digest(const Stream& stream) const;
  bool send_items(Stream& stream);
  bool add_items(Stream& stream, Frames& frames);
  bool add_self(Frames& frames);
  bool add_marks(Frames& frames);
  bool answer_items(Stream& stream);
  bool send_wanted(Stream& stream);
  static bool on_sync_begin(Stream& stream, const wire::SyncBegin& begin);
  static bool on_item(Stream& stream, const wire::SyncItem& item);
  static bool on_want(Stream& stream, const wire::SyncWant& want);
  void sync_over(const Stream& stream);
  bool send_parts(Stream& stream);
  bool read_frames(std::uint64_t id);
  bool on_message(std::uint64_t id, Stream& stream, const wire::Message& message);
  bool on_join_request(Stream& stream, const wire::JoinRequest& request);
  bool on_join_verdict(std::uint64_t id, Stream& stream, const wire::JoinVerdict& verdict);
  bool on_sync_end(Stream& stream);
  bool on_send_request(Stream& stream, const wire::SendRequest& request);
  bool on_send_reply(std::uint64_t id, Stream& stream, const wire::SendReply& reply);
  bool ask_payloads(Stream& stream);
  bool on_pull_request(std::uint64_t id, Stream& stream, const wire::PullRequest& request);
  bool on_pull_reply(std::uint64_t id, Stream& stream, const wire::PullReply& answer);
  Duration patience(const Stream& stream) const;
  void on_peer_verified(std::uint64_t id, Stream& stream);
  bool reply(Stream& stream, const wire::Message& message, bool last);
  std::string stranger_text(const Stream& stream) const;
  void fetch_again();

  Core& core_;
  std::map<std::uint64_t, Stream> streams_;  // ordered: walks are reproducible
  std::uint64_t last_id_{};
  TimerId sync_timer_{no_timer};
  TimerId fetch_timer_{no_timer};
  std::string fetch_from_;
  std::optional<std::uint64_t> fetching_;  // the stream of the fetch under way
  Duration fetch_pause_{};
};

}  // namespace swim::engine
