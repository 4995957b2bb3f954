#include <fcntl.h>
#include <sys/stat.h>

#include <future>

#include "server/goodbye.hpp"
#include "tests/server/harness.hpp"
#include "tests/server/held.hpp"

namespace swim::server {
namespace {

using testing::Folder;
using testing::Held;
using testing::Node;
using testing::reason_of;
using testing::seeds;
using testing::wait_until;

grpc::Status reload(const Node& node, pb::ReloadResponse& response, bool force_keys = false) {
  grpc::ClientContext context;
  pb::ReloadRequest request;
  request.set_force_keys(force_keys);
  response.Clear();
  return node.admin->Reload(&context, request, &response);
}

std::string setting(const Node& node, const std::string& name) {
  for (const auto& [key, value] : node.daemon->facts().settings) {
    if (key == name) {
      return value;
    }
  }
  return "none";
}

TEST(Reload, labels_that_the_engine_refuses_are_no_success_and_are_tried_again) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(wait_until([&] { return two.sees("one") == pb::MEMBER_STATUS_ALIVE; }));
  const std::string seeds_before = setting(two, "discovery.seeds");
  {
    grpc::ClientContext context;
    pb::LeaveResponse left;
    ASSERT_TRUE(two.admin->Leave(&context, {}, &left).ok());
  }
  two.change_flags({"--node.labels=role=web", "--discovery.seeds=127.0.0.1:1"});
  pb::ReloadResponse response;
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_EQ(reason_of(reload(two, response)), "NODE_LEFT") << attempt;
    EXPECT_EQ(setting(two, "node.labels"), "");
    EXPECT_EQ(setting(two, "discovery.seeds"), seeds_before) << "nothing is changed";
    EXPECT_FALSE(two.daemon->facts().last_reload_successful);
  }
  {
    grpc::ClientContext context;
    pb::JoinResponse joined;
    ASSERT_TRUE(two.admin->Join(&context, {}, &joined).ok());
    ASSERT_EQ(joined.accepted(), 1U);
  }
  ASSERT_TRUE(reload(two, response).ok());
  ASSERT_EQ(response.applied_size(), 2);
  EXPECT_EQ(response.applied(0), "node.labels");
  EXPECT_TRUE(two.daemon->facts().last_reload_successful);
  EXPECT_TRUE(two.status().member().labels().contains("role")) << "in force when it is answered";
}

TEST(Reload, keys_are_in_force_though_labels_are_refused) {
  const Folder folder;
  Node one(folder, "one");
  {
    grpc::ClientContext context;
    pb::LeaveResponse left;
    ASSERT_TRUE(one.admin->Leave(&context, {}, &left).ok());
  }
  one.change_flags({"--node.labels=role=web"});
  folder.write_key("secondary-next", crypto::Key::generate());
  pb::ReloadResponse response;
  EXPECT_EQ(reason_of(reload(one, response, true)), "NODE_LEFT");
  EXPECT_EQ(one.daemon->facts().keys.size(), 2U);
}

TEST(Reload, success_is_that_of_settings_and_of_keys) {
  const Folder folder;
  Node one(folder, "one");
  const auto successful = [&] { return one.daemon->facts().last_reload_successful; };
  EXPECT_TRUE(successful());
  // Settings that can't be read stay a failure, whatever the keys do.
  one.change_flags({"--log.level=loud"});
  one.reload();
  EXPECT_FALSE(successful());
  folder.write_key("secondary-next", crypto::Key::generate());
  one.poll_keys();
  one.poll_keys();
  EXPECT_FALSE(successful());
  one.change_flags({});
  one.reload();
  EXPECT_TRUE(successful());
  // Keys that a reload found broken and that are whole again are none any more.
  std::string whole;
  std::ifstream(folder.keys() / "primary") >> whole;
  std::ofstream(folder.keys() / "primary") << "too short";
  one.reload();
  EXPECT_FALSE(successful());
  std::ofstream(folder.keys() / "primary") << whole;
  one.poll_keys();
  EXPECT_TRUE(successful());
  // Settings that were left out because of the keys are still to be taken over.
  std::ofstream(folder.keys() / "primary") << "too short";
  one.change_flags({"--node.labels=role=web"});
  one.reload();
  std::ofstream(folder.keys() / "primary") << whole;
  one.poll_keys();
  EXPECT_FALSE(successful());
  one.reload();
  EXPECT_TRUE(successful());
}

// A file of settings that is read for as long as the test wants.
class SlowFile {
 public:
  explicit SlowFile(const Folder& folder) : path_(folder.path() / "slow.yaml") {
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
  }
  std::string flag() const { return "--config.file=" + path_; }
  // It can be opened once the other end waits for it.
  bool wait_for_reader() {
    return wait_until([&] { return (writer_ = open(path_.c_str(), O_WRONLY | O_NONBLOCK)) >= 0; });
  }
  void end() const { close(writer_); }

 private:
  const std::string path_;
  int writer_{-1};
};

// A call of Reload that is under way.
class Reloading {
 public:
  explicit Reloading(const Node& node) {
    node.admin->async()->Reload(&context_, &request_, &response_, [this](grpc::Status status) {
      status_.set_value(std::move(status));
    });
  }
  grpc::Status end() { return status_.get_future().get(); }

 private:
  grpc::ClientContext context_;
  pb::ReloadRequest request_;
  pb::ReloadResponse response_;
  std::promise<grpc::Status> status_;
};

