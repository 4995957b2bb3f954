// What the end of a stream means to whoever opened it.
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/streams.hpp"

namespace swim::engine {

namespace {

// What the sender is told: the member's answer, that it was connected and did not answer in time,
// or that there was no way to have an answer, whatever the cause.
Error send_error(const Stream& stream, const Error& error) {
  switch (error.code) {
    case Errc::no_subscriber:
    case Errc::not_alive:
    case Errc::queue_full:
    case Errc::too_large:
    case Errc::rejected:
      return error;
    case Errc::timeout:
      return stream.opened ? error : Error{Errc::unreachable, error.what};
    default:
      return {Errc::unreachable, error.what};
  }
}

}  // namespace

Error Streams::error_of(const Stream& stream, StreamEnd end) {
  switch (end) {
    case StreamEnd::refused:
      return {Errc::refused, "nothing listens there"};
    case StreamEnd::unreachable:
      return {Errc::unreachable, "no way to that host"};
    case StreamEnd::timeout:
      return {Errc::timeout, "the connection did not open in time"};
    case StreamEnd::closed:
      // Whoever can't open our hello closes without a word (DESIGN §5, Streams).
      if (stream.opened && !stream.heard) {
        return {Errc::not_authenticated, "it did not authenticate us: key or label differs"};
      }
      break;
    case StreamEnd::reset:
      break;
  }
  return {Errc::closed, "the connection broke"};
}

Evidence Streams::evidence_of(const Stream& stream, StreamEnd end) {
  if (!stream.opened && end == StreamEnd::refused) {
    return Evidence::refused;
  }
  return Evidence::unknown;
}

// Tells whoever opened the stream that it will not do what it was for.
void Streams::ended(Stream& stream, const Error& error, std::string text) {
  if (stream.finished) {
    return;
  }
  stream.finished = true;
  const bool known = stream.secure.verified();
  switch (stream.purpose) {
    case Purpose::join:
      core_.join.on_result(stream.operation,
                           {.address = stream.peer,
                            .error = error,
                            .member = known ? stream.secure.peer().name : std::string(),
                            .text = std::move(text)});
      break;
    case Purpose::send:
      core_.sends.done();
      core_.complete({.id = stream.operation, .error = send_error(stream, error)});
      break;
    case Purpose::sync:
      ++core_.stats.syncs_failed;
      break;
    case Purpose::probe:
    case Purpose::pull:
    case Purpose::accepted:
      break;
  }
  // A peer that goes when it has said its last is no failure.
  core_.stats.streams_failed += stream.purpose == Purpose::accepted && known ? 0 : 1;
}

std::string Streams::stranger_text(const Stream& stream) const {
  return "seed " + to_string(stream.peer) + " did not authenticate us: key (fingerprint " +
         core_.keys.primary().fingerprint() + ") or label (" + core_.label + ") differs";
}

}  // namespace swim::engine
