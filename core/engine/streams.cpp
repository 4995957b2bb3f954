#include "core/engine/streams.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/stranger_places.hpp"
#include "core/engine/stream_payloads.hpp"

namespace swim::engine {

namespace {

// For whoever connects to say its hello: strangers hold a place for no longer.
constexpr Duration stranger_timeout = std::chrono::seconds(3);
// Of limits::streams_max, for all that is no Send.
constexpr std::size_t kept_from_sends = 64;

crypto::Hello own_hello(Core& core, std::string target) {
  crypto::Hello hello{.name = core.self.name(),
                      .boot = core.self.boot(),
                      .capabilities = core.table.at(MemberTable::self).description->capabilities,
                      .session = core.sealer.session(),
                      .target = std::move(target)};
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t drawn = core.seams.ids.draw();
    for (std::size_t i = 0; i < 8; ++i) {
      hello.random[half * 8 + i] = static_cast<std::uint8_t>(drawn >> (8 * i));
    }
  }
  return hello;
}

}  // namespace

Stream* Streams::find(StreamId id) {
  const auto place = streams_.find(static_cast<std::uint64_t>(id));
  return place == streams_.end() ? nullptr : &place->second;
}

std::optional<StreamId> Streams::dial(Purpose purpose, const Endpoint& to, std::string target) {
  // Sends come as fast as the application likes: probes, comparisons and who joins have places too.
  const std::size_t kept = purpose == Purpose::send ? kept_from_sends : 0;
  if (streams_.size() + kept >= limits::streams_max) {
    return std::nullopt;
  }
  const std::uint64_t id = ++last_id_;
  crypto::SecureStream secure(crypto::Side::initiator, core_.keys, core_.label,
                              own_hello(core_, target));
  Stream& stream = streams_.try_emplace(id, purpose, to, std::move(secure)).first->second;
  stream.target = std::move(target);
  stream.started = core_.now.steady;
  ++core_.stats.streams_opened;
  core_.trace(TraceKind::stream_opened, 0, id, static_cast<std::uint64_t>(purpose));
  core_.actions.push_back(
      OpenStream{StreamId{id}, to, core_.now.steady + core_.config.dial_timeout});
  return StreamId{id};
}

std::optional<StreamId> Streams::open_join(const Endpoint& seed, OperationId operation) {
  const auto id = dial(Purpose::join, seed, {});
  if (id) {
    find(*id)->operation = operation;
  }
  return id;
}

void Streams::open_probe(Slot target, std::uint32_t seq) {
  const Record& record = core_.table.at(target);
  if (const auto id = dial(Purpose::probe, record.description->address, record.description->name)) {
    find(*id)->seq = seq;
  }
}

void Streams::abandon_probe(std::uint32_t seq) {
  const auto place = std::ranges::find_if(streams_, [&](const auto& entry) {
    return entry.second.purpose == Purpose::probe && entry.second.seq == seq;
  });
  if (place != streams_.end()) {
    close(place->first);
  }
}

std::size_t Streams::payload_bytes() const {
  return payloads_under_way(streams_);
}

std::optional<StreamId> Streams::open_send(Slot target, OperationId operation, std::string topic,
                                           ByteVector payload, const wire::RequestId& request_id) {
  if (payloads_under_way(streams_) + payload.size() > limits::stream_payload_bytes_max) {
    return std::nullopt;
  }
  const Record& record = core_.table.at(target);
  const auto id = dial(Purpose::send, record.description->address, record.description->name);
  if (id) {
    Stream& stream = *find(*id);
    stream.operation = operation;
    stream.payload_topic = std::move(topic);
    stream.payload = std::move(payload);
    stream.request_id = request_id;
  }
  return id;
}

void Streams::abandon(StreamId id) {
  if (find(id) != nullptr) {
    close(static_cast<std::uint64_t>(id));
  }
}

// ---- from the driver ---------------------------------------------------------------------------

