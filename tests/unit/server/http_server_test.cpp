// Real requests over loopback.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/server/http_client.hpp"

namespace swim::server {
namespace {

using testing::Answer;
using testing::Client;
using testing::MadeServer;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(HttpServer, ServesThePages) {
  MadeServer node;
  node.start();
  EXPECT_NE(node.server.bound().port, 0);
  EXPECT_EQ(node.get("/healthz").body, "ok\n");
  EXPECT_EQ(node.get("/readyz?verbose").body, "[+]loop ok\n[+]joined ok\nreadyz check passed\n");
  const Answer metrics = node.get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_TRUE(says(metrics.head, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_TRUE(says(metrics.body, "swim_members{status=\"alive\",swim_cluster=\"prod/app\"} 3\n"));
  EXPECT_TRUE(says(metrics.body, "\nprocess_resident_memory_bytes "));
  const Answer json = node.get("/status?format=json");
  EXPECT_EQ(nlohmann::json::parse(json.body)["node"]["name"], "web-0");
  const Answer page = node.get("/status");
  EXPECT_TRUE(says(page.head, "Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_TRUE(says(page.head, "Content-Security-Policy: default-src 'none'"));
  EXPECT_TRUE(says(page.head, "X-Content-Type-Options: nosniff\r\n"));
  EXPECT_TRUE(says(page.body, "All is well"));
}

TEST(HttpServer, FollowsWhatIsPublished) {
  MadeServer node;
  node.start();
  EXPECT_EQ(node.get("/readyz").status, 200);
  Snapshot left = node.made.snapshot;
  left.state = NodeState::left;
  node.snapshot.store(std::make_shared<const Snapshot>(left));
  const Answer answer = node.get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(says(answer.body, "[-]joined failed: this node has left the cluster\n"));
}

TEST(HttpServer, ANodeThatFoundNobodyIsReadyAfterTheJoinTimeout) {
  MadeServer node;
  node.settings.join_timeout = std::chrono::milliseconds(300);
  node.made.snapshot.state = NodeState::joining;
  node.made.view.joined.reset();
  node.start();
  const auto begin = std::chrono::steady_clock::now();
  const int at_first = node.get("/readyz").status;
  if (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(250)) {
    EXPECT_EQ(at_first, 503);
  }
  EXPECT_TRUE(testing::wait_until([&] { return node.get("/readyz").status == 200; }));
}

TEST(HttpServer, HeadHasTheHeaderOfGetAndNoBody) {
  MadeServer node;
  node.start();
  Client client(node.server.bound());
  client.send("HEAD /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
  const Answer head = client.read_answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(says(head.head, "Content-Length: 3\r\n")) << head.head;
  // Nothing of a body lies before the next answer.
  client.send("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(HttpServer, KeepsAConnectionForMoreRequests) {
  MadeServer node;
  node.start();
  Client client(node.server.bound());
  for (int i = 0; i < 20; ++i) {
    client.send("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "ok\n");
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  MadeServer node;
  node.start();
  Client client(node.server.bound());
  client.send(
      "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_answer().status, 404);
  EXPECT_EQ(client.read_answer().body, "ok\n");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(HttpServer, SpeaksHttp10) {
  MadeServer node;
  node.start();
  Client client(node.server.bound());
  client.send("GET /healthz HTTP/1.0\r\n\r\n");
  const Answer answer = client.read_answer();
  EXPECT_TRUE(says(answer.head, "HTTP/1.0 200 OK"));
  EXPECT_EQ(answer.body, "ok\n");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(HttpServer, ALoopThatNoLongerTurnsIsSeen) {
  MadeServer node;
  node.start();
  EXPECT_EQ(node.get("/healthz").status, 200);
  // Nobody publishes a view here, so the loop stands still as of now.
  EXPECT_TRUE(testing::wait_until([&] { return node.get("/healthz").status == 503; }));
  EXPECT_TRUE(says(node.get("/healthz").body, "[-]loop failed: the engine has not moved for 1"));
  runtime::NodeView moved = node.made.view;
  moved.loop_turns = 99;
  node.view.store(std::make_shared<const runtime::NodeView>(moved));
  EXPECT_TRUE(testing::wait_until([&] { return node.get("/healthz").status == 200; }));
}

TEST(HttpServer, APageThatCannotBeMadeIsAnErrorAndNoMore) {
  MadeServer node;
  node.facts = []() -> ServerFacts { throw std::runtime_error("no facts today"); };
  node.start();
  const Answer answer = node.get("/metrics");
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(says(answer.body, "no facts today"));
  EXPECT_EQ(node.get("/healthz").status, 200);
}

TEST(HttpServer, APortInUseIsRefusedWithTheCure) {
  MadeServer first;
  first.start();
  MadeServer second;
  const HttpSettings taken{first.server.bound(), std::chrono::seconds(5), {}};
  const auto started = second.server.bind(taken);
  ASSERT_FALSE(started);
  EXPECT_TRUE(says(started.error(), "admin.http-address: can't listen on " +
                                        to_string(first.server.bound()) +
                                        ": Address already in use"))
      << started.error();
  EXPECT_TRUE(says(started.error(), "choose another one, or `off`"));
}

TEST(HttpServer, AnAddressOfAnotherHostIsRefused) {
  MadeServer node;
  const HttpSettings foreign{Endpoint::v4(192, 0, 2, 1, 0), std::chrono::seconds(5), {}};
  const auto started = node.server.bind(foreign);
  ASSERT_FALSE(started);
  EXPECT_TRUE(says(started.error(), "192.0.2.1:0")) << started.error();
  EXPECT_TRUE(says(started.error(), "is it an address of this host?"));
}

TEST(HttpServer, StopsAndStartsAgainOnTheSamePort) {
  MadeServer node;
  node.start();
  Client open(node.server.bound());
  open.send("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_EQ(open.read_answer().status, 200);
  node.settings.address = node.server.bound();
  node.server.stop();
  EXPECT_TRUE(open.closed_by_server());
  node.server.stop();
  node.start();
  EXPECT_EQ(node.get("/healthz").status, 200);
}

TEST(HttpServer, StopsWhileRequestsAreUnderWay) {
  for (int round = 0; round < 20; ++round) {
    MadeServer node;
    node.start();
    Client half(node.server.bound());
    half.send("GET /heal");
    Client whole(node.server.bound());
    whole.send("GET /status HTTP/1.1\r\nHost: here\r\n\r\n");
    node.server.stop();
  }
}

}  // namespace
}  // namespace swim::server
