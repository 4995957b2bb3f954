#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/write.hpp>
#include <cerrno>
#include <string>

#include "core/base/limits.hpp"
#include "core/runtime/stream_errors.hpp"
#include "tests/runtime/no_more_files.hpp"
#include "tests/runtime/tcp_side.hpp"
#include "tests/support/silent_port.hpp"

namespace swim::runtime {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Side;

class Tcp : public testing::TcpTest {};

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
  const auto four = static_cast<StreamId>(4);
  client.open(four, endpoint("[::1]:7947"));
  client.until([&] { return client.ended.size() == 4; });
  EXPECT_EQ(client.ended[one], StreamEnd::refused);
  EXPECT_EQ(client.ended[two], StreamEnd::unreachable);
  EXPECT_EQ(client.ended[three], StreamEnd::unreachable);
  EXPECT_THAT(client.local_causes,
              ElementsAre(HasSubstr("another IP family than that of [::1]:7946"),
                          HasSubstr("another IP family than that of [::1]:7947")));
  EXPECT_EQ(client.local_kinds.size(), 1U) << "one place in the log for all of them";
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
  const test::SilentPort silent;  // as silent as a lost host
  Side client(io_, "127.0.0.1:0");
  client.open(one, endpoint(silent.address().c_str()), std::chrono::milliseconds(50));
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
