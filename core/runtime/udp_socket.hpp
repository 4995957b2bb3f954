// The gossip socket for datagrams: batched, non-blocking receive into pooled buffers, and sends
// that never block. Engine thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/buffer_pool.hpp"
#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/runtime/socket_address.hpp"

namespace swim::runtime {

class UdpSocket {
 public:
  // Gets each datagram in its own buffer, which is the callee's to change until it returns.
  using Receiver = std::function<void(const Endpoint& from, MutableBytes datagram)>;
  // The host of a datagram's receiver says that nobody listens on that port, and quotes the
  // datagram's beginning.
  using Refusals = std::function<void(const Endpoint& to, Bytes quoted)>;
  enum class Sent : std::uint8_t { yes, would_block, failed };

  struct Counters {
    std::uint64_t unsent{};     // refused by the kernel, for another reason than a full socket
    std::uint64_t overflows{};  // SO_RXQ_OVFL: dropped by the kernel because we were too slow
    std::uint64_t truncated{};  // longer than a receive buffer, dropped
    int send_error{};           // errno of the last failed send
    int receive_error{};        // and receive
    std::uint64_t receive_failures{};
  };

  // `pool` must outlive the socket; its buffers bound the length of a datagram.
  UdpSocket(boost::asio::io_context& io, BufferPool& pool, Receiver receiver, Refusals refusals);
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  // Port 0 lets the kernel choose. May be tried again after a failure.
  boost::system::error_code open(const Endpoint& bind);
  void close();
  Endpoint bound() const;
  Family family() const { return family_; }

  // Feeds what is there, up to limits::receive_batch datagrams. `true`: the batch was full, there
  // may be more.
  bool receive();
  // Has the io_context run a handler, which then only ends the wait, as soon as there is something
  // to read.
  void wait_readable();
  Sent send(const Endpoint& to, Bytes datagram);
  // The same for writing, after would_block. `writable` is called once.
  void wait_writable(std::function<void()> writable);

  const Counters& counters() const { return counters_; }

 private:
  struct Batch;

  std::size_t prepare();
  void feed(std::size_t count);
  bool read_refusals();
  void count_overflows(std::uint32_t total);

  boost::asio::ip::udp::socket socket_;
  BufferPool& pool_;
  Receiver receiver_;
  Refusals refusals_;
  Family family_{Family::v4};
  std::unique_ptr<Batch> batch_;
  Counters counters_;
  std::uint32_t overflows_seen_{};  // the kernel's own count, which wraps
  bool waiting_{};
  bool woken_{};  // the wait ended since the last receive()
};

}  // namespace swim::runtime
