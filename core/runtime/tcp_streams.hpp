// The sockets behind the engine's streams: accepts, dials, reads, and writes in order. It knows
// nothing of what is said on them; how long a peer may be silent is the engine's business.
//
// Engine thread only. Reports come out of the io_context's handlers, never out of apply(), so that
// the driver can apply actions while it drains the engine.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/limits.hpp"
#include "core/engine/engine.hpp"
#include "core/runtime/socket_address.hpp"

namespace swim::runtime {

// Who is told; the driver passes it on to the engine.
class StreamEvents {
 public:
  // nullopt: not wanted, the connection is reset.
  virtual std::optional<StreamId> stream_accepted(const Endpoint& from) = 0;
  virtual void stream_opened(StreamId id) = 0;
  virtual void stream_data(StreamId id, const Endpoint& peer, Bytes data) = 0;
  // The last report of a stream; not given for one that the engine closed itself.
  virtual void stream_ended(StreamId id, StreamEnd end) = 0;
  // Accepting failed for want of descriptors or memory; it is tried again by itself.
  virtual void accept_failed(const std::string& cause) = 0;
  // A dial failed for want of something on this machine, and what to do; its end, which says
  // unreachable as if it were the network's fault, follows. `kind`: the same whoever was dialled.
  virtual void dial_failed(const std::string& kind, const std::string& cause) = 0;

 protected:
  ~StreamEvents() = default;
};

// What a closed stream is waited for: closing at once would reset the connection, and could take
// its last bytes away from the peer.
struct ClosingTimes {
  Duration flush{std::chrono::seconds(5)};   // as long as the peer takes 16 KiB within it
  Duration linger{std::chrono::seconds(1)};  // then for the peer's goodbye
  Duration in_all{std::chrono::seconds(60)};
};

class TcpStreams {
 public:
  // The engine bounds the streams that it knows; `sockets_max` bounds those that are closing as
  // well, and is more.
  TcpStreams(boost::asio::io_context& io, StreamEvents& events, ClosingTimes closing = {},
             std::size_t sockets_max = 2 * limits::streams_max);
  ~TcpStreams();
  TcpStreams(const TcpStreams&) = delete;
  TcpStreams& operator=(const TcpStreams&) = delete;

  // Binds and listens; port 0 lets the kernel choose. May be tried again after a failure.
  boost::system::error_code listen(const Endpoint& bind);
  Endpoint bound() const;
  void start_accepting();

  void apply(StreamAction action);
  // Drops every socket without reports.
  void close_all();

  // Sockets in use, those included that only wait for the peer's goodbye: these make room for new
  // ones.
  std::size_t open_sockets() const { return sockets_; }

 private:
  struct Stream;
  using StreamPtr = std::shared_ptr<Stream>;

  void accept_next();
  void accepted(boost::asio::ip::tcp::socket socket);
  bool make_room();
  void open(const OpenStream& action);
  void connect(const StreamPtr& stream, const boost::asio::ip::address& to);
  void connected(const StreamPtr& stream, const boost::system::error_code& error);
  void write(WriteStream action);
  void close(StreamId id);
  void flush(const StreamPtr& stream);
  void linger(const StreamPtr& stream);
  void arm_read(const StreamPtr& stream);
  void read(const StreamPtr& stream);
  void arm_timer(const StreamPtr& stream, TimePoint at);
  void timed_out(const StreamPtr& stream);
  // For failures found while an action is applied.
  void end_later(const StreamPtr& stream, StreamEnd end);
  void end(const StreamPtr& stream, StreamEnd end);
  void drop(const StreamPtr& stream);
  StreamPtr find(StreamId id) const;

  boost::asio::io_context& io_;
  StreamEvents& events_;
  const ClosingTimes closing_;
  const std::size_t sockets_max_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer accept_pause_;
  Family family_{Family::v4};
  // Where dials come from, when bound to one address.
  std::optional<boost::asio::ip::address> source_;
  std::unordered_map<std::uint64_t, StreamPtr> streams_;
  std::list<StreamPtr> closing_streams_;  // flushing or lingering; who closed first comes first
  std::vector<std::uint8_t> scratch_ = std::vector<std::uint8_t>(std::size_t{64} * 1024);
  std::size_t sockets_{};
};

}  // namespace swim::runtime
