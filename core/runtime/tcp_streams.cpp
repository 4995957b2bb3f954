#include "core/runtime/tcp_streams.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <deque>
#include <utility>
#include <variant>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "core/runtime/stream_errors.hpp"
#include "core/runtime/tcp_stream.hpp"

namespace swim::runtime {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Reads of one stream before the others have their turn.
constexpr int reads_per_turn = 4;
constexpr std::size_t linger_bytes_max = 256 * 1024;
constexpr auto accept_pause = std::chrono::milliseconds(100);

using BindNoPort = asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>;

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

TcpStreams::TcpStreams(asio::io_context& io, StreamEvents& events, ClosingTimes closing,
                       std::size_t sockets_max)
    : io_(io),
      events_(events),
      closing_(closing),
      sockets_max_(sockets_max),
      acceptor_(io),
      accept_pause_(io) {}

TcpStreams::~TcpStreams() = default;

error_code TcpStreams::listen(const Endpoint& bind) {
  error_code ec;
  if (acceptor_.is_open()) {
    acceptor_.close(ec);
  }
  family_ = family_of(bind);
  const auto address = to_asio_address(bind, family_);
  source_ = bind.is_unspecified() ? std::nullopt : address;
  const tcp::endpoint at(*address, bind.port);
  if (acceptor_.open(at.protocol(), ec)) {
    return ec;
  }
  // So that a restart does not wait for connections in TIME_WAIT; it doesn't let two listeners in.
  acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (family_ != Family::v4) {
    acceptor_.set_option(asio::ip::v6_only(family_ == Family::v6), ec);
  }
  if (acceptor_.bind(at, ec) || acceptor_.listen(tcp::acceptor::max_listen_connections, ec)) {
    return ec;
  }
  acceptor_.non_blocking(true, ec);
  return ec;
}

Endpoint TcpStreams::bound() const {
  error_code ec;
  const tcp::endpoint at = acceptor_.local_endpoint(ec);
  return ec ? Endpoint{} : from_asio(at);
}

void TcpStreams::start_accepting() {
  accept_next();
}

void TcpStreams::accept_next() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) {
      return;
    }
    if (!error) {
      accepted(std::move(socket));
      accept_next();
      return;
    }
    if (error == asio::error::connection_aborted) {
      accept_next();
      return;
    }
    events_.accept_failed(error.message());
    accept_pause_.expires_after(accept_pause);
    accept_pause_.async_wait([this](const error_code& cancelled) {
      if (!cancelled) {
        accept_next();
      }
    });
  });
}

void TcpStreams::accepted(tcp::socket socket) {
  error_code ec;
  const tcp::endpoint peer = socket.remote_endpoint(ec);
  if (ec) {
    return;
  }
  const bool room = sockets_ < sockets_max_ || make_room();
  const auto id = room ? events_.stream_accepted(from_asio(peer)) : std::nullopt;
  if (!id) {
    // A reset: an orderly end without a word tells a member that its key or label differs.
    socket.set_option(asio::socket_base::linger(true, 0), ec);
    socket.close(ec);  // its destructor would take the option back
    return;
  }
  socket.non_blocking(true, ec);
  socket.set_option(tcp::no_delay(true), ec);
  auto stream = std::make_shared<Stream>(std::move(socket), *id, from_asio(peer));
  streams_.emplace(static_cast<std::uint64_t>(*id), stream);
  ++sockets_;
  arm_read(stream);
}

void TcpStreams::apply(StreamAction action) {
  if (auto* open_action = std::get_if<OpenStream>(&action)) {
    open(*open_action);
  } else if (auto* write_action = std::get_if<WriteStream>(&action)) {
    write(std::move(*write_action));
  } else {
    close(std::get<CloseStream>(action).id);
  }
}

void TcpStreams::open(const OpenStream& action) {
  auto stream = std::make_shared<Stream>(tcp::socket(io_), action.id, action.to);
  stream->state = Stream::State::connecting;
  streams_.emplace(static_cast<std::uint64_t>(action.id), stream);
  ++sockets_;
  const auto to = to_asio_address(action.to, family_);
  if (!to) {
    asio::post(io_, [this, stream] {
      events_.dial_failed("family", other_family(stream->peer));
      end(stream, StreamEnd::unreachable);
    });
    return;
  }
  if (action.to.is_unspecified() || action.to.port == 0) {
    end_later(stream, StreamEnd::unreachable);
    return;
  }
  arm_timer(stream, action.deadline);
  connect(stream, *to);
}

void TcpStreams::connect(const StreamPtr& stream, const asio::ip::address& to) {
  const tcp::endpoint at(to, stream->peer.port);
  error_code ec;
  tcp::socket& socket = stream->socket;
  if (!socket.open(at.protocol(), ec)) {
    socket.non_blocking(true, ec);
    socket.set_option(tcp::no_delay(true), ec);
    if (source_) {
      // The port is chosen at connect, when the kernel knows that only the four-tuple must be
      // unique.
      socket.set_option(BindNoPort(true), ec);
      socket.bind(tcp::endpoint(*source_, 0), ec);
    }
  }
  if (ec) {
    asio::post(io_, [this, stream, ec] { connected(stream, ec); });
    return;
  }
  socket.async_connect(at, [this, stream](const error_code& error) { connected(stream, error); });
}

