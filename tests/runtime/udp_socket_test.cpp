#include "core/runtime/udp_socket.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"

namespace swim::runtime {
namespace {

Endpoint endpoint(const char* text) {
  return *parse_endpoint(text, true);
}

struct Peer {
  explicit Peer(boost::asio::io_context& io_in, const char* bind, std::size_t buffer_bytes = 2048)
      : io(io_in),
        pool(2 * limits::receive_batch, buffer_bytes),
        socket(
            io_in, pool,
            [this](const Endpoint& from, MutableBytes datagram) {
              received.emplace_back(from, std::string(as_text(datagram)));
              datagram[0] = 0;  // the buffer is the receiver's to change
            },
            [this](const Endpoint& to, Bytes quoted) {
              refused.emplace_back(to, std::string(quoted.begin(), quoted.end()));
            }) {
    const auto error = socket.open(endpoint(bind));
    EXPECT_FALSE(error) << error.message();
  }

  // Waits as the loop does, until there are so many datagrams.
  void receive(std::size_t count) {
    while (received.size() < count) {
      if (!socket.receive() && received.size() < count) {
        socket.wait_readable();
        ASSERT_GT(io.run_one_for(std::chrono::seconds(30)), 0U) << "nothing arrived";
      }
    }
  }

  boost::asio::io_context& io;
  BufferPool pool;
  UdpSocket socket;
  std::vector<std::pair<Endpoint, std::string>> received;
  std::vector<std::pair<Endpoint, std::string>> refused;
};

class Udp : public ::testing::Test {
 protected:
  boost::asio::io_context io_{1};
};

void exchange(Peer& a, Peer& b, const Endpoint& b_at) {
  EXPECT_EQ(a.socket.send(b_at, as_bytes("hello")), UdpSocket::Sent::yes);
  b.receive(1);
  ASSERT_EQ(b.received.size(), 1U);
  EXPECT_EQ(b.received[0].second, "hello");
  // The source is where an answer arrives.
  EXPECT_EQ(b.socket.send(b.received[0].first, as_bytes("back")), UdpSocket::Sent::yes);
  a.receive(1);
  ASSERT_EQ(a.received.size(), 1U);
  EXPECT_EQ(a.received[0].second, "back");
}

// swim-90e "UDP send/recv works"
TEST_F(Udp, UdpSendRecvWorks) {
  Peer a(io_, "127.0.0.1:0");
  Peer b(io_, "127.0.0.1:0");
  exchange(a, b, b.socket.bound());
  EXPECT_EQ(b.received[0].first, a.socket.bound());
}

TEST_F(Udp, UdpSendRecvWorksOverIPv6) {
  Peer a(io_, "[::1]:0");
  Peer b(io_, "[::1]:0");
  exchange(a, b, b.socket.bound());
}

TEST_F(Udp, ASocketBoundToAllOfIPv6ServesBothFamilies) {
  Peer both(io_, "[::]:0");
  Peer four(io_, "127.0.0.1:0");
  Peer six(io_, "[::1]:0");
  const std::uint16_t port = both.socket.bound().port;
  EXPECT_EQ(four.socket.send(Endpoint::v4(127, 0, 0, 1, port), as_bytes("4")),
            UdpSocket::Sent::yes);
  both.receive(1);
  Endpoint at = endpoint("[::1]:0");
  at.port = port;
  EXPECT_EQ(six.socket.send(at, as_bytes("6")), UdpSocket::Sent::yes);
  both.receive(2);
  ASSERT_EQ(both.received.size(), 2U);
  EXPECT_EQ(both.received[0].first, four.socket.bound());  // canonical, not "another" IPv6 address
  EXPECT_EQ(both.received[1].first, six.socket.bound());
  EXPECT_EQ(both.socket.send(four.socket.bound(), as_bytes("x")), UdpSocket::Sent::yes);
  four.receive(1);
}

TEST_F(Udp, ReceivesInBatchesAndInOrder) {
  Peer a(io_, "127.0.0.1:0");
  Peer b(io_, "127.0.0.1:0");
  const std::size_t count = limits::receive_batch + 20;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(a.socket.send(b.socket.bound(), as_bytes("m" + std::to_string(i))),
              UdpSocket::Sent::yes);
  }
  EXPECT_TRUE(b.socket.receive());  // a full batch: there may be more
  EXPECT_EQ(b.received.size(), limits::receive_batch);
  EXPECT_FALSE(b.socket.receive());
  ASSERT_EQ(b.received.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(b.received[i].second, "m" + std::to_string(i));
  }
}

TEST_F(Udp, ReceiveBuffersComeFromThePool) {
  Peer a(io_, "127.0.0.1:0");
  Peer b(io_, "127.0.0.1:0");
  for (std::size_t i = 1; i <= 500; ++i) {
    a.socket.send(b.socket.bound(), as_bytes("x"));
    b.receive(i);
  }
  EXPECT_GE(b.pool.hits(), 500U);
  EXPECT_EQ(b.pool.misses(), 0U);
}

TEST_F(Udp, ADatagramThatDoesNotFitIsDroppedAndCounted) {
  Peer a(io_, "127.0.0.1:0");
  Peer b(io_, "127.0.0.1:0", 100);
  a.socket.send(b.socket.bound(), as_bytes(std::string(101, 'x')));
  a.socket.send(b.socket.bound(), as_bytes(std::string(100, 'y')));
  b.receive(1);
  EXPECT_EQ(b.received[0].second, std::string(100, 'y'));
  EXPECT_EQ(b.socket.counters().truncated, 1U);
}

TEST_F(Udp, AnEmptyDatagramIsADatagram) {
  Peer a(io_, "127.0.0.1:0");
  BufferPool pool(limits::receive_batch, 100);
  std::size_t calls = 0;
  UdpSocket b(io_, pool,
              [&](const Endpoint&, MutableBytes datagram) {
                EXPECT_TRUE(datagram.empty());
                ++calls;
              },
              {});
  ASSERT_FALSE(b.open(endpoint("127.0.0.1:0")));
  a.socket.send(b.bound(), {});
  b.wait_readable();
  io_.run_one_for(std::chrono::seconds(30));
  b.receive();
  EXPECT_EQ(calls, 1U);
}

TEST_F(Udp, WhatTheKernelRefusesIsCountedAndDoesNoHarm) {
  Peer a(io_, "127.0.0.1:0");
  EXPECT_EQ(a.socket.send(endpoint("[::1]:9"), as_bytes("x")), UdpSocket::Sent::failed);
  EXPECT_EQ(a.socket.send(Endpoint::v4(127, 0, 0, 1, 9), Bytes(ByteVector(70'000))),
            UdpSocket::Sent::failed);
  EXPECT_EQ(a.socket.counters().unsent, 2U);
  Peer b(io_, "127.0.0.1:0");
  exchange(a, b, b.socket.bound());
}

TEST_F(Udp, DatagramsThatTheKernelDroppedForUsAreCounted) {
  Peer a(io_, "127.0.0.1:0", 9000);
  Peer b(io_, "127.0.0.1:0", 9000);
  const std::string big(8000, 'x');
  // More than any receive buffer that this machine grants; nobody reads meanwhile.
  for (int i = 0; i < 4000; ++i) {
    a.socket.send(b.socket.bound(), as_bytes(big));
  }
  while (b.socket.receive()) {
  }
  // The count comes with the first datagram after the loss.
  const std::size_t before = b.received.size();
  a.socket.send(b.socket.bound(), as_bytes("x"));
  b.receive(before + 1);
  EXPECT_EQ(b.socket.counters().overflows + b.received.size(), 4001U);
  EXPECT_GT(b.socket.counters().overflows, 0U);
}

// Nothing of what is sent afterwards may be lost for it.
void expect_refusal_quoted(boost::asio::io_context& io, const char* bind) {
  Peer a(io, bind);
  Endpoint gone;
  {
    Peer b(io, bind);
    gone = b.socket.bound();
  }
  Peer c(io, bind);
  EXPECT_EQ(a.socket.send(gone, as_bytes("a datagram for nobody")), UdpSocket::Sent::yes);
  while (a.refused.empty()) {
    a.socket.receive();
    if (a.refused.empty()) {
      a.socket.wait_readable();
      ASSERT_GT(io.run_one_for(std::chrono::seconds(30)), 0U) << "no answer from the kernel";
    }
  }
  EXPECT_EQ(a.refused[0].first, gone);
  EXPECT_EQ(a.refused[0].second, "a datagram for nobody");
  a.socket.send(gone, as_bytes("and another"));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(a.socket.send(c.socket.bound(), as_bytes("for somebody")), UdpSocket::Sent::yes);
  }
  c.receive(10);
  EXPECT_EQ(c.received.size(), 10U);
  EXPECT_EQ(a.socket.counters().unsent, 0U);
}

TEST_F(Udp, WhoDoesNotListenIsReportedWithWhatWasSent) {
  expect_refusal_quoted(io_, "127.0.0.1:0");
}

TEST_F(Udp, WhoDoesNotListenIsReportedOnIpv6Too) {
  expect_refusal_quoted(io_, "[::1]:0");
}

// The descriptor of the socket that is bound there, among this process's own.
int descriptor_at(const Endpoint& bound) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_storage at{};
    socklen_t size = sizeof at;
    int type = 0;
    socklen_t type_size = sizeof type;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_DGRAM &&
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0 &&
        from_socket_address(reinterpret_cast<const sockaddr*>(&at)) == bound) {
      return fd;
    }
  }
  return -1;
}