bool Streams::takes_in(const Endpoint& newcomer) {
  if (streams_.size() >= limits::streams_max) {
    return false;
  }
  std::vector<StrangerPlace> strangers;
  for (const auto& [id, stream] : streams_) {
    if (stream.purpose == Purpose::accepted && !stream.secure.verified()) {
      strangers.push_back({id, host_of(stream.peer)});
    }
  }
  if (strangers.size() < limits::strangers_max) {
    return true;
  }
  const auto displaced = who_makes_room(strangers, host_of(newcomer));
  if (displaced) {
    core_.drop(DropReason::overload);
    fail(*displaced, {Errc::queue_full, "too many who had not said who they are"});
  }
  return displaced.has_value();
}

std::optional<StreamId> Streams::on_accepted(const Endpoint& from) {
  if (!takes_in(from)) {
    core_.drop(DropReason::overload);
    return std::nullopt;
  }
  const std::uint64_t id = ++last_id_;
  crypto::SecureStream secure(crypto::Side::responder, core_.keys, core_.label,
                              own_hello(core_, {}));
  Stream& stream =
      streams_.try_emplace(id, Purpose::accepted, from, std::move(secure)).first->second;
  stream.opened = true;
  stream.started = core_.now.steady;
  ++core_.stats.streams_accepted;
  arm(id, stream, std::min<Duration>(core_.config.stream_timeout, stranger_timeout));
  return StreamId{id};
}

void Streams::on_opened(StreamId id) {
  Stream* stream = find(id);
  if (stream == nullptr) {
    return;
  }
  stream->opened = true;
  arm(static_cast<std::uint64_t>(id), *stream,
      stream->purpose == Purpose::probe ? core_.health.scale(core_.config.hello_timeout)
                                        : core_.config.dial_timeout);
  flush(static_cast<std::uint64_t>(id), *stream);
}

void Streams::on_data(StreamId id, Bytes data) {
  const auto raw = static_cast<std::uint64_t>(id);
  Stream* stream = find(id);
  if (stream == nullptr) {
    return;
  }
  core_.stats.stream_bytes_received += data.size();
  stream->heard = true;
  if (const auto received = stream->secure.receive(data); !received) {
    const DropReason reason = drop_reason(received.error().code);
    core_.drop(reason);
    const bool stranger = reason != DropReason::malformed;
    fail(raw, stranger ? Error{Errc::not_authenticated, "its key or label differs from ours"}
                       : received.error());
    return;
  }
  if (stream->purpose != Purpose::accepted || stream->secure.ready()) {
    arm(raw, *stream, patience(*stream));
  }
  if (stream->purpose != Purpose::accepted && !stream->asked && stream->secure.ready()) {
    stream->asked = true;
    if (!speak_first(*stream)) {
      fail(raw, {Errc::too_large, "the first frame does not fit"});
      return;
    }
  }
  if (!read_frames(raw)) {
    return;
  }
  flush(raw, *stream);
  if (stream->finished) {
    close(raw);
  }
}

// False: the stream is gone.
bool Streams::read_frames(std::uint64_t id) {
  Stream& stream = streams_.at(id);
  while (const auto frame = stream.secure.next_frame()) {
    wire::MessageReader reader = wire::read_frame(frame->plaintext);
    for (;;) {
      const auto message = reader.next();
      if (!message) {
        core_.drop(DropReason::malformed);
        fail(id, message.error());
        return false;
      }
      if (!*message) {
        break;
      }
      core_.count(**message);
      core_.quiet_merge = stream.fresh;
      const bool goes_on = on_message(id, stream, **message);
      core_.quiet_merge = false;
      if (!goes_on) {
        return false;
      }
    }
    core_.stats.unknown_messages_skipped += reader.skipped();
  }
  if (stream.secure.verified()) {
    on_peer_verified(id, stream);
  }
  return streams_.contains(id);
}

