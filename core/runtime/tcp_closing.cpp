// What becomes of the streams that the engine closed: their last bytes go out, and the peer's
// goodbye is waited for.
#include <algorithm>
#include <chrono>
#include <utility>

#include "core/runtime/clock.hpp"
#include "core/runtime/tcp_stream.hpp"
#include "core/runtime/tcp_streams.hpp"

namespace swim::runtime {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t flush_progress = 16 * 1024;

}  // namespace

void TcpStreams::close(StreamId id) {
  const StreamPtr stream = find(id);
  if (!stream || stream->closing()) {
    return;
  }
  if (stream->state == Stream::State::connecting) {
    drop(stream);
    return;
  }
  // The engine may use the id no more, and neither do we.
  streams_.erase(static_cast<std::uint64_t>(id));
  stream->state = Stream::State::flushing;
  stream->place = closing_streams_.insert(closing_streams_.end(), stream);
  stream->closed = steady_now();
  stream->to_take = stream->left();
  arm_timer(stream, steady_now() + closing_.flush);
  flush(stream);
}

void TcpStreams::linger(const StreamPtr& stream) {
  error_code ec;
  stream->state = Stream::State::lingering;
  stream->socket.shutdown(tcp::socket::shutdown_send, ec);
  if (ec) {
    drop(stream);
    return;
  }
  stream->to_take = stream->left();
  arm_timer(stream, steady_now() + closing_.linger);
}

// A closed stream is left when its peer takes nothing more.
void TcpStreams::timed_out(const StreamPtr& stream) {
  if (stream->timer.expiry() > std::chrono::steady_clock::now()) {
    return;  // it was set again
  }
  if (stream->closing()) {
    const std::size_t before = std::exchange(stream->to_take, stream->left());
    const bool goes_on = stream->to_take > 0 && stream->to_take + flush_progress <= before;
    if (goes_on && steady_now() < stream->closed + closing_.in_all) {
      arm_timer(stream, steady_now() + closing_.flush);
      return;
    }
  }
  if (stream->state == Stream::State::connecting) {
    end(stream, StreamEnd::timeout);
  } else if (stream->closing()) {
    drop(stream);
  }
}

// Strangers that keep their side open after we closed ours would hold all places. The engine has
// done with those that are closing; first go such as are only waited for.
bool TcpStreams::make_room() {
  if (closing_streams_.empty()) {
    return false;
  }
  const auto lingers = std::ranges::find(closing_streams_, Stream::State::lingering,
                                         [](const StreamPtr& stream) { return stream->state; });
  drop(StreamPtr(lingers == closing_streams_.end() ? closing_streams_.front() : *lingers));
  return true;
}

}  // namespace swim::runtime
