#include "core/runtime/udp_socket.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "core/base/limits.hpp"

namespace swim::runtime {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

// Wanted; the kernel caps it at net.core.rmem_max and wmem_max.
constexpr int socket_buffer_bytes = 4 * 1024 * 1024;

// ICMP errors are queued with the datagram that they are about, in place of a bare errno.
using QueueErrors4 = asio::detail::socket_option::boolean<IPPROTO_IP, IP_RECVERR>;
using QueueErrors6 = asio::detail::socket_option::boolean<IPPROTO_IPV6, IPV6_RECVERR>;
constexpr int refusals_at_once = 32;
// A call that fails for what is queued is made again; what it causes itself would come again too.
constexpr int calls_tried = 4;
constexpr std::size_t quoted_bytes = 64;

bool is_refusal(const cmsghdr& note) {
  const bool v4 = note.cmsg_level == IPPROTO_IP && note.cmsg_type == IP_RECVERR;
  const bool v6 = note.cmsg_level == IPPROTO_IPV6 && note.cmsg_type == IPV6_RECVERR;
  sock_extended_err error{};
  std::memcpy(&error, CMSG_DATA(&note), sizeof error);
  return (v4 || v6) && error.ee_errno == ECONNREFUSED && error.ee_origin != SO_EE_ORIGIN_LOCAL;
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

using OverflowCounts = asio::detail::socket_option::boolean<SOL_SOCKET, SO_RXQ_OVFL>;

}  // namespace

struct UdpSocket::Batch {
  static constexpr std::size_t size = limits::receive_batch;
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(std::uint32_t))> bytes;
  };

  std::array<std::optional<BufferPool::Lease>, size> buffers;
  std::array<iovec, size> vectors{};
  std::array<sockaddr_storage, size> sources{};
  std::array<Control, size> controls{};
  std::array<mmsghdr, size> headers{};
};

UdpSocket::UdpSocket(asio::io_context& io, BufferPool& pool, Receiver receiver, Refusals refusals)
    : socket_(io),
      pool_(pool),
      receiver_(std::move(receiver)),
      refusals_(std::move(refusals)),
      batch_(std::make_unique<Batch>()) {}

UdpSocket::~UdpSocket() = default;

error_code UdpSocket::open(const Endpoint& bind) {
  close();
  family_ = family_of(bind);
  error_code ec;
  const udp::endpoint at(*to_asio_address(bind, family_), bind.port);
  if (socket_.open(at.protocol(), ec)) {
    return ec;
  }
  if (family_ != Family::v4) {
    socket_.set_option(asio::ip::v6_only(family_ == Family::v6), ec);
  }
  // No address reuse: two sockets on one UDP port would each get a part of the datagrams.
  if (socket_.bind(at, ec) || socket_.non_blocking(true, ec)) {
    return ec;
  }
  error_code ignored;  // smaller buffers and no counter are no reason not to start
  socket_.set_option(asio::socket_base::receive_buffer_size(socket_buffer_bytes), ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(socket_buffer_bytes), ignored);
  socket_.set_option(OverflowCounts(true), ignored);
  if (family_ != Family::v6) {
    socket_.set_option(QueueErrors4(true), ignored);
  }
  if (family_ != Family::v4) {
    socket_.set_option(QueueErrors6(true), ignored);
  }
  return ec;
}

void UdpSocket::close() {
  error_code ignored;
  if (socket_.is_open()) {
    socket_.close(ignored);
  }
  for (auto& buffer : batch_->buffers) {
    buffer.reset();
  }
}

Endpoint UdpSocket::bound() const {
  error_code ec;
  const udp::endpoint at = socket_.local_endpoint(ec);
  return ec ? Endpoint{} : from_asio(at);
}

// A buffer for each place of the batch, as far as the pool has them.
std::size_t UdpSocket::prepare() {
  std::size_t ready = 0;
  for (; ready < Batch::size; ++ready) {
    auto& buffer = batch_->buffers[ready];
    if (!buffer) {
      buffer = pool_.try_acquire();
    }
    if (!buffer) {
      break;
    }
    const MutableBytes space = buffer->bytes();
    batch_->vectors[ready] = {space.data(), space.size()};
    msghdr& header = batch_->headers[ready].msg_hdr;
    header = {};
    header.msg_name = &batch_->sources[ready];
    header.msg_namelen = sizeof(sockaddr_storage);
    header.msg_iov = &batch_->vectors[ready];
    header.msg_iovlen = 1;
    header.msg_control = batch_->controls[ready].bytes.data();
    header.msg_controllen = batch_->controls[ready].bytes.size();
  }
  return ready;
}