// What a verified hello says, once all that came with it is merged.
void Streams::on_peer_verified(std::uint64_t id, Stream& stream) {
  const crypto::Hello& peer = stream.secure.peer();
  core_.heard_somebody();
  core_.expect_session(peer.session);
  if (stream.purpose == Purpose::probe) {
    if (peer.name == stream.target) {
      core_.prober.on_stream_ack(stream.seq, peer.boot);
    }
    // Answered or not, there is nothing more to learn here; an ack has closed it already.
    if (streams_.contains(id)) {
      close(id);
    }
    return;
  }
  if (stream.purpose == Purpose::accepted && stream.secure.peer_finished() &&
      !core_.serving.serves(id)) {
    stream.finished = stream.synced || introduce(stream);
  }
}

void Streams::on_closed(StreamId id, StreamEnd end) {
  Stream* stream = find(id);
  if (stream == nullptr) {
    return;
  }
  const Purpose purpose = stream->purpose;
  const std::uint32_t seq = stream->seq;
  const Evidence evidence = evidence_of(*stream, end);
  const Error error = error_of(*stream, end);
  ended(*stream, error, error.code == Errc::not_authenticated ? stranger_text(*stream) : "");
  drop(static_cast<std::uint64_t>(id));
  if (purpose == Purpose::probe) {
    core_.prober.on_stream_evidence(seq, evidence);  // may end the probe, and all that is its
  }
}

void Streams::on_timer(std::uint64_t id) {
  Stream* stream = find(StreamId{id});
  if (stream == nullptr) {
    return;
  }
  stream->timer = no_timer;
  const bool stalled = stream->purpose == Purpose::probe && !stream->heard;
  const std::uint32_t seq = stream->seq;
  fail(id, stream->heard
               ? Error{Errc::timeout, "the answer did not come in time"}
               : Error{Errc::stalled, "the connection opened, but the process does not answer"});
  if (stalled) {
    core_.prober.on_stream_evidence(seq, Evidence::stalled);
  }
}

// ---- ends, and what is told of them in stream_ends.cpp ------------------------------------------

void Streams::arm(std::uint64_t id, Stream& stream, Duration duration) {
  core_.timers.set(stream.timer, TimerKind::stream, id, core_.now.steady + duration);
}

void Streams::flush(std::uint64_t id, Stream& stream) {
  ByteVector output = stream.secure.take_output();
  if (!output.empty() && stream.opened) {
    core_.stats.stream_bytes_sent += output.size();
    core_.actions.push_back(WriteStream{StreamId{id}, std::move(output)});
  }
}

void Streams::drop(std::uint64_t id) {
  const auto place = streams_.find(id);
  core_.timers.cancel(place->second.timer);
  core_.trace(TraceKind::stream_closed, 0, id);
  const bool fetched = fetching_ == id;
  const Purpose purpose = place->second.purpose;
  if (purpose == Purpose::sync) {
    sync_over(place->second);
  }
  streams_.erase(place);
  if (purpose == Purpose::pull) {
    core_.pulls.on_over(id);
  } else if (purpose == Purpose::accepted) {
    core_.serving.on_over(id);
  }
  if (fetched) {
    fetching_.reset();
    fetch_again();
  }
}

void Streams::close(std::uint64_t id) {
  core_.actions.push_back(CloseStream{StreamId{id}});
  drop(id);
}

void Streams::fail(std::uint64_t id, const Error& error, std::string text) {
  Stream& stream = streams_.at(id);
  if (text.empty() && error.code == Errc::not_authenticated) {
    text = stranger_text(stream);
  }
  ended(stream, error, std::move(text));
  close(id);
}

void Streams::keys_changed() {
  for (auto place = streams_.begin(); place != streams_.end();) {
    const std::uint64_t id = place->first;
    ++place;
    if (!streams_.at(id).secure.may_go_on_with(core_.keys)) {
      fail(id, {Errc::cancelled, "the key of this stream was removed"});
    }
  }
}

}  // namespace swim::engine
