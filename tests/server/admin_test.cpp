#include "server/admin_service.hpp"
#include "tests/server/harness.hpp"
#include "tests/server/held.hpp"

namespace swim::server {
namespace {

namespace fs = std::filesystem;

using testing::both_alive;
using testing::Folder;
using testing::Node;
using testing::reason_of;
using testing::seeds;
using testing::wait_until;

// A call of the admin service by its method.
template <class Request, class Response>
grpc::Status call(const Node& node,
                  grpc::Status (pb::AdminService::Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                  const Request& request, Response& response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + testing::patience);
  return (node.admin.get()->*method)(&context, request, &response);
}

pb::ListKeysResponse keys_of(const Node& node) {
  pb::ListKeysResponse response;
  EXPECT_TRUE(call(node, &pb::AdminService::Stub::ListKeys, {}, response).ok());
  return response;
}

TEST(Admin, is_not_served_to_applications) {
  const Folder folder;
  Node one(folder, "one");
  const auto stub = pb::AdminService::NewStub(one.api_channel);
  grpc::ClientContext context;
  pb::ListKeysResponse response;
  EXPECT_EQ(stub->ListKeys(&context, {}, &response).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST(Admin, shows_fingerprints_and_never_keys) {
  const Folder folder;
  const crypto::Key second = crypto::Key::generate();
  folder.write_key("secondary-old", second);
  Node one(folder, "one");
  const auto keys = keys_of(one);
  ASSERT_EQ(keys.keys_size(), 2);
  EXPECT_TRUE(keys.keys(0).primary());
  EXPECT_FALSE(keys.keys(1).primary());
  EXPECT_EQ(keys.keys(1).fingerprint(), second.fingerprint());
  EXPECT_EQ(keys.ShortDebugString().find(second.to_base64()), std::string::npos);
}

TEST(Admin, a_reload_takes_new_keys_and_a_bad_ring_changes_nothing) {
  const Folder folder;
  Node one(folder, "one");
  const crypto::Key next = crypto::Key::generate();
  folder.write_key("secondary-next", next);
  pb::ReloadResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Reload, {}, response).ok());
  EXPECT_TRUE(response.keys_reloaded());
  EXPECT_EQ(keys_of(one).keys_size(), 2);
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Reload, {}, response).ok());
  EXPECT_FALSE(response.keys_reloaded());
  pb::ReloadRequest force;
  force.set_force_keys(true);
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Reload, force, response).ok());
  EXPECT_TRUE(response.keys_reloaded());
  std::ofstream(folder.keys() / "primary") << "too short";
  const auto refused = call(one, &pb::AdminService::Stub::Reload, {}, response);
  EXPECT_EQ(reason_of(refused), "KEYRING_INVALID");
  EXPECT_NE(refused.error_message().find("primary"), std::string::npos);
  EXPECT_EQ(keys_of(one).keys_size(), 2);
}

TEST(Admin, keys_that_changed_in_their_folder_are_noticed) {
  const Folder folder;
  Node one(folder, "one");
  one.poll_keys();
  EXPECT_EQ(keys_of(one).keys_size(), 1);
  folder.write_key("secondary-next", crypto::Key::generate());
  one.poll_keys();
  EXPECT_EQ(keys_of(one).keys_size(), 2);
  std::ofstream(folder.keys() / "primary") << "too short";
  one.poll_keys();
  one.poll_keys();
  EXPECT_EQ(keys_of(one).keys_size(), 2);
  EXPECT_EQ(one.lines.count("keys refused"), 1U);
}

TEST(Admin, a_cluster_survives_the_three_steps_of_a_rotation) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(wait_until([&] { return both_alive(one, two); }));
  const auto reload = [&] {
    one.reload();
    two.reload();
  };
  std::string old;
  std::ifstream(folder.keys() / "primary") >> old;
  const crypto::Key next = crypto::Key::generate();
  folder.write_key("secondary-next", next);
  reload();
  folder.write_key("primary", next);
  fs::remove(folder.keys() / "secondary-next");
  std::ofstream(folder.keys() / "secondary-old") << old;
  reload();
  fs::remove(folder.keys() / "secondary-old");
  reload();
  // New facts travel under the new key, both ways.
  ASSERT_TRUE(one.set_label("step", "3").ok());
  ASSERT_TRUE(wait_until([&] {
    grpc::ClientContext context;
    pb::GetMemberRequest request;
    request.set_name("one");
    pb::GetMemberResponse response;
    return two.members->GetMember(&context, request, &response).ok() &&
           response.member().labels().contains("step");
  }));
  EXPECT_TRUE(both_alive(one, two));
  EXPECT_EQ(keys_of(two).keys(0).fingerprint(), next.fingerprint());
}

