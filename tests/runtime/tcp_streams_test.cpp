#include "core/runtime/tcp_streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <map>
#include <string>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "core/runtime/stream_errors.hpp"
#include "tests/runtime/no_more_files.hpp"

namespace swim::runtime {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Endpoint endpoint(const char* text) {
  return *parse_endpoint(text, true);
}

// One side: streams, and what they reported.
struct Side final : StreamEvents {
  Side(boost::asio::io_context& io_in, const char* bind, ClosingTimes closing = {},
       std::size_t sockets_max = 2 * limits::streams_max)
      : io(io_in), streams(io_in, *this, closing, sockets_max) {
    const auto error = streams.listen(endpoint(bind));
    EXPECT_FALSE(error) << error.message();
    streams.start_accepting();
  }

  std::optional<StreamId> stream_accepted(const Endpoint& from) override {
    peers.push_back(from);
    if (refuse) {
      return std::nullopt;
    }
    accepted.push_back(static_cast<StreamId>(1000 + accepted.size()));
    return accepted.back();
  }
  void stream_opened(StreamId id) override { opened.push_back(id); }
  void stream_data(StreamId id, const Endpoint&, Bytes data) override {
    received[id] += as_text(data);
  }
  void stream_ended(StreamId id, StreamEnd end) override { ended[id] = end; }
  void accept_failed(const std::string& cause) override { ADD_FAILURE() << cause; }
  void dial_failed(const std::string& cause) override { local_causes.push_back(cause); }

  void open(StreamId id, const Endpoint& to, Duration within = std::chrono::seconds(20)) {
    streams.apply(OpenStream{id, to, steady_now() + within});
  }
  void write(StreamId id, const std::string& text) {
    streams.apply(WriteStream{id, ByteVector(text.begin(), text.end())});
  }
  void close(StreamId id) { streams.apply(CloseStream{id}); }

  // Runs handlers of both sides until the condition holds.
  void until(const std::function<bool()>& condition) {
    while (!condition()) {
      ASSERT_GT(io.run_one_for(std::chrono::seconds(30)), 0U) << "nothing happens any more";
    }
  }

  boost::asio::io_context& io;
  TcpStreams streams;
  std::vector<StreamId> accepted;
  std::vector<StreamId> opened;
  std::vector<Endpoint> peers;
  std::map<StreamId, std::string> received;
  std::map<StreamId, StreamEnd> ended;
  std::vector<std::string> local_causes;
  bool refuse{};
};

class Tcp : public ::testing::Test {
 protected:
  static constexpr auto one = static_cast<StreamId>(1);

  void exchange(const char* bind, const char* to) {
    Side server(io_, bind);
    Side client(io_, to);
    Endpoint at = endpoint(to);
    at.port = server.streams.bound().port;
    client.open(one, at);
    client.until([&] { return !client.opened.empty() && !server.accepted.empty(); });
    client.write(one, "hello");
    client.until([&] { return server.received[server.accepted[0]] == "hello"; });
    server.write(server.accepted[0], "back");
    client.until([&] { return client.received[one] == "back"; });
    client.close(one);
    client.until([&] { return server.ended.contains(server.accepted[0]); });
    EXPECT_EQ(server.ended[server.accepted[0]], StreamEnd::closed);
    // What the engine closed itself is not reported.
    EXPECT_TRUE(client.ended.empty());
    client.until([&] { return client.streams.open_sockets() == 0; });
  }

