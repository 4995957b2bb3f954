// What is said on a stream, once it is open: the frames of each purpose, and the answers to them.
#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/frames.hpp"
#include "core/engine/record_messages.hpp"
#include "core/engine/stream_payloads.hpp"
#include "core/engine/streams.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

namespace {
// Leaves room for the part's own fields in a frame.
constexpr std::size_t part_bytes = limits::stream_frame_bytes_max - 2048;
// A proposed life above both our clock and the table by more than this is refused (DESIGN §4.1).
constexpr std::uint64_t life_ahead_max_s = 24 * 3600;
}  // namespace

// The initiator's first frame.
bool Streams::speak_first(Stream& stream) {
  switch (stream.purpose) {
    case Purpose::join:
      return ask_join(stream);
    case Purpose::sync:
      return by_digest(stream) ? send_items(stream) : send_records(stream, true);
    case Purpose::probe:
      return introduce(stream);
    case Purpose::send:
      return send_parts(stream);
    case Purpose::pull:
      return ask_payloads(stream);
    case Purpose::accepted:
      break;
  }
  return false;
}

bool Streams::ask_join(Stream& stream) {
  const wire::JoinRequest request{.proposed_life = core_.self.life()};
  if (!by_digest(stream)) {
    return reply(stream, request, false);
  }
  Frames frames(stream.secure);
  return frames.add(request) && add_items(stream, frames) && frames.flush(false);
}

bool Streams::reply(Stream& stream, const wire::Message& message, bool last) {
  Frames frames(stream.secure, wire::encoded_size(message));
  return frames.add(message) && frames.flush(last);
}

// Our own claim and descriptor, and what we hold about the peer's run where that is not good news:
// the last word of a stream that was opened for no more than that.
bool Streams::introduce(Stream& stream) {
  Frames frames(stream.secure);
  bool added = add_self(frames);
  // The suspect is told on this way too: it may be the only one that it still hears.
  const Slot slot = stream.purpose == Purpose::probe ? core_.table.find(stream.target) : no_slot;
  if (slot != no_slot && core_.config.detection.buddy && !core_.table.at(slot).terminal() &&
      !core_.table.at(slot).accusers().empty()) {
    const Record& record = core_.table.at(slot);
    added =
        added && frames.add(suspect_message(record, record.accusers().front(), core_.now.steady));
  }
  if (stream.secure.verified()) {
    const crypto::Hello& peer = stream.secure.peer();
    if (const auto verdict = core_.verdict_about(peer.name, peer.boot)) {
      added = added && frames.add(*verdict);
    }
  }
  stream.synced = added;
  return added && frames.flush(true);
}

bool Streams::send_records(Stream& stream, bool last) {
  Frames frames(stream.secure);
  const bool silent = core_.self.displaced();  // it claims nothing, and only listens (DESIGN §4.1)
  bool added = add_marks(frames) && (silent || add_self(frames));
  const auto records = silent ? 0U : static_cast<std::uint32_t>(core_.table.size());
  added = added && frames.add(wire::SyncBegin{.records = records});
  for (Slot slot = 1; !silent && added && slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot)) {
      added = add_record(frames, core_.table.at(slot), core_.now.steady);
    }
  }
  stream.synced = true;
  return added && frames.add(wire::SyncEnd{.records = records}) && frames.flush(last);
}

bool Streams::send_parts(Stream& stream) {
  Frames frames(stream.secure);
  bool added = add_self(frames);
  const Slot slot = core_.table.find(stream.target);
  const std::uint64_t boot = slot == no_slot ? 0 : core_.table.at(slot).claim().incarnation.boot;
  const auto total = static_cast<std::uint32_t>(stream.payload.size());
  do {
    const std::size_t size = std::min(part_bytes, stream.payload.size() - stream.sent);
    added = added && frames.add(wire::SendRequest{
                         .request_id = stream.request_id,
                         .target = stream.target,
                         .target_boot = boot,
                         .topic = stream.payload_topic,
                         .total_bytes = total,
                         .offset = static_cast<std::uint32_t>(stream.sent),
                         .payload = Bytes(stream.payload).subspan(stream.sent, size)});
    stream.sent += size;
  } while (added && stream.sent < stream.payload.size());
  stream.payload = {};
  return added && frames.flush(true);
}

