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
  one.daemon->reload();
  EXPECT_FALSE(successful());
  folder.write_key("secondary-next", crypto::Key::generate());
  one.daemon->poll_keys();
  one.daemon->poll_keys();
  EXPECT_FALSE(successful());
  one.change_flags({});
  one.daemon->reload();
  EXPECT_TRUE(successful());
  // Keys that a reload found broken and that are whole again are none any more.
  std::string whole;
  std::ifstream(folder.keys() / "primary") >> whole;
  std::ofstream(folder.keys() / "primary") << "too short";
  one.daemon->reload();
  EXPECT_FALSE(successful());
  std::ofstream(folder.keys() / "primary") << whole;
  one.daemon->poll_keys();
  EXPECT_TRUE(successful());
  // Settings that were left out because of the keys are still to be taken over.
  std::ofstream(folder.keys() / "primary") << "too short";
  one.change_flags({"--node.labels=role=web"});
  one.daemon->reload();
  std::ofstream(folder.keys() / "primary") << whole;
  one.daemon->poll_keys();
  EXPECT_FALSE(successful());
  one.daemon->reload();
  EXPECT_TRUE(successful());
}

TEST(Reload, that_waits_for_a_file_keeps_nobody_waiting) {
  const Folder folder;
  Node one(folder, "one");
  const std::string slow = folder.path() / "slow.yaml";
  ASSERT_EQ(mkfifo(slow.c_str(), 0600), 0);
  one.change_flags({"--config.file=" + slow});
  std::thread reloading([&] { one.daemon->reload(); });
  int writer = -1;  // can be opened once the other end waits for it
  EXPECT_TRUE(
      wait_until([&] { return (writer = open(slow.c_str(), O_WRONLY | O_NONBLOCK)) >= 0; }));
  auto facts = std::async(std::launch::async, [&] { return one.daemon->facts(); });
  EXPECT_EQ(facts.wait_for(testing::patience), std::future_status::ready);
  auto poll = std::async(std::launch::async, [&] { one.daemon->poll_keys(); });
  EXPECT_EQ(poll.wait_for(testing::patience), std::future_status::ready);
  close(writer);
  reloading.join();
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