  boost::asio::io_context io_{1};
};

// swim-90e "TCP connect/send/recv works"
TEST_F(Tcp, TcpConnectSendRecvWorks) {
  exchange("127.0.0.1:0", "127.0.0.1:0");
}

TEST_F(Tcp, TcpConnectSendRecvWorksOverIPv6) {
  exchange("[::1]:0", "[::1]:0");
}

TEST_F(Tcp, AListenerOnAllOfIPv6ServesBothFamilies) {
  exchange("[::]:0", "127.0.0.1:0");
  exchange("[::]:0", "[::1]:0");
}

TEST_F(Tcp, ADialComesFromTheBoundAddress) {
  Side server(io_, "127.0.0.1:0");
  Side client(io_, "127.0.0.77:0");
  client.open(one, server.streams.bound());
  client.until([&] { return !server.peers.empty(); });
  EXPECT_EQ(address_to_string(server.peers[0]), "127.0.0.77");
}

TEST_F(Tcp, WritesArriveInOrderAndCompleteBeforeTheClose) {
  Side server(io_, "127.0.0.1:0");
  Side client(io_, "127.0.0.1:0");
  client.open(one, server.streams.bound());
  std::string all;
  client.until([&] { return !client.opened.empty() && !server.accepted.empty(); });
  // More than the socket buffers take at once, written before anybody reads.
  for (int i = 0; i < 100; ++i) {
    const std::string piece(50'000, static_cast<char>('a' + i % 26));
    client.write(one, piece);
    all += piece;
  }
  client.close(one);
  client.until([&] { return server.ended.contains(server.accepted[0]); });
  EXPECT_EQ(server.ended[server.accepted[0]], StreamEnd::closed);
  EXPECT_TRUE(server.received[server.accepted[0]] == all);
}

TEST_F(Tcp, ClosingDoesNotTakeTheLastBytesFromAPeerThatStillTalks) {
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

// swim-90e "Proper error handling"
TEST_F(Tcp, ProperErrorHandling) {
  Side client(io_, "127.0.0.1:0");
  Endpoint nobody;
  {
    Side server(io_, "127.0.0.1:0");
    nobody = server.streams.bound();
    server.streams.close_all();
  }
  client.open(one, nobody);
  const auto two = static_cast<StreamId>(2);
  client.open(two, endpoint("[::1]:7946"));  // not reachable from an IPv4 socket
  const auto three = static_cast<StreamId>(3);
  client.open(three, endpoint("0.0.0.0:0"));
  client.until([&] { return client.ended.size() == 3; });
  EXPECT_EQ(client.ended[one], StreamEnd::refused);
  EXPECT_EQ(client.ended[two], StreamEnd::unreachable);
  EXPECT_EQ(client.ended[three], StreamEnd::unreachable);
  EXPECT_THAT(client.local_causes, ElementsAre(HasSubstr("another IP family than that of [::1]")));
  EXPECT_TRUE(client.opened.empty());
  EXPECT_EQ(client.streams.open_sockets(), 0U);
  // Actions for streams that are gone, or never were, are nothing.
  client.write(one, "x");
  client.close(one);
  client.close(static_cast<StreamId>(99));
}

#ifdef SWIM_NO_MORE_FILES
TEST_F(Tcp, ADialThatFailsForWantOfDescriptorsSaysSo) {
  Side server(io_, "127.0.0.1:0");
  Side client(io_, "127.0.0.1:0");
  {
    const testing::NoMoreFiles full;
    client.open(one, server.streams.bound());
    EXPECT_THAT(client.local_causes, IsEmpty()) << "nothing is reported out of apply()";
    client.until([&] { return client.ended.contains(one); });
  }
  EXPECT_EQ(client.ended[one], StreamEnd::unreachable);
  EXPECT_THAT(client.local_causes, ElementsAre(HasSubstr("raise the limit of open files")));
  EXPECT_EQ(client.streams.open_sockets(), 0U);
  const auto two = static_cast<StreamId>(2);
  client.open(two, server.streams.bound());
  client.until([&] { return !client.opened.empty() && !server.accepted.empty(); });
  EXPECT_EQ(client.local_causes.size(), 1U);
  // Given up before it could be told.
  const auto three = static_cast<StreamId>(3);
  {
    const testing::NoMoreFiles full;
    client.open(three, server.streams.bound());
    client.close(three);
    io_.poll();
  }
  EXPECT_EQ(client.local_causes.size(), 1U);
  EXPECT_FALSE(client.ended.contains(three));
}
#endif

// So that nobody looks for the fault in the network.
TEST(StreamErrors, EachWantOfThisMachineHasItsOwnAdvice) {
  const auto told = [](int error) {
    return local_cause({error, boost::system::system_category()}).value_or("");
  };
  EXPECT_THAT(told(EMFILE), HasSubstr("limit of open files"));
  EXPECT_THAT(told(ENFILE), HasSubstr("fs.file-max"));
  EXPECT_THAT(told(ENOBUFS), HasSubstr("memory"));
  EXPECT_THAT(told(ENOMEM), HasSubstr("memory"));
  // The last: so it also is where a host without IPv6 dials a peer that has an address of it.
  for (const int error :
       {ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT, ECONNRESET, EPERM, EADDRNOTAVAIL}) {
    EXPECT_THAT(told(error), IsEmpty());
  }
  EXPECT_FALSE(local_cause(boost::asio::error::eof));
  EXPECT_THAT(local_cause({EADDRNOTAVAIL, boost::system::system_category()}, true).value_or(""),
              HasSubstr("gossip.bind-address"));
}

TEST_F(Tcp, ADialThatNobodyAnswersEndsAtItsDeadline) {
  // A listener whose queue is full lets further handshakes wait: as silent as a lost host.
  tcp::acceptor full(io_);
  full.open(tcp::v4());
  full.bind({boost::asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  const auto at = full.local_endpoint();
  std::vector<tcp::socket> queue;
  for (int i = 0; i < 8; ++i) {
    queue.emplace_back(io_);
    queue.back().open(tcp::v4());
    queue.back().non_blocking(true);
    // Asio's own connect would wait for the handshake, non-blocking socket or not.
    static_cast<void>(
        ::connect(queue.back().native_handle(), at.data(), static_cast<socklen_t>(at.size())));
  }
  Side client(io_, "127.0.0.1:0");
  client.open(one, from_asio(full.local_endpoint()), std::chrono::milliseconds(50));
  client.until([&] { return client.ended.contains(one); });
  EXPECT_EQ(client.ended[one], StreamEnd::timeout);
  EXPECT_TRUE(client.opened.empty());
}

TEST_F(Tcp, AResetIsToldApartFromAGoodbye) {
  Side server(io_, "127.0.0.1:0");
  tcp::socket rude(io_);
  rude.connect({boost::asio::ip::address_v4::loopback(), server.streams.bound().port});
  server.until([&] { return !server.accepted.empty(); });
  rude.set_option(boost::asio::socket_base::linger(true, 0));
  rude.close();
  server.until([&] { return server.ended.contains(server.accepted[0]); });
  EXPECT_EQ(server.ended[server.accepted[0]], StreamEnd::reset);
}

TEST_F(Tcp, AnUnwantedConnectionIsClosed) {
  Side server(io_, "127.0.0.1:0");
  server.refuse = true;
  Side client(io_, "127.0.0.1:0");
  client.open(one, server.streams.bound());
  client.until([&] { return client.ended.contains(one); });
  // closed would mean that its key or label differs.
  EXPECT_EQ(client.ended[one], StreamEnd::reset);
  EXPECT_EQ(server.streams.open_sockets(), 0U);
}

// Whoever keeps its side open after ours is closed holds a place for as long as it is waited for.
TEST_F(Tcp, ThoseThatAreClosingMakeRoomForNewOnes) {
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

  connect();  // in place of the one that only lingers
  EXPECT_EQ(server.streams.open_sockets(), 3U);
  server.close(server.accepted.back());
  connect();
  server.close(server.accepted.back());
  connect();
  connect();  // in place of the one that flushes
  EXPECT_EQ(server.streams.open_sockets(), 3U);

  // Nobody is closing any more.
  peers.emplace_back(io_).connect(to);
  io_.run_one_for(std::chrono::seconds(30));
  EXPECT_EQ(server.accepted.size(), 7U);
  server.write(open, "still there");
  std::string got(11, ' ');
  boost::asio::read(peers[1], boost::asio::buffer(got));
  EXPECT_EQ(got, "still there");
}

TEST_F(Tcp, APeerThatNeverReadsCostsABoundedQueue) {
  Side server(io_, "127.0.0.1:0");
  tcp::acceptor deaf(io_, {boost::asio::ip::address_v4::loopback(), 0});
  server.open(one, from_asio(deaf.local_endpoint()));
  server.until([&] { return !server.opened.empty(); });
  const std::string megabyte(1024 * 1024, 'x');
  for (std::size_t i = 0; i < 2 * limits::stream_write_bytes_max / megabyte.size(); ++i) {
    server.write(one, megabyte);
  }
  server.until([&] { return server.ended.contains(one); });
  EXPECT_EQ(server.ended[one], StreamEnd::reset);
}

// It takes more than twice the time that a peer has which takes nothing.
TEST_F(Tcp, AClosedStreamIsFlushedAsLongAsItsPeerReads) {
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

TEST_F(Tcp, AClosedStreamWhosePeerReadsNothingIsGivenUp) {
  Side server(io_, "127.0.0.1:0", {.flush = std::chrono::milliseconds(50)});
  tcp::socket deaf(io_);
  deaf.connect({boost::asio::ip::address_v4::loopback(), server.streams.bound().port});
  server.until([&] { return !server.accepted.empty(); });
  server.write(server.accepted[0], std::string(8 * 1024 * 1024, 'x'));
  server.close(server.accepted[0]);
  EXPECT_EQ(server.streams.open_sockets(), 1U);
  server.until([&] { return server.streams.open_sockets() == 0; });
}

TEST_F(Tcp, AClosedStreamWhosePeerNeverSaysGoodbyeIsGivenUp) {
  Side server(io_, "127.0.0.1:0");
  tcp::socket silent(io_);
  silent.connect({boost::asio::ip::address_v4::loopback(), server.streams.bound().port});
  server.until([&] { return !server.accepted.empty(); });
  server.close(server.accepted[0]);
  EXPECT_EQ(server.streams.open_sockets(), 1U);
  server.until([&] { return server.streams.open_sockets() == 0; });
}

// swim-90e "Address parsing robust": the parser's own tests are in tests/unit/base; here it is what
// the sockets say and take.
TEST(Transport, AddressParsingRobust) {
  for (const char* text :
       {"127.0.0.1:7946", "[::1]:7946", "[2001:db8::7]:1", "255.255.255.255:65535"}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(to_string(*parsed), text);
    const auto address = to_socket_address(*parsed, Family::dual);
    ASSERT_TRUE(address);
    EXPECT_EQ(from_socket_address(reinterpret_cast<const sockaddr*>(&address->storage)), *parsed);
    // A socket of one family reaches its own only.
    EXPECT_EQ(to_socket_address(*parsed, Family::v4).has_value(), parsed->is_v4());
    EXPECT_EQ(to_socket_address(*parsed, Family::v6).has_value(), !parsed->is_v4());
  }
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:65537",
        "127.0.0.1:-1", "127.0.0.256:1", "::1:7946", "[::1]", "[::1]7946", "[::1:7946", "host:7946",
        "127.0.0.1:7946 ", "127.0.0.1:0"}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::invalid_address);
    EXPECT_FALSE(parsed.error().what.empty()) << text;
  }
}

}  // namespace
}  // namespace swim::runtime