void TcpStreams::connected(const StreamPtr& stream, const error_code& error) {
  if (stream->state != Stream::State::connecting) {
    return;  // given up meanwhile
  }
  if (error) {
    if (const auto cause = local_cause(error, source_.has_value())) {
      events_.dial_failed(*cause, *cause);
    }
    end(stream, to_stream_end(error));
    return;
  }
  stream->timer.cancel();
  stream->state = Stream::State::open;
  events_.stream_opened(stream->id);
  arm_read(stream);
  flush(stream);
}

void TcpStreams::write(WriteStream action) {
  const StreamPtr stream = find(action.id);
  if (!stream || stream->closing() || action.bytes.empty()) {
    return;
  }
  stream->queued_bytes += action.bytes.size();
  stream->queue.push_back(std::move(action.bytes));
  if (stream->queued_bytes > limits::stream_write_bytes_max) {
    end_later(stream, StreamEnd::reset);
  } else if (stream->state == Stream::State::open) {
    flush(stream);
  }
}

void TcpStreams::flush(const StreamPtr& stream) {
  while (!stream->queue.empty()) {
    const ByteVector& front = stream->queue.front();
    error_code ec;
    const std::size_t written = stream->socket.write_some(
        asio::buffer(front.data() + stream->offset, front.size() - stream->offset), ec);
    if (would_block(ec)) {
      if (!std::exchange(stream->write_armed, true)) {
        stream->socket.async_wait(tcp::socket::wait_write, [this, stream](const error_code&) {
          stream->write_armed = false;
          if (stream->state == Stream::State::open || stream->closing()) {
            flush(stream);
          }
        });
      }
      return;
    }
    if (ec) {
      end_later(stream, to_stream_end(ec));
      return;
    }
    stream->offset += written;
    stream->queued_bytes -= written;
    if (stream->offset == front.size()) {
      stream->queue.pop_front();
      stream->offset = 0;
    }
  }
  if (stream->state == Stream::State::flushing) {
    linger(stream);
  }
}

void TcpStreams::arm_read(const StreamPtr& stream) {
  stream->socket.async_wait(tcp::socket::wait_read, [this, stream](const error_code& error) {
    if (!error) {
      read(stream);
    }
  });
}

void TcpStreams::read(const StreamPtr& stream) {
  for (int turn = 0; turn < reads_per_turn; ++turn) {
    if (stream->state == Stream::State::gone) {
      return;
    }
    error_code ec;
    const std::size_t got = stream->socket.read_some(asio::buffer(scratch_), ec);
    if (would_block(ec)) {
      break;
    }
    if (ec) {
      end(stream, to_stream_end(ec));
      return;
    }
    if (!stream->closing()) {
      events_.stream_data(stream->id, stream->peer, Bytes(scratch_.data(), got));
      continue;
    }
    stream->discarded_bytes += got;
    if (stream->discarded_bytes > linger_bytes_max) {
      drop(stream);
      return;
    }
  }
  arm_read(stream);
}

void TcpStreams::arm_timer(const StreamPtr& stream, TimePoint at) {
  stream->timer.expires_at(to_steady_clock(at));
  stream->timer.async_wait([this, stream](const error_code& cancelled) {
    if (!cancelled) {
      timed_out(stream);
    }
  });
}

void TcpStreams::end_later(const StreamPtr& stream, StreamEnd reason) {
  asio::post(io_, [this, stream, reason] { end(stream, reason); });
}

void TcpStreams::end(const StreamPtr& stream, StreamEnd reason) {
  if (stream->state == Stream::State::gone) {
    return;
  }
  const bool report = !stream->closing();
  drop(stream);
  if (report) {
    events_.stream_ended(stream->id, reason);
  }
}

void TcpStreams::drop(const StreamPtr& stream) {
  if (stream->state == Stream::State::gone) {
    return;
  }
  if (stream->closing()) {
    closing_streams_.erase(stream->place);
  } else {
    streams_.erase(static_cast<std::uint64_t>(stream->id));
  }
  stream->state = Stream::State::gone;
  stream->timer.cancel();
  error_code ec;
  stream->socket.close(ec);
  --sockets_;
}

void TcpStreams::close_all() {
  error_code ec;
  acceptor_.close(ec);
  accept_pause_.cancel();
  while (!streams_.empty()) {
    drop(StreamPtr(streams_.begin()->second));
  }
}

TcpStreams::StreamPtr TcpStreams::find(StreamId id) const {
  const auto found = streams_.find(static_cast<std::uint64_t>(id));
  return found == streams_.end() ? nullptr : found->second;
}

}  // namespace swim::runtime