TEST_F(Udp, MoreRefusalsThanOneCallReadsAreAllReadAndThenItIsQuiet) {
  const auto work = boost::asio::make_work_guard(io_);
  Peer a(io_, "127.0.0.1:0");
  Endpoint gone;
  {
    Peer b(io_, "127.0.0.1:0");
    gone = b.socket.bound();
  }
  // Past the socket's own send(), which reads what is queued.
  const int fd = descriptor_at(a.socket.bound());
  ASSERT_GE(fd, 0);
  const auto to = to_socket_address(gone, Family::v4);
  constexpr std::size_t count = 200;
  for (std::size_t sent = 0, calls = 0; sent < count; ++calls) {
    ASSERT_LT(calls, 3 * count);
    // Every other call fails, for the refusal of the one before.
    sent += ::sendto(fd, "x", 1, MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to->storage),
                     to->size) == 1
                ? 1
                : 0;
  }
  for (std::size_t rounds = 0; a.refused.size() < count; ++rounds) {
    ASSERT_LT(rounds, count + 20) << "woken for refusals that nobody reads";
    a.socket.receive();
    if (a.refused.size() < count) {
      a.socket.wait_readable();
      ASSERT_GT(io_.run_one_for(std::chrono::seconds(30)), 0U) << "no answer from the kernel";
    }
  }
  int rounds = 0;
  do {
    a.socket.receive();
    a.socket.wait_readable();
  } while (io_.poll() > 0 && ++rounds < 20);
  EXPECT_LT(rounds, 20) << "woken for nothing";
  EXPECT_EQ(a.refused.size(), count);
}

TEST_F(Udp, AUsedPortIsRefused) {
  Peer a(io_, "127.0.0.1:0");
  BufferPool pool(limits::receive_batch, 100);
  UdpSocket b(io_, pool, [](const Endpoint&, MutableBytes) {}, {});
  EXPECT_EQ(b.open(a.socket.bound()), boost::system::errc::address_in_use);
}

}  // namespace
}  // namespace swim::runtime
