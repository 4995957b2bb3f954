// Clients that send nonsense, too much, too slowly, or too often: each gets a clear answer, holds
// nothing for long, and keeps nobody else from an answer.
#include <gtest/gtest.h>

#include <list>

#include "server/process_stats.hpp"
#include "tests/unit/server/http_client.hpp"

namespace swim::server {
namespace {

using testing::Answer;
using testing::Client;
using testing::MadeServer;
using namespace std::chrono_literals;

// The request is refused with this status, its text says why, and the connection ends.
void expect_refused(const MadeServer& node, const std::string& request, int status,
                    const std::string& text) {
  Client client(node.server.bound());
  client.send(request);
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, status) << request.substr(0, 60);
  EXPECT_NE(answer.body.find(text), std::string::npos) << answer.body;
  EXPECT_NE(answer.head.find("Connection: close"), std::string::npos) << answer.head;
  EXPECT_EQ(node.get("/healthz").status, 200);
}

TEST(HttpHostile, WhatIsNoHttpGetsABadRequest) {
  MadeServer node;
  node.start();
  expect_refused(node, "hello\r\n\r\n", 400, "no HTTP request");
  expect_refused(node, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11), 400,
                 "no HTTP request");  // TLS
  expect_refused(node, "GET /healthz\r\n\r\n", 400, "no HTTP request");
  expect_refused(node, "GET /healthz HTTP/1.1\r\nbad field\r\n\r\n", 400, "no HTTP request");
  expect_refused(node, "GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400,
                 "no HTTP request");
}

TEST(HttpHostile, AnotherVersionIsRefused) {
  MadeServer node;
  node.start();
  expect_refused(node, "GET /healthz HTTP/2.0\r\n\r\n", 505, "must end with HTTP/1.0 or HTTP/1.1");
  expect_refused(node, "GET /a b HTTP/1.1\r\n\r\n", 505, "must end with HTTP/1.0 or HTTP/1.1");
}

TEST(HttpHostile, ALongRequestLineIsRefused) {
  MadeServer node;
  node.start();
  expect_refused(node, "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", 414,
                 "the request line is longer than 8192 bytes");
}

TEST(HttpHostile, ALongHeaderIsRefused) {
  MadeServer node;
  node.start();
  expect_refused(node, "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n", 431,
                 "the header is longer than 8192 bytes");
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 2000; ++i) {
    many += "X" + std::to_string(i) + ": a\r\n";
  }
  expect_refused(node, many + "\r\n", 431, "the header is longer");
}