// False: the stream is gone.
bool Streams::on_message(std::uint64_t id, Stream& stream, const wire::Message& message) {
  bool good = true;
  if (const auto* alive = std::get_if<wire::Alive>(&message)) {
    core_.membership.on_alive(*alive);
  } else if (const auto* suspect = std::get_if<wire::Suspect>(&message)) {
    core_.membership.on_suspect(*suspect);
  } else if (const auto* dead = std::get_if<wire::Dead>(&message)) {
    core_.membership.on_dead(*dead);
  } else if (const auto* verdict = std::get_if<wire::Verdict>(&message)) {
    core_.on_verdict(*verdict);
  } else if (const auto* request = std::get_if<wire::JoinRequest>(&message)) {
    good = on_join_request(stream, *request);
  } else if (const auto* answer = std::get_if<wire::JoinVerdict>(&message)) {
    return on_join_verdict(id, stream, *answer);
  } else if (const auto* begin = std::get_if<wire::SyncBegin>(&message)) {
    good = on_sync_begin(stream, *begin);
  } else if (const auto* item = std::get_if<wire::SyncItem>(&message)) {
    good = on_item(stream, *item);
  } else if (const auto* want = std::get_if<wire::SyncWant>(&message)) {
    good = on_want(stream, *want);
  } else if (const auto* mark = std::get_if<wire::SyncMark>(&message)) {
    core_.broadcasts.on_sync_mark(*mark);
  } else if (std::holds_alternative<wire::SyncEnd>(message)) {
    good = on_sync_end(stream);
  } else if (const auto* part = std::get_if<wire::SendRequest>(&message)) {
    good = on_send_request(stream, *part);
  } else if (const auto* taken = std::get_if<wire::SendReply>(&message)) {
    return on_send_reply(id, stream, *taken);
  } else if (const auto* wanted = std::get_if<wire::PullRequest>(&message)) {
    good = on_pull_request(id, stream, *wanted);
  } else if (const auto* payload = std::get_if<wire::PullReply>(&message)) {
    return on_pull_reply(id, stream, *payload);
  }
  if (!good) {
    fail(id, {Errc::closed, "the answer could not be sent"});
  }
  return good;
}

bool Streams::on_join_request(Stream& stream, const wire::JoinRequest& request) {
  if (stream.purpose != Purpose::accepted || stream.synced) {
    return false;
  }
  const Slot slot = core_.table.find(stream.secure.peer().name);
  wire::JoinVerdict verdict{.known = slot != no_slot, .sequence = core_.broadcasts.sequence()};
  if (verdict.known) {
    verdict.claim = core_.table.at(slot).claim();
  }
  const auto clock =
      static_cast<std::uint64_t>(std::max<std::int64_t>(core_.now.wall.unix_ms / 1000, 0));
  const std::uint64_t greatest = std::max(clock, core_.greatest_life());
  if (request.proposed_life > greatest && request.proposed_life - greatest > life_ahead_max_s) {
    verdict.code = wire::JoinCode::life_too_high;
    verdict.text = "your clock is more than 24 h ahead of the cluster's";
  } else if (!verdict.known && !core_.membership.has_room()) {
    verdict.code = wire::JoinCode::table_full;
    verdict.text = "the member table is full";
    ++core_.stats.names_refused;
  } else if (core_.state == NodeState::draining || !core_.active()) {
    verdict.code = wire::JoinCode::leaving;
    verdict.text = "this seed is itself on its way out";
  }
  const bool accepted = verdict.code == wire::JoinCode::accepted;
  stream.synced = !accepted;
  // By digest, the joiner says what it holds before anything is sent.
  return reply(stream, verdict, !accepted) &&
         (!accepted || by_digest(stream) || send_records(stream, true));
}

