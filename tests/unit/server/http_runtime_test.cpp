// The pages over real nodes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/server/http_client.hpp"

namespace swim::server {
namespace {

using testing::Client;
using testing::wait_until;

// A node on loopback with its HTTP door.
struct ServedNode {
  Logger logger{LogLevel::debug, LogFormat::logfmt, [](void*, LogLevel, const std::string&) {},
                nullptr};
  std::unique_ptr<runtime::Runtime> runtime;
  HttpServer server;

  ServedNode(const std::string& name, std::uint8_t key, const std::string& seed = "",
             const std::string& label = "test/http") {
    runtime::Options options;
    options.engine = *Config::preset("local");
    options.node_name = name;
    options.cluster_label = label;
    options.bind = Endpoint::v4(127, 0, 0, 1, 0);
    if (!seed.empty()) {
      options.seeds.push_back(*parse_seed(seed));
    }
    options.seed_refresh = std::chrono::seconds(1);
    const auto bytes = ByteVector(crypto::key_size, key);
    auto started = runtime::Runtime::start(std::move(options),
                                           crypto::Keyring(*crypto::Key::from_bytes(bytes)));
    EXPECT_TRUE(started) << started.error();
    runtime = std::move(*started);
    const HttpSettings settings{Endpoint::v4(127, 0, 0, 1, 0), std::chrono::seconds(2), {}};
    const auto served = server.bind(settings).and_then(
        [this] { return server.serve(source_of(*runtime), logger, [] { return ServerFacts{}; }); });
    EXPECT_TRUE(served) << served.error();
  }
  ~ServedNode() {
    server.stop();
    runtime->stop();
  }

  testing::Answer get(const std::string& target) const {
    Client client(server.bound());
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.read_answer();
  }
  nlohmann::json status() const { return nlohmann::json::parse(get("/status?format=json").body); }
  std::string gossip() const { return to_string(runtime->view()->advertised); }
};

TEST(HttpRuntime, ThreeNodesSayThree) {
  const ServedNode a("a", 7);
  const ServedNode b("b", 7, a.gossip());
  const ServedNode c("c", 7, a.gossip());
  for (const ServedNode* node : {&a, &b, &c}) {
    EXPECT_TRUE(wait_until([&] {
      return node->get("/metrics")
                 .body.find("swim_members{status=\"alive\",swim_cluster=\"test/http\"} 3\n") !=
             std::string::npos;
    })) << node->get("/metrics").body;
    EXPECT_EQ(node->get("/readyz").status, 200);
    EXPECT_EQ(node->get("/healthz").status, 200);
  }
  EXPECT_EQ(c.status()["health"]["summary"],
            "All is well: 3 members are alive, and none has failed or is suspected.");
  EXPECT_FALSE(c.status()["events"].empty());
}

// What both sides of a join between strangers say.
void expect_strangers(const ServedNode& a, const ServedNode& b) {
  const std::string sentence = "seed " + a.gossip() + " did not authenticate us: key (fingerprint ";
  EXPECT_TRUE(wait_until([&] {
    const auto seeds = b.status()["seeds"];
    return !seeds.empty() &&
           seeds[0]["problem"].get<std::string>().find(sentence) != std::string::npos;
  })) << b.status().dump(2);
  EXPECT_TRUE(wait_until([&] {
    return b.status()["health"]["summary"].get<std::string>().find(sentence) != std::string::npos;
  })) << b.status()["health"].dump(2);
  EXPECT_NE(b.get("/status").body.find(sentence), std::string::npos);
  EXPECT_TRUE(wait_until([&] { return a.status()["drops"]["auth"].get<int>() > 0; }));
  EXPECT_EQ(a.get("/metrics").body.find("swim_packets_dropped_total{reason=\"auth\"} 0\n"),
            std::string::npos);
  EXPECT_EQ(a.get("/readyz").status, 200);
  EXPECT_EQ(a.status()["members"].size(), 1U);
}

TEST(HttpRuntime, AnotherKeyIsNamedOnBothSides) {
  const ServedNode a("a", 7);
  const ServedNode b("b", 8, a.gossip());
  expect_strangers(a, b);
}

TEST(HttpRuntime, AnotherLabelIsNamedOnBothSides) {
  const ServedNode a("a", 7);
  const ServedNode b("b", 7, a.gossip(), "test/other");
  expect_strangers(a, b);
}

TEST(HttpRuntime, IsNotReadyAfterItLeft) {
  const ServedNode node("a", 7);
  EXPECT_TRUE(wait_until([&] { return node.get("/readyz").status == 200; }));
  ASSERT_TRUE(node.runtime->leave([](Expected<runtime::LeaveReport>) {}));
  EXPECT_TRUE(wait_until([&] { return node.get("/readyz").status == 503; }));
  EXPECT_EQ(node.get("/healthz").status, 200);
  EXPECT_EQ(node.status()["node"]["state"], "LEFT");
}

TEST(HttpRuntime, ALoneNodeThatWaitsForItsSeedBecomesReady) {
  // A port that nobody listens on: bound, and closed again.
  Endpoint nobody;
  {
    const ServedNode gone("gone", 7);
    nobody = gone.runtime->view()->advertised;
  }
  const ServedNode node("a", 7, to_string(nobody));
  EXPECT_TRUE(wait_until([&] { return node.get("/readyz").status == 200; }));
  EXPECT_NE(node.get("/readyz?verbose").body.find("[+]joined ok"), std::string::npos);
  EXPECT_TRUE(
      wait_until([&] { return node.status()["health"]["findings"][0]["concern"] == "problem"; }));
}

}  // namespace
}  // namespace swim::server
