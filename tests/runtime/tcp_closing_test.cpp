// What becomes of streams that the engine closed.
#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <vector>

#include "tests/runtime/tcp_side.hpp"

namespace swim::runtime {
namespace {

using boost::asio::ip::tcp;
using testing::Side;

class TcpClosing : public testing::TcpTest {};

TEST_F(TcpClosing, ClosingDoesNotTakeTheLastBytesFromAPeerThatStillTalks) {
  Side server(io_, "127.0.0.1:0");
  Side client(io_, "127.0.0.1:0");
  client.open(one, server.streams.bound());
  client.until([&] { return !client.opened.empty() && !server.accepted.empty(); });
  // Unread data on a closed socket would become a reset, which overtakes the answer.
  client.write(one, std::string(10'000, 'x'));
  server.write(server.accepted[0], "answer");
  server.close(server.accepted[0]);
  client.until([&] { return client.ended.contains(one); });
  EXPECT_EQ(client.ended[one], StreamEnd::closed);
  EXPECT_EQ(client.received[one], "answer");
}

// Whoever keeps its side open after ours is closed holds a place for as long as it is waited for.
TEST_F(TcpClosing, ThoseThatAreClosingMakeRoomForNewOnes) {
  const auto minute = std::chrono::minutes(1);
  Side server(io_, "127.0.0.1:0", {.flush = minute, .linger = minute}, 3);
  const Endpoint at = server.streams.bound();
  const tcp::endpoint to(boost::asio::ip::make_address(address_to_string(at)), at.port);
  std::vector<tcp::socket> peers;
  const auto connect = [&] {
    const std::size_t before = server.accepted.size();
    peers.emplace_back(io_).connect(to);
    server.until([&] { return server.accepted.size() > before; });
    return server.accepted.back();
  };
  const StreamId flushing = connect();
  server.write(flushing, std::string(8 * 1024 * 1024, 'x'));  // more than anybody takes unread
  server.close(flushing);
  const StreamId open = connect();
  server.close(connect());
  EXPECT_EQ(server.streams.open_sockets(), 3U);

  // Whoever writes to a socket that is gone is told so at the next write.
  const auto is_there = [](tcp::socket& peer) {
    boost::system::error_code first;
    boost::system::error_code second;
    peer.write_some(boost::asio::buffer("x", 1), first);
    peer.write_some(boost::asio::buffer("x", 1), second);
    return !first && !second;
  };
  connect();  // in place of the one that only lingers
  EXPECT_EQ(server.streams.open_sockets(), 3U);
  EXPECT_TRUE(is_there(peers[0]));
  EXPECT_FALSE(is_there(peers[2]));
  server.close(server.accepted.back());
  connect();
  server.close(server.accepted.back());
  connect();
  connect();  // in place of the one that flushes
  EXPECT_EQ(server.streams.open_sockets(), 3U);
  EXPECT_FALSE(is_there(peers[0]));

  // Nobody is closing any more.
  peers.emplace_back(io_).connect(to);
  io_.run_one_for(std::chrono::seconds(30));
  EXPECT_EQ(server.accepted.size(), 7U);
  server.write(open, "still there");
  std::string got(11, ' ');
  boost::asio::read(peers[1], boost::asio::buffer(got));
  EXPECT_EQ(got, "still there");
}

// It takes more than twice the time that a peer has which takes nothing.
TEST_F(TcpClosing, AClosedStreamIsFlushedAsLongAsItsPeerReads) {
  Side server(io_, "127.0.0.1:0", {.flush = std::chrono::seconds(1)});
  tcp::socket slow(io_);
  slow.open(tcp::v4());
  slow.set_option(tcp::socket::receive_buffer_size(32 * 1024));
  slow.connect({boost::asio::ip::address_v4::loopback(), server.streams.bound().port});
  server.until([&] { return !server.accepted.empty(); });
  constexpr std::size_t all = 7 * 1024 * 1024;
  server.write(server.accepted[0], std::string(all, 'x'));
  server.close(server.accepted[0]);
  std::vector<char> piece(48 * 1024);
  boost::asio::steady_timer pause(io_);
  std::size_t got = 0;
  bool over = false;
  const std::function<void()> read = [&] {
    slow.async_read_some(boost::asio::buffer(piece), [&](const auto& error, std::size_t bytes) {
      got += bytes;
      over = static_cast<bool>(error);
      pause.expires_after(std::chrono::milliseconds(25));
      pause.async_wait([&](const auto&) {
        if (!over) {
          read();
        }
      });
    });
  };
  read();
  server.until([&] { return over; });
  EXPECT_EQ(got, all);
}

TEST_F(TcpClosing, AClosedStreamWhosePeerReadsNothingIsGivenUp) {
  Side server(io_, "127.0.0.1:0", {.flush = std::chrono::milliseconds(50)});
  tcp::socket deaf(io_);
  deaf.connect({boost::asio::ip::address_v4::loopback(), server.streams.bound().port});
  server.until([&] { return !server.accepted.empty(); });
  server.write(server.accepted[0], std::string(8 * 1024 * 1024, 'x'));
  server.close(server.accepted[0]);
  EXPECT_EQ(server.streams.open_sockets(), 1U);
  server.until([&] { return server.streams.open_sockets() == 0; });
}

TEST_F(TcpClosing, AClosedStreamWhosePeerNeverSaysGoodbyeIsGivenUp) {
  Side server(io_, "127.0.0.1:0");
  tcp::socket silent(io_);
  silent.connect({boost::asio::ip::address_v4::loopback(), server.streams.bound().port});
  server.until([&] { return !server.accepted.empty(); });
  server.close(server.accepted[0]);
  EXPECT_EQ(server.streams.open_sockets(), 1U);
  server.until([&] { return server.streams.open_sockets() == 0; });
}

}  // namespace
}  // namespace swim::runtime