TEST(HttpHostile, AnEndlessHeaderIsCutOffAndItsAnswerArrives) {
  MadeServer node;
  node.settings.limits.linger = 3s;
  node.start();
  Client client(node.server.bound());
  client.send("GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'a'));
  EXPECT_EQ(client.read_answer().status, 431);
  EXPECT_TRUE(client.ended_in_order());
}

TEST(HttpHostile, OtherMethodsAreRefusedAndTheirBodiesNotRead) {
  MadeServer node;
  node.start();
  for (const std::string method : {"POST", "PUT", "DELETE", "BREW"}) {
    Client client(node.server.bound());
    client.send(method + " /status HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nGET / ");
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_NE(answer.head.find("Allow: GET, HEAD\r\n"), std::string::npos);
    EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
  }
}

TEST(HttpHostile, ABodyIsNeverTakenForTheNextRequest) {
  MadeServer node;
  node.settings.limits.linger = 100ms;
  node.start();
  for (const char* framing : {"Content-Length: 37", "Transfer-Encoding: chunked"}) {
    Client client(node.server.bound());
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n" + std::string(framing) +
                "\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "ok\n");
    EXPECT_TRUE(client.closed_by_server()) << framing;
  }
}

TEST(HttpHostile, ASlowClientIsToldAndCutOff) {
  MadeServer node;
  node.settings.limits.request = 200ms;
  node.settings.limits.idle = 600s;
  node.settings.limits.linger = 100ms;
  node.start();
  Client client(node.server.bound());
  client.send("GET /healthz HTTP/1.1\r\nHo");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_NE(answer.body.find("did not arrive in time"), std::string::npos);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(HttpHostile, DrippingBytesDoesNotStretchTheTime) {
  MadeServer node;
  node.settings.limits.request = 300ms;
  node.settings.limits.idle = 600s;  // not the one that is meant here
  node.start();
  Client client(node.server.bound());
  std::atomic<bool> enough{};
  std::thread drip([&] {
    client.send("GET /healthz HTTP/1.1\r\nX: ");
    while (!enough) {
      client.send("a");
      std::this_thread::sleep_for(20ms);
    }
  });
  EXPECT_EQ(client.read_answer().status, 408);
  enough = true;
  drip.join();
}

TEST(HttpHostile, ASilentConnectionIsClosed) {
  MadeServer node;
  node.settings.limits.idle = 200ms;
  node.start();
  Client silent(node.server.bound());
  EXPECT_TRUE(silent.closed_by_server());
}

TEST(HttpHostile, AConnectionThatIsSilentAfterItsAnswerIsClosed) {
  MadeServer node;
  node.settings.limits.idle = 3s;  // or a busy machine is taken for a silent client
  node.start();
  Client after_one(node.server.bound());
  after_one.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(after_one.read_answer().status, 200);
  EXPECT_TRUE(after_one.closed_by_server());
}

TEST(HttpHostile, AReaderThatDoesNotReadIsCutOff) {
  MadeServer node;
  for (int i = 0; i < 40'000; ++i) {  // an answer that fits into no socket buffer
    node.made.snapshot.members.push_back(
        testing::member("node-" + std::to_string(i), MemberStatus::alive));
  }
  node.settings.limits.write = 300ms;
  node.settings.limits.connections = 1000;
  node.start();
  Client deaf(node.server.bound());
  deaf.send("GET /status?format=json HTTP/1.1\r\nHost: a\r\n\r\n");
  // The server gives up by itself: its end of this connection goes away.
  EXPECT_TRUE(testing::wait_until([&] { return deaf.peer_is_gone(); }));
  EXPECT_EQ(node.get("/healthz").status, 200);
}

TEST(HttpHostile, ManySilentConnectionsKeepNobodyOut) {
  MadeServer node;
  node.settings.limits.connections = 4;
  node.start();
  std::list<Client> silent;
  for (int i = 0; i < 40; ++i) {
    silent.emplace_back(node.server.bound());
  }
  EXPECT_EQ(node.get("/healthz").body, "ok\n");
  EXPECT_TRUE(silent.front().closed_by_server());
}

TEST(HttpHostile, ThoseThatAreToldToGoCountToo) {
  MadeServer node;
  node.settings.limits.connections = 4;
  node.settings.limits.linger = 600s;
  node.start();
  const auto open_files = [] { return read_process_stats().open_fds.value_or(0); };
  const std::uint64_t before = open_files();
  std::list<Client> many;
  for (int i = 0; i < 40; ++i) {
    many.emplace_back(node.server.bound());
    many.back().send("GET /heal");
  }
  // The server has seen them all once it has answered a later one.
  EXPECT_EQ(node.get("/healthz").status, 200);
  EXPECT_LE(open_files() - before - many.size(), 4U + 1U);
}

TEST(HttpHostile, TheSlowestMakesRoomAndIsToldWhy) {
  MadeServer node;
  node.settings.limits.connections = 2;
  node.start();
  Client slow(node.server.bound());
  slow.send("GET /heal");
  // The server has seen it once it has answered a later one.
  EXPECT_EQ(node.get("/healthz").status, 200);
  std::list<Client> more;
  for (int i = 0; i < 3; ++i) {
    more.emplace_back(node.server.bound());
    more.back().send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(more.back().read_answer().status, 200);
  }
  const Answer answer = slow.read_answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("too many connections"), std::string::npos);
}

TEST(HttpHostile, ClientsThatGoAwayAtAnyPointDoNoHarm) {
  MadeServer node;
  node.start();
  const std::string request = "GET /status HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t cut = 0; cut <= request.size(); ++cut) {
    Client client(node.server.bound());
    client.send(request.substr(0, cut));
  }
  EXPECT_EQ(node.get("/healthz").status, 200);
}

}  // namespace
}  // namespace swim::server