TEST(Admin, a_reload_applies_what_it_can_and_names_the_rest) {
  const Folder folder;
  Node one(folder, "one");
  one.change_flags({"--node.labels=role=web", "--log.level=warn", "--gossip.fanout=7"});
  pb::ReloadResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Reload, {}, response).ok());
  ASSERT_EQ(response.applied_size(), 2);
  EXPECT_EQ(response.applied(0), "node.labels");
  EXPECT_EQ(response.applied(1), "log.level");
  ASSERT_EQ(response.restart_needed_size(), 1);
  EXPECT_EQ(response.restart_needed(0), "gossip.fanout");
  EXPECT_EQ(one.logger.level(), LogLevel::warn);
  EXPECT_TRUE(wait_until([&] { return one.status().member().labels().contains("role"); }));
  one.change_flags({"--log.level=loud"});
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::Reload, {}, response)),
            "SETTINGS_INVALID");
}

TEST(Admin, sets_the_log_level) {
  const Folder folder;
  Node one(folder, "one");
  pb::SetLogLevelRequest request;
  request.set_level(pb::LOG_LEVEL_ERROR);
  pb::SetLogLevelResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::SetLogLevel, request, response).ok());
  EXPECT_EQ(response.previous(), pb::LOG_LEVEL_INFO);
  EXPECT_EQ(one.logger.level(), LogLevel::error);
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::SetLogLevel, {}, response)),
            "BAD_LOG_LEVEL");
}

TEST(Admin, drains_and_takes_it_back) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(wait_until([&] { return two.sees("one") == pb::MEMBER_STATUS_ALIVE; }));
  pb::DrainResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Drain, {}, response).ok());
  EXPECT_EQ(one.status().state(), pb::NODE_STATE_DRAINING);
  EXPECT_TRUE(wait_until([&] { return two.sees("one") == pb::MEMBER_STATUS_LEAVING; }));
  pb::DrainRequest cancel;
  cancel.set_cancel(true);
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Drain, cancel, response).ok());
  EXPECT_EQ(one.status().state(), pb::NODE_STATE_RUNNING);
  EXPECT_TRUE(call(one, &pb::AdminService::Stub::Drain, cancel, response).ok()) << "once more";
  EXPECT_TRUE(wait_until([&] { return two.sees("one") == pb::MEMBER_STATUS_ALIVE; }));
  pb::DrainRequest negative;
  negative.mutable_timeout()->set_seconds(-1);
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::Drain, negative, response)),
            "BAD_TIMEOUT");
  pb::DrainRequest endless;
  endless.mutable_timeout()->set_seconds(48L * 3600);
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::Drain, endless, response)), "BAD_TIMEOUT");
}

TEST(Admin, leaves_and_comes_back_by_join) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_ALIVE; }));
  pb::LeaveResponse left;
  ASSERT_TRUE(call(two, &pb::AdminService::Stub::Leave, {}, left).ok());
  EXPECT_EQ(left.acknowledged(), 1U);
  EXPECT_EQ(two.status().state(), pb::NODE_STATE_LEFT);
  EXPECT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_LEFT; }));
  EXPECT_FALSE(two.stop_requested);
  EXPECT_EQ(reason_of(two.set_label("a", "1")), "NODE_LEFT");
  pb::JoinResponse joined;
  ASSERT_TRUE(call(two, &pb::AdminService::Stub::Join, {}, joined).ok());
  EXPECT_EQ(joined.accepted(), 1U);
  ASSERT_EQ(joined.results_size(), 1);
  EXPECT_EQ(joined.results(0).member(), "one");
  EXPECT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_ALIVE; }));
}

TEST(Admin, a_leave_with_shutdown_asks_for_the_end_of_the_process) {
  const Folder folder;
  Node one(folder, "one");
  pb::LeaveRequest request;
  request.set_shutdown(true);
  pb::LeaveResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Leave, request, response).ok());
  EXPECT_TRUE(wait_until([&] { return one.stop_requested.load(); }));
}

