#include <grpc/health/v1/health.grpc.pb.h>
#include <sys/stat.h>

#include "tests/server/harness.hpp"
#include "tests/support/silent_port.hpp"

namespace swim::server {
namespace {

namespace fs = std::filesystem;

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using testing::Folder;
using testing::Node;
using testing::seeds;
using testing::wait_until;

HealthCheckResponse::ServingStatus health(const std::shared_ptr<grpc::Channel>& channel,
                                          const std::string& service) {
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service(service);
  HealthCheckResponse response;
  const auto status = Health::NewStub(channel)->Check(&context, request, &response);
  return status.ok() ? response.status() : HealthCheckResponse::SERVICE_UNKNOWN;
}

TEST(HealthService, serves_while_the_node_is_in_its_cluster) {
  const Folder folder;
  Node one(folder, "one");
  for (const char* service : {"", "swim.v1.MembershipService", "swim.v1.MessagingService"}) {
    EXPECT_EQ(health(one.api_channel, service), HealthCheckResponse::SERVING) << service;
  }
  EXPECT_EQ(health(one.admin_channel, "swim.v1.AdminService"), HealthCheckResponse::SERVING);
  EXPECT_EQ(health(one.api_channel, "swim.v1.AdminService"), HealthCheckResponse::SERVICE_UNKNOWN);
}

TEST(HealthService, does_not_serve_before_the_join) {
  const Folder folder;
  Node lost(folder, "lost", {"--discovery.seeds=127.0.0.1:1", "--join.timeout=24h"});
  EXPECT_EQ(health(lost.api_channel, ""), HealthCheckResponse::NOT_SERVING);
  EXPECT_TRUE(wait_until([&] { return lost.status().state() == pb::NODE_STATE_JOINING; }));
  ASSERT_TRUE(wait_until([&] { return !lost.status().seeds(0).problem().empty(); }));
  // A seed comes up, and the node joins by itself.
  Node one(folder, "one");
  lost.change_flags({seeds(one)});
  lost.reload();
  EXPECT_TRUE(
      wait_until([&] { return health(lost.api_channel, "") == HealthCheckResponse::SERVING; }));
}

TEST(HealthService, serves_alone_where_nobody_lets_the_node_in_in_time) {
  const Folder folder;
  Node lost(folder, "lost", {"--discovery.seeds=127.0.0.1:1", "--join.timeout=100ms"});
  EXPECT_TRUE(
      wait_until([&] { return health(lost.api_channel, "") == HealthCheckResponse::SERVING; }));
  EXPECT_TRUE(lost.status().ready());
  EXPECT_TRUE(wait_until([&] { return lost.status().state() == pb::NODE_STATE_JOINING; }));
}

TEST(HealthService, does_not_serve_after_a_leave) {
  const Folder folder;
  Node one(folder, "one");
  grpc::ClientContext context;
  pb::LeaveResponse response;
  ASSERT_TRUE(one.admin->Leave(&context, {}, &response).ok());
  EXPECT_TRUE(
      wait_until([&] { return health(one.api_channel, "") == HealthCheckResponse::NOT_SERVING; }));
}

TEST(Sockets, have_the_modes_that_were_asked_for) {
  const Folder folder;
  Node one(folder, "one", {"--api.socket-mode=0666"});
  struct stat status {};
  ASSERT_EQ(stat(one.api_path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0666U);
  ASSERT_EQ(stat(one.admin_path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(Sockets, are_gone_after_the_end) {
  const Folder folder;
  std::string path;
  {
    Node one(folder, "one");
    path = one.api_path;
    one.daemon->shut_down();
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Daemon, tells_another_key_apart_and_says_so) {
  const Folder ours;
  const Folder theirs;
  Node one(ours, "one");
  Node stranger(theirs, "stranger", {seeds(one)});
  ASSERT_TRUE(wait_until([&] {
    return stranger.status().seeds(0).problem().find("did not authenticate us: key (fingerprint") !=
           std::string::npos;
  })) << stranger.status().seeds(0).problem();
  EXPECT_EQ(one.sees("stranger"), pb::MEMBER_STATUS_UNSPECIFIED);
  EXPECT_GT(stranger.status().stats().joins_not_authenticated() +
                one.status().stats().dropped().at("auth"),
            0U);
}

TEST(Daemon, refuses_what_it_cant_use_by_name) {
  const Folder folder;
  Node one(folder, "one");
  const auto refused = [&](std::vector<std::string> flags) -> std::string {
    flags.insert(flags.begin(), {"--node.name=two", "--cluster.label=c", "--admin.http-address=off",
                                 "--gossip.bind-address=127.0.0.1:0",
                                 "--encryption.keyring-dir=" + folder.keys().string(),
                                 "--api.socket=" + (folder.path() / "two.sock").string(),
                                 "--admin.socket=" + (folder.path() / "two-a.sock").string()});
    const auto options = load_options(load_flags(flags), {});
    EXPECT_TRUE(options);
    Logger logger(LogLevel::error, LogFormat::logfmt);
    const auto load = [&] { return load_options(load_flags(flags), {}); };
    const auto started = Daemon::start(*options, load, logger, [] {});
    return started ? "" : started.error();
  };
  EXPECT_NE(refused({"--api.socket=" + one.api_path}).find("api.socket"), std::string::npos);
  EXPECT_NE(refused({"--gossip.bind-address=" + one.address()}).find("in use"), std::string::npos);
  EXPECT_NE(refused({"--gossip.advertise-address=203.0.113.7:1"}).find("advertise"),
            std::string::npos);
  EXPECT_NE(refused({"--encryption.keyring-dir=/nowhere"}).find("/nowhere"), std::string::npos);
  EXPECT_EQ(refused({}), "");
}

TEST(Daemon, counts_calls_by_method_and_code) {
  const Folder folder;
  Node one(folder, "one");
  one.sees("one");
  one.sees("nobody");
  ASSERT_TRUE(wait_until([&] {
    for (const auto& rpc : one.daemon->facts().rpcs) {
      if (rpc.method == "GetMember" && rpc.handled.size() == 2) {
        return rpc.service == "swim.v1.MembershipService" && rpc.type == "unary" &&
               rpc.started == 2 && rpc.handled[0].first == "OK" &&
               rpc.handled[1].first == "NotFound";
      }
    }
    return false;
  }));
}

TEST(Daemon, a_call_that_is_under_way_at_the_end_is_answered) {
  const Folder folder;
  const test::SilentPort silent;
  Node one(folder, "one", {"--join.timeout=25s", "--join.dial-timeout=20s"});
  grpc::Status status;
  pb::JoinResponse response;
  std::thread caller([&] {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + testing::patience);
    pb::JoinRequest request;
    request.add_seeds(silent.address());
    status = one.admin->Join(&context, request, &response);
  });
  ASSERT_TRUE(wait_until([&] {
    for (const auto& rpc : one.daemon->facts().rpcs) {
      if (rpc.method == "Join") {
        return true;
      }
    }
    return false;
  }));
  const auto start = std::chrono::steady_clock::now();
  one.daemon->shut_down();
  EXPECT_LT(std::chrono::steady_clock::now() - start, testing::shutdown_patience);
  caller.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 1);
  EXPECT_FALSE(response.results(0).problem().empty());
}

}  // namespace
}  // namespace swim::server
