// Streams on which payloads of broadcasts are pulled: what is said on them, on both sides. Which
// are pulled from whom, and who is served, is decided in broadcast_pulls.hpp and
// broadcast_serving.hpp.
#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/frames.hpp"
#include "core/engine/streams.hpp"

namespace swim::engine {

std::optional<std::uint64_t> Streams::open_pull(Slot target,
                                                std::vector<wire::PullRequest> requests) {
  const Record& record = core_.table.at(target);
  const auto id = dial(Purpose::pull, record.description->address, record.description->name);
  if (!id) {
    return std::nullopt;
  }
  find(*id)->requests = std::move(requests);
  return static_cast<std::uint64_t>(*id);
}

// Others may have the payload too: who gives nothing for a while is left.
Duration Streams::patience(const Stream& stream) const {
  return stream.purpose == Purpose::pull || (stream.purpose == Purpose::accepted && stream.finished)
             ? std::min(core_.config.stream_timeout, core_.config.broadcast_repair_timeout / 2)
             : core_.config.stream_timeout;
}

bool Streams::ask_payloads(Stream& stream) {
  Frames frames(stream.secure);
  bool added = core_.self.displaced() || add_self(frames);
  for (const wire::PullRequest& request : std::exchange(stream.requests, {})) {
    added = added && frames.add(request);
  }
  return added && frames.flush(true);
}

bool Streams::on_pull_request(std::uint64_t id, Stream& stream, const wire::PullRequest& request) {
  const bool first_word = stream.purpose == Purpose::accepted && !stream.talk &&
                          (!stream.synced || core_.serving.serves(id));
  stream.synced = true;  // nothing else is said on it
  return first_word && !stream.finished && core_.serving.on_request(id, request);
}

// After the last part whoever pulls closes the stream: until then it counts as served, so that no
// more is handed to the sockets than they send.
bool Streams::say_payload(std::uint64_t id, const wire::PullReply& part, bool last) {
  Stream& stream = streams_.at(id);
  if (!reply(stream, part, last)) {
    fail(id, {Errc::closed, "the payload could not be sent"});
    return false;
  }
  flush(id, stream);
  stream.finished = last;
  arm(id, stream, patience(stream));
  return true;
}

bool Streams::on_pull_reply(std::uint64_t id, Stream& stream, const wire::PullReply& answer) {
  if (stream.purpose != Purpose::pull || stream.finished) {
    return true;
  }
  const auto next = core_.pulls.on_reply(id, answer);
  if (next == BroadcastPulls::Next::refused) {
    fail(id, {Errc::rejected, "not the payload that was asked for"});
    return false;
  }
  stream.finished = next == BroadcastPulls::Next::done;
  return true;
}

}  // namespace swim::engine