bool Streams::on_join_verdict(std::uint64_t id, Stream& stream, const wire::JoinVerdict& verdict) {
  if (stream.purpose != Purpose::join) {
    return true;
  }
  if (verdict.code != wire::JoinCode::accepted) {
    fail(id, {Errc::rejected, "the seed rejected us"}, std::string(verdict.text));
    return false;
  }
  // Nobody waits to hear from it what a node that knew nobody is told now.
  stream.fresh = core_.table.reachable() == 1;
  if (verdict.known) {
    core_.self.take_life_above(verdict.claim);
  }
  return true;
}

// Accepted: their records are in, ours go out. Join: the same from the other side. Sync: done.
bool Streams::on_sync_end(Stream& stream) {
  switch (stream.purpose) {
    case Purpose::accepted:
      if (stream.talk && !stream.synced) {
        return answer_items(stream);
      }
      ++core_.stats.syncs_completed;
      return stream.synced || send_records(stream, true);
    case Purpose::join:
      if (stream.finished) {
        return true;
      }
      if (!(stream.talk ? send_wanted(stream) : send_records(stream, true))) {
        return false;
      }
      stream.finished = true;
      core_.join.on_result(
          stream.operation,
          {.address = stream.peer, .accepted = true, .member = stream.secure.peer().name});
      return true;
    case Purpose::sync:
      if (stream.talk && !stream.finished && !send_wanted(stream)) {
        return false;
      }
      stream.finished = true;
      ++core_.stats.syncs_completed;
      return true;
    case Purpose::probe:
    case Purpose::send:
    case Purpose::pull:
      break;
  }
  return true;
}

bool Streams::on_send_request(Stream& stream, const wire::SendRequest& request) {
  if (stream.purpose != Purpose::accepted || stream.synced) {
    return false;
  }
  const auto answer = [&](wire::SendCode code) {
    stream.synced = true;
    return reply(stream, wire::SendReply{request.request_id, code}, true);
  };
  if (request.target != core_.self.name() || request.target_boot != core_.self.boot()) {
    return answer(wire::SendCode::not_me);
  }
  if (request.total_bytes > limits::send_payload_bytes_max) {
    return answer(wire::SendCode::too_large);
  }
  if (payloads_under_way(streams_) + request.payload.size() > limits::stream_payload_bytes_max) {
    core_.drop(DropReason::overload);
    return answer(wire::SendCode::full);
  }
  if (request.offset != stream.payload.size() ||
      request.payload.size() > request.total_bytes - request.offset) {
    return false;
  }
  stream.payload.insert(stream.payload.end(), request.payload.begin(), request.payload.end());
  if (stream.payload.size() < request.total_bytes) {
    return true;
  }
  const crypto::Hello& peer = stream.secure.peer();
  return answer(core_.sends.take(peer.name, peer.boot, request.topic, std::move(stream.payload),
                                 request.request_id));
}

bool Streams::on_send_reply(std::uint64_t id, Stream& stream, const wire::SendReply& answer) {
  if (stream.purpose != Purpose::send || stream.finished) {
    return true;
  }
  if (answer.code == wire::SendCode::taken) {
    stream.finished = true;
    core_.sends.done();
    core_.complete({.id = stream.operation, .round_trip = core_.now.steady - stream.started});
    return true;
  }
  static constexpr std::array errors{
      Error{Errc::rejected, "taken"},
      Error{Errc::no_subscriber, "no application subscribes there"},
      Error{Errc::not_alive, "another run of that name answers there"},
      Error{Errc::queue_full, "the receiver's queue is full: try again later"},
      Error{Errc::too_large, "the receiver takes no payload of that size"},
  };
  const auto code = std::min<std::size_t>(static_cast<std::size_t>(answer.code), errors.size() - 1);
  fail(id, errors[code]);
  return false;
}

}  // namespace swim::engine