TEST(Admin, a_leave_that_is_refused_does_not_end_the_process) {
  testing::Services services;
  services.held.fill_mailbox();
  AdminService service(services.context);
  testing::Call<pb::LeaveRequest, pb::LeaveResponse> leave;
  leave.request.set_shutdown(true);
  leave.begin(service, &AdminService::Leave);
  EXPECT_EQ(reason_of(leave.end()), "QUEUE_FULL");
  EXPECT_FALSE(services.stop_requested);
}

TEST(Admin, a_join_says_what_became_of_each_address) {
  const Folder folder;
  Node one(folder, "one");
  pb::JoinRequest request;
  request.add_seeds("127.0.0.1:1");
  pb::JoinResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Join, request, response).ok());
  EXPECT_EQ(response.accepted(), 0U);
  ASSERT_EQ(response.results_size(), 1);
  EXPECT_EQ(response.results(0).address(), "127.0.0.1:1");
  EXPECT_FALSE(response.results(0).problem().empty());
  pb::JoinRequest bad;
  bad.add_seeds("nowhere");
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::Join, bad, response)), "BAD_SEED");
  pb::JoinRequest many;
  for (int i = 0; i < 257; ++i) {
    many.add_seeds("127.0.0.1:1");
  }
  const auto refused = call(one, &pb::AdminService::Stub::Join, many, response);
  EXPECT_EQ(reason_of(refused), "BAD_SEED");
  EXPECT_EQ(refused.error_message(), "seeds: there are 257; the most is 256");
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::Join, {}, response)), "NO_SEEDS");
}

TEST(Admin, pings_members) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_ALIVE; }));
  pb::PingRequest request;
  request.set_member("two");
  pb::PingResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::Ping, request, response).ok());
  EXPECT_TRUE(response.has_round_trip());
  request.set_member("nobody");
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::Ping, request, response)),
            "MEMBER_NOT_FOUND");
}

TEST(Admin, forces_a_dead_member_to_have_left) {
  const Folder folder;
  Node one(folder, "one");
  {
    Node two(folder, "two", {seeds(one)});
    ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_ALIVE; }));
    two.daemon.reset();  // without a goodbye
  }
  ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_FAILED; }));
  pb::ForceLeaveRequest request;
  request.set_member("two");
  pb::ForceLeaveResponse response;
  ASSERT_TRUE(call(one, &pb::AdminService::Stub::ForceLeave, request, response).ok());
  EXPECT_FALSE(response.alive());
  EXPECT_EQ(one.sees("two"), pb::MEMBER_STATUS_LEFT);
  request.set_member("nobody");
  EXPECT_EQ(reason_of(call(one, &pb::AdminService::Stub::ForceLeave, request, response)),
            "MEMBER_NOT_FOUND");
}

TEST(Admin, explains_why_a_member_failed) {
  const Folder folder;
  Node one(folder, "one");
  {
    Node two(folder, "two", {seeds(one)});
    ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_ALIVE; }));
    two.daemon.reset();
  }
  ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_FAILED; }));
  grpc::ClientContext context;
  pb::ExplainMemberRequest request;
  request.set_name("two");
  pb::ExplainMemberResponse response;
  ASSERT_TRUE(one.members->ExplainMember(&context, request, &response).ok());
  ASSERT_GE(response.transitions_size(), 3);
  const auto& last = response.transitions(response.transitions_size() - 1);
  EXPECT_EQ(last.type(), pb::MemberEvent::TYPE_FAILED);
  EXPECT_EQ(last.accuser(), "one");
}

TEST(Admin, each_call_is_a_line_of_the_audit) {
  const Folder folder;
  Node one(folder, "one");
  keys_of(one);
  pb::PingRequest request;
  request.set_member("nobody\nlevel=error");
  pb::PingResponse response;
  call(one, &pb::AdminService::Stub::Ping, request, response);
  EXPECT_TRUE(wait_until([&] {
    return one.lines.count("msg=audit method=ListKeys") == 1 &&
           one.lines.count("msg=audit method=Ping") == 1;
  }));
  EXPECT_EQ(one.lines.count("\n"), 0U) << "what a caller wrote stays inside its quotes";
}

}  // namespace
}  // namespace swim::server
