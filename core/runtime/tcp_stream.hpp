// One stream of TcpStreams, and its socket. Only for tcp_streams.cpp.
#pragma once

#include <sys/ioctl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/runtime/tcp_streams.hpp"

namespace swim::runtime {

struct TcpStreams::Stream {
  enum class State : std::uint8_t { connecting, open, flushing, lingering, gone };

  Stream(boost::asio::ip::tcp::socket socket_in, StreamId id_in, const Endpoint& peer_in)
      : socket(std::move(socket_in)), timer(socket.get_executor()), id(id_in), peer(peer_in) {}

  // Bytes that the peer has not taken yet, ours and the kernel's.
  std::size_t left() {
    int kernel = 0;
    return queued_bytes + (::ioctl(socket.native_handle(), TIOCOUTQ, &kernel) == 0
                               ? static_cast<std::size_t>(kernel)
                               : 0);
  }
  bool closing() const { return state == State::flushing || state == State::lingering; }

  boost::asio::ip::tcp::socket socket;
  boost::asio::steady_timer timer;
  StreamId id;
  Endpoint peer;
  State state{State::open};
  std::deque<ByteVector> queue;
  std::size_t offset{};  // into the first of the queue
  std::size_t queued_bytes{};
  std::size_t discarded_bytes{};
  TimePoint closed{};                      // by the engine
  std::list<StreamPtr>::iterator place{};  // while closing, among those
  std::size_t to_take{};                   // by the peer, when that was looked at last
  bool write_armed{};
};

}  // namespace swim::runtime
