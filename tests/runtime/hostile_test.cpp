// What strangers may do to the gossip port, and how little it matters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <random>

#include "core/crypto/datagram_sealer.hpp"
#include "core/runtime/log_episodes.hpp"
#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;

ByteVector noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  ByteVector bytes(size);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  return bytes;
}

class Hostile : public ::testing::Test {
 protected:
  void SetUp() override { nodes_ = cluster(2); }

  // The cluster still does its work.
  void TearDown() override {
    EXPECT_TRUE(wait_until([&] { return nodes_[0].alive() == 2; }));
    const auto pinged =
        ask<Duration>([&](auto done) { return nodes_[1]->ping("n0", std::move(done)); });
    EXPECT_TRUE(pinged);
  }

  tcp::socket connect() {
    tcp::socket socket(io_);
    socket.connect({boost::asio::ip::address_v4::loopback(), nodes_[0].address().port});
    return socket;
  }
  // Reads until the node ends the connection.
  static boost::system::error_code read_to_end(tcp::socket& socket, std::size_t& bytes) {
    std::array<char, 4096> buffer{};
    boost::system::error_code ec;
    while (!ec) {
      bytes += socket.read_some(boost::asio::buffer(buffer), ec);
    }
    return ec;
  }

  boost::asio::io_context io_;
  std::vector<Node> nodes_;
};

TEST_F(Hostile, GarbageByUdpIsCountedAndLoggedOnceForEachSource) {
  udp::socket socket(io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const udp::endpoint to(boost::asio::ip::address_v4::loopback(), nodes_[0].address().port);
  std::uint64_t counted = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    ByteVector bytes = noise(i * 6, i);
    socket.send_to(boost::asio::buffer(bytes), to);
  }
  ASSERT_TRUE(wait_until([&] {
    counted = 0;
    const auto view = nodes_[0]->view();
    for (const std::uint64_t drops : view->stats.dropped) {
      counted += drops;
    }
    return counted >= 200;
  }));
  // Two of them begin like a sealed datagram.
  EXPECT_TRUE(wait_until([&] { return nodes_[0].log->count("reason=auth") > 0; }));
  EXPECT_EQ(nodes_[0].log->count("reason=auth"), 1U);
}

// More sources than are told of, and then something of our own that the log must not miss.
TEST_F(Hostile, AFloodFromManySourcesDoesNotSilenceTheLog) {
  const udp::endpoint to(boost::asio::ip::address_v4::loopback(), nodes_[0].address().port);
  ByteVector bytes = noise(100, 1);
  bytes[0] = crypto::datagram_type;
  bytes[1] = static_cast<std::uint8_t>(key_of(7).id() + 1);
  const std::size_t sources = LogEpisodes::keys_max + 20;
  for (std::size_t i = 0; i < sources; ++i) {
    const auto host = static_cast<boost::asio::ip::address_v4::uint_type>(0x7F010000 + i);
    udp::socket socket(io_, udp::endpoint(boost::asio::ip::make_address_v4(host), 0));
    socket.send_to(boost::asio::buffer(bytes), to);
  }
  ASSERT_TRUE(wait_until([&] { return nodes_[0].dropped(DropReason::unknown_key) >= sources; }));
  EXPECT_EQ(nodes_[0].log->count("reason=auth"), LogEpisodes::keys_max);
  udp::socket socket(io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  socket.send_to(boost::asio::buffer(noise(20'000, 1)), to);
  EXPECT_TRUE(wait_until([&] { return nodes_[0].log->count("gossip.datagram-bytes") == 1; }));
}

TEST_F(Hostile, WhatLooksLikeADatagramOfAStrangersClusterIsCountedAsAuth) {
  Options other = options_for("n1", {nodes_[0].seed_text()});
  const Node stranger = start(std::move(other), crypto::Keyring(key_of(99)));
  EXPECT_TRUE(wait_until([&] {
    return nodes_[0].dropped(DropReason::auth) > 0 ||
           nodes_[0].dropped(DropReason::unknown_key) > 0;
  }));
  EXPECT_EQ(nodes_[0]->snapshot()->members.size(), 2U);
}

TEST_F(Hostile, GarbageByTcpIsClosedWithoutAnAnswer) {
  for (const std::size_t size : {1U, 100U, 5000U}) {
    tcp::socket socket = connect();
    const ByteVector bytes = noise(size, 1);
    boost::system::error_code ec;
    boost::asio::write(socket, boost::asio::buffer(bytes), ec);
    std::size_t answered = 0;
    read_to_end(socket, answered);
    EXPECT_EQ(answered, 0U) << "a stranger gets no byte";
  }
}

TEST_F(Hostile, AHttpRequestIsClosedToo) {
  tcp::socket socket = connect();
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  boost::asio::write(socket, boost::asio::buffer(request));
  std::size_t answered = 0;
  read_to_end(socket, answered);
  EXPECT_EQ(answered, 0U);
}

TEST_F(Hostile, AHalfOpenConnectionEndsByItself) {
  tcp::socket silent = connect();
  std::size_t answered = 0;
  // Returns only because the node gives up waiting for the hello.
  EXPECT_EQ(read_to_end(silent, answered), boost::asio::error::eof);
  EXPECT_EQ(answered, 0U);
}

TEST_F(Hostile, ManyConnectionsThatSayNothingDoNotKeepMembersOut) {
  std::vector<tcp::socket> silent;
  for (std::size_t i = 0; i < limits::streams_max + 50; ++i) {
    silent.push_back(connect());
  }
  const Node late = start("late", {nodes_[0].seed_text()});
  EXPECT_TRUE(wait_until([&] { return late.alive() == 3; }));
  late->stop();
  EXPECT_TRUE(wait_until([&] { return nodes_[0].sees("late", MemberStatus::failed); }));
}

TEST_F(Hostile, ConnectionsThatAreResetAtOnceLeaveNothingBehind) {
  // Connections are accepted in their order: once this one is ended, all before it have been looked
  // at. Then a view that is newer than that says what is left.
  const auto no_streams = [&] {
    {
      tcp::socket last = connect();
      boost::asio::write(last, boost::asio::buffer(noise(100, 1)));
      std::size_t answered = 0;
      read_to_end(last, answered);
    }
    return wait_until([&, before = nodes_[0]->view()] {
      const auto view = nodes_[0]->view();
      return view != before && view->stats.streams_open == 0;
    });
  };
  ASSERT_TRUE(no_streams());
  const std::size_t files = open_files();
  for (int i = 0; i < 300; ++i) {
    tcp::socket socket = connect();
    socket.set_option(boost::asio::socket_base::linger(true, 0));
  }
  EXPECT_TRUE(no_streams());
  EXPECT_TRUE(wait_until([&] { return open_files() <= files; })) << open_files() << " of " << files;
}

}  // namespace
}  // namespace swim::runtime::testing
