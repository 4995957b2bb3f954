// Both sides of TcpStreams on one io_context.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "core/runtime/tcp_streams.hpp"

namespace swim::runtime::testing {

inline Endpoint endpoint(const char* text) {
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
  void dial_failed(const std::string& kind, const std::string& cause) override {
    local_kinds.insert(kind);
    local_causes.push_back(cause);
  }

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
  std::set<std::string> local_kinds;
  bool refuse{};
};

class TcpTest : public ::testing::Test {
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

}  // namespace swim::runtime::testing