// Whether both doors answer.
bool serves(const Node& node) {
  const auto deadline = std::chrono::system_clock::now() + testing::patience;
  grpc::ClientContext of_keys;
  of_keys.set_deadline(deadline);
  pb::ListKeysResponse keys;
  grpc::ClientContext of_status;
  of_status.set_deadline(deadline);
  pb::GetNodeStatusResponse status;
  // The first one behind all that was said on its connection before.
  return node.admin->ListKeys(&of_keys, {}, &keys).ok() &&
         node.members->GetNodeStatus(&of_status, {}, &status).ok();
}

TEST(Reload, that_waits_for_a_file_keeps_nobody_waiting) {
  const Folder folder;
  Node one(folder, "one");
  SlowFile slow(folder);
  one.change_flags({slow.flag()});
  std::vector<std::unique_ptr<Reloading>> reloads;
  for (int i = 0; i < 16; ++i) {  // more than gRPC has threads
    reloads.push_back(std::make_unique<Reloading>(one));
  }
  EXPECT_TRUE(slow.wait_for_reader());
  one.change_flags({});
  EXPECT_TRUE(serves(one));
  one.daemon->reload();
  one.daemon->poll_keys();
  auto facts = std::async(std::launch::async, [&] { return one.daemon->facts(); });
  EXPECT_EQ(facts.wait_for(testing::patience), std::future_status::ready);
  slow.end();
  for (const auto& reloading : reloads) {
    EXPECT_TRUE(reloading->end().ok());
  }
}

TEST(Reload, that_waits_for_a_file_does_not_keep_the_daemon) {
  const Folder folder;
  Node one(folder, "one");
  SlowFile slow(folder);
  one.change_flags({slow.flag()});
  Reloading reloading(one);
  EXPECT_TRUE(slow.wait_for_reader());
  EXPECT_FALSE(one.daemon->shut_down()) << "its thread is left behind";
  EXPECT_EQ(reason_of(reloading.end()), "SHUTTING_DOWN");
  one.daemon.reset();
  slow.end();
}

TEST(Reload, what_a_full_mailbox_refuses_is_no_success_and_is_tried_again) {
  Held held;
  held.fill_mailbox();
  Options next = held.settings;
  const auto load = [&next]() -> tl::expected<Options, SettingErrors> { return next; };
  Reloader reloader(held.settings, held.keys, load, *held.node, held.logger);
  next.discovery.seeds = {*parse_seed("127.0.0.1:1")};
  const auto refused = reloader.reload(false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().part, ReloadFailure::Part::engine);
  EXPECT_EQ(refused.error().error.code, Errc::queue_full);
  EXPECT_TRUE(reloader.options().discovery.seeds.empty());
  EXPECT_FALSE(reloader.last_successful());
  held.release();
  ASSERT_TRUE(wait_until([&] { return reloader.reload(false).has_value(); }));
  EXPECT_EQ(reloader.options().discovery.seeds.size(), 1U);
  EXPECT_TRUE(reloader.last_successful());
}

TEST(Reload, waits_until_the_engine_has_taken_seeds_and_keys) {
  const Folder folder;
  Held held;
  Options first = held.settings;
  first.encryption.keyring_dir = folder.keys();
  Options next = first;
  const auto load = [&next]() -> tl::expected<Options, SettingErrors> { return next; };
  Reloader reloader(first, held.keys, load, *held.node, held.logger);
  const auto held_back = [&] {
    auto reloading = std::async(std::launch::async, [&] { return reloader.reload(false); });
    EXPECT_EQ(reloading.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
    held.release();
    return reloading.get();
  };
  const auto keys = held_back();
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->keys_reloaded);
  held.hold();
  next.discovery.seeds = {*parse_seed("127.0.0.1:1")};
  const auto seeds = held_back();
  ASSERT_TRUE(seeds);
  EXPECT_EQ(seeds->applied, std::vector<std::string>{"discovery.seeds"});
}

TEST(Goodbye, is_said_though_too_many_commands_wait) {
  Held held;
  held.fill_mailbox();
  std::thread leaving([&] { say_goodbye(*held.node, testing::patience, held.logger); });
  EXPECT_TRUE(wait_until([&] { return held.lines.count("the goodbye is tried again") == 1; }));
  held.release();
  leaving.join();
  EXPECT_EQ(held.node->snapshot()->state, NodeState::left);
  EXPECT_EQ(held.lines.count("left the cluster"), 1U);
}

TEST(Goodbye, that_can_not_be_said_is_told) {
  Held held;
  held.fill_mailbox();
  say_goodbye(*held.node, std::chrono::milliseconds(50), held.logger);
  EXPECT_EQ(held.lines.count("no goodbye was said"), 1U);
  held.release();
}

TEST(Goodbye, that_is_not_said_in_time_is_told) {
  Held held;
  say_goodbye(*held.node, std::chrono::milliseconds(50), held.logger);
  EXPECT_EQ(held.lines.count("level=warn msg=\"no goodbye was said in time"), 1U);
  EXPECT_EQ(held.lines.count("left the cluster"), 0U);
  held.release();
}

TEST(Goodbye, of_a_node_that_left_is_none_that_is_missing) {
  Held held;
  held.release();
  for (int attempt = 0; attempt < 2; ++attempt) {
    say_goodbye(*held.node, testing::patience, held.logger);
  }
  EXPECT_EQ(held.lines.count("left the cluster"), 2U);
}

}  // namespace
}  // namespace swim::server