bool UdpSocket::receive() {
  const std::size_t room = prepare();
  // Each failing call takes the socket's error away, what is queued stays: where there is nothing
  // to receive, that alone may be what ended the wait, and would end every one to come.
  const bool woken = std::exchange(woken_, false);
  int got = -1;
  int tries = calls_tried;
  do {
    got = ::recvmmsg(socket_.native_handle(), batch_->headers.data(), static_cast<unsigned>(room),
                     MSG_DONTWAIT, nullptr);
  } while (got < 0 && --tries > 0 &&
           (errno == EINTR || ((woken || !would_block()) && read_refusals())));
  if (got < 0) {
    if (!would_block()) {
      counters_.receive_error = errno;
      ++counters_.receive_failures;
    }
    return false;
  }
  const auto count = static_cast<std::size_t>(got);
  feed(count);
  return count == room;
}

// After a call that failed. True: what made it fail was about an earlier datagram and is read now;
// the call itself did nothing and has to be made again. Keeps errno where it was something else.
bool UdpSocket::read_refusals() {
  const int failed = errno;
  bool any = false;
  for (int i = 0; i < refusals_at_once; ++i) {
    std::array<std::uint8_t, quoted_bytes> quoted{};
    alignas(cmsghdr) std::array<char, 512> control{};
    sockaddr_storage to{};
    iovec vector{quoted.data(), quoted.size()};
    msghdr header{};
    header.msg_name = &to;
    header.msg_namelen = sizeof to;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket_.native_handle(), &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (size < 0) {
      break;
    }
    any = true;
    const cmsghdr* note = CMSG_FIRSTHDR(&header);
    if (note != nullptr && is_refusal(*note)) {
      refusals_(from_socket_address(reinterpret_cast<const sockaddr*>(&to)),
                Bytes(quoted.data(), static_cast<std::size_t>(size)));
    }
  }
  errno = failed;
  return any;
}

void UdpSocket::feed(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    msghdr& header = batch_->headers[i].msg_hdr;
    for (cmsghdr* note = CMSG_FIRSTHDR(&header); note != nullptr;
         note = CMSG_NXTHDR(&header, note)) {
      if (note->cmsg_level == SOL_SOCKET && note->cmsg_type == SO_RXQ_OVFL) {
        std::uint32_t total = 0;
        std::memcpy(&total, CMSG_DATA(note), sizeof total);
        count_overflows(total);
      }
    }
    if ((header.msg_flags & MSG_TRUNC) != 0) {
      ++counters_.truncated;
    } else {
      receiver_(from_socket_address(reinterpret_cast<const sockaddr*>(&batch_->sources[i])),
                batch_->buffers[i]->bytes().first(batch_->headers[i].msg_len));
    }
    batch_->buffers[i].reset();
  }
}

void UdpSocket::count_overflows(std::uint32_t total) {
  counters_.overflows += static_cast<std::uint32_t>(total - overflows_seen_);
  overflows_seen_ = total;
}

void UdpSocket::wait_readable() {
  if (std::exchange(waiting_, true)) {
    return;
  }
  socket_.async_wait(udp::socket::wait_read, [this](const error_code&) {
    waiting_ = false;
    woken_ = true;
  });
}

UdpSocket::Sent UdpSocket::send(const Endpoint& to, Bytes datagram) {
  const auto address = to_socket_address(to, family_);
  if (!address) {
    ++counters_.unsent;
    counters_.send_error = EAFNOSUPPORT;
    return Sent::failed;
  }
  ssize_t sent = -1;
  int tries = calls_tried;
  do {
    sent = ::sendto(socket_.native_handle(), datagram.data(), datagram.size(),
                    MSG_DONTWAIT | MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&address->storage), address->size);
  } while (sent < 0 && --tries > 0 && (errno == EINTR || (!would_block() && read_refusals())));
  if (sent >= 0) {
    return Sent::yes;
  }
  if (would_block()) {
    return Sent::would_block;
  }
  ++counters_.unsent;
  counters_.send_error = errno;
  return Sent::failed;
}

void UdpSocket::wait_writable(std::function<void()> writable) {
  socket_.async_wait(udp::socket::wait_write,
                     [writable = std::move(writable)](const error_code& error) {
                       if (!error) {
                         writable();
                       }
                     });
}

}  // namespace swim::runtime
