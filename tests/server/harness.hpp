// Whole daemons on loopback, and the stubs of their clients.
#pragma once

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/convert.hpp"
#include "server/daemon.hpp"
#include "server/options_make.hpp"
#include "swim/v1/admin.grpc.pb.h"
#include "swim/v1/membership.grpc.pb.h"
#include "swim/v1/messaging.grpc.pb.h"

namespace swim::server::testing {

namespace fs = std::filesystem;

// Generous: only a failure takes this long.
inline constexpr std::chrono::seconds patience{30};
// Ten times what a shutdown may take, and half of what clients hold on to their calls.
inline constexpr std::chrono::seconds shutdown_patience{15};

inline bool wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// The reason of the one ErrorInfo that each of our errors has.
inline std::string reason_of(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (details.ParseFromString(status.error_details()) && details.details_size() == 1) {
    details.details(0).UnpackTo(&info);
  }
  return info.domain() == "swim.v1" ? info.reason() : "";
}

// The lines of a daemon's log.
class Lines {
 public:
  static void add(void* self, LogLevel /*level*/, const std::string& line) {
    auto* lines = static_cast<Lines*>(self);
    const std::lock_guard lock(lines->mutex_);
    lines->all_.push_back(line);
  }
  std::size_t count(const std::string& part) const {
    const std::lock_guard lock(mutex_);
    std::size_t found = 0;
    for (const std::string& line : all_) {
      found += line.find(part) != std::string::npos ? 1 : 0;
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

// A folder that goes with the test, with a key in it.
class Folder {
 public:
  Folder() {
    std::string pattern = ::testing::TempDir() + "swim-srv-XXXXXX";
    path_ = mkdtemp(pattern.data());
    fs::create_directory(keys());
    write_key("primary", crypto::Key::generate());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path path() const { return path_; }
  fs::path keys() const { return path_ / "keys"; }
  void write_key(const std::string& file, const crypto::Key& key) const {
    std::ofstream(keys() / file) << key.to_base64() << "\n";
  }

 private:
  fs::path path_;
};

// One daemon and its clients' stubs.
class Node {
 public:
  using Flags = std::vector<std::string>;

  Node(const Folder& folder, const std::string& name, Flags flags = {})
      : api_path(folder.path() / (name + ".sock")), admin_path(folder.path() / (name + "-a.sock")) {
    Flags all{"--node.name=" + name,
              "--cluster.label=test/server",
              "--gossip.preset=local",
              "--gossip.bind-address=127.0.0.1:0",
              "--discovery.refresh-interval=1s",
              "--encryption.keyring-dir=" + folder.keys().string(),
              "--api.socket=" + api_path,
              "--admin.socket=" + admin_path,
              "--admin.http-address=off"};
    all.insert(all.end(), flags.begin(), flags.end());
    const auto load = [this, all] {
      Flags now = all;
      {
        const std::lock_guard lock(mutex_);
        now.insert(now.end(), changed_.begin(), changed_.end());
      }
      return load_options(load_flags(now), {});
    };
    auto options = load();
    EXPECT_TRUE(options) << (options ? "" : options.error().front());
    auto started = Daemon::start(*options, load, logger, [this] { stop_requested = true; });
    EXPECT_TRUE(started) << (started ? "" : started.error());
    if (started) {
      daemon = std::move(*started);
      connect();
    }
  }

  // Flags as they would be read by the next reload.
  void change_flags(Flags flags) {
    const std::lock_guard lock(mutex_);
    changed_ = std::move(flags);
  }

  // These wait until it is done.
  void reload() const {
    std::promise<void> done;
    daemon->reload([&done] { done.set_value(); });
    done.get_future().wait();
  }
  void poll_keys() const {
    std::promise<void> done;
    daemon->poll_keys([&done] { done.set_value(); });
    done.get_future().wait();
  }

  pb::GetNodeStatusResponse status() const {
    grpc::ClientContext context;
    pb::GetNodeStatusResponse response;
    EXPECT_TRUE(members->GetNodeStatus(&context, {}, &response).ok());
    return response;
  }
  std::string address() const { return status().advertise_address(); }
  std::uint32_t streams() const {
    const auto stats = status().stats();
    return stats.watchers() + stats.subscribers();
  }
  // The status by which this node lists `name`; unspecified where it doesn't.
  pb::MemberStatus sees(const std::string& name) const {
    grpc::ClientContext context;
    pb::GetMemberRequest request;
    request.set_name(name);
    pb::GetMemberResponse response;
    return members->GetMember(&context, request, &response).ok() ? response.member().status()
                                                                 : pb::MEMBER_STATUS_UNSPECIFIED;
  }
  grpc::Status set_label(const std::string& key, const std::string& value) const {
    grpc::ClientContext context;
    pb::UpdateLocalMemberRequest request;
    (*request.mutable_labels())[key] = value;
    pb::UpdateLocalMemberResponse response;
    return members->UpdateLocalMember(&context, request, &response);
  }

  const std::string api_path;
  const std::string admin_path;
  Lines lines;
  Logger logger{LogLevel::info, LogFormat::logfmt, &Lines::add, &lines};
  std::atomic<bool> stop_requested{};
  std::shared_ptr<grpc::Channel> api_channel;
  std::shared_ptr<grpc::Channel> admin_channel;
  std::unique_ptr<pb::MembershipService::Stub> members;
  std::unique_ptr<pb::MessagingService::Stub> messages;
  std::unique_ptr<pb::AdminService::Stub> admin;
  std::unique_ptr<Daemon> daemon;

 private:
  void connect() {
    grpc::ChannelArguments arguments;
    // Each node its own connection, also to a path that an earlier one had.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    // A client that does not read holds little for itself, so that the daemon feels it soon.
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 64 * 1024);
    const auto credentials = grpc::InsecureChannelCredentials();
    api_channel = grpc::CreateCustomChannel("unix:" + api_path, credentials, arguments);
    admin_channel = grpc::CreateCustomChannel("unix:" + admin_path, credentials, arguments);
    members = pb::MembershipService::NewStub(api_channel);
    messages = pb::MessagingService::NewStub(api_channel);
    admin = pb::AdminService::NewStub(admin_channel);
  }

  std::mutex mutex_;
  Flags changed_;
};

inline std::string seeds(const Node& node) {
  return "--discovery.seeds=" + node.address();
}

// Whether nodes of these names list each other.
inline bool both_alive(const Node& one, const Node& two) {
  return one.sees("two") == pb::MEMBER_STATUS_ALIVE && two.sees("one") == pb::MEMBER_STATUS_ALIVE;
}

// A watch that keeps a map as the API says. Reads where the test asks it to.
class Watch {
 public:
  explicit Watch(const Node& node, const pb::WatchMembersRequest& request = {},
                 std::chrono::milliseconds deadline = patience) {
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    reader = node.members->WatchMembers(&context, request);
  }
  ~Watch() {
    if (reader) {
      context.TryCancel();
      while (reader->Read(&last)) {
      }
      reader->Finish();
    }
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  bool read() {
    if (!reader->Read(&last)) {
      return false;
    }
    token = last.resume_token();
    if (last.has_snapshot()) {
      if (last.snapshot().begin()) {
        map.clear();
        reasons.push_back(last.snapshot().reason());
      }
      for (const pb::Member& member : last.snapshot().members()) {
        map[member.name()] = member;
      }
    }
    for (const pb::MemberEvent& event : last.events().events()) {
      events.push_back(event);
      if (event.type() == pb::MemberEvent::TYPE_EXPIRED || event.no_longer_matches()) {
        map.erase(event.member().name());
      } else {
        map[event.member().name()] = event.member();
      }
    }
    return true;
  }
  // Reads on until it holds; false where the stream ended first.
  bool read_until(const std::function<bool()>& condition) {
    while (!condition()) {
      if (!read()) {
        return false;
      }
    }
    return true;
  }
  bool sees(const std::string& name, pb::MemberStatus status) const {
    const auto found = map.find(name);
    return found != map.end() && found->second.status() == status;
  }
  grpc::Status finish() {
    while (read()) {
    }
    const grpc::Status status = reader->Finish();
    reader.reset();
    return status;
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<pb::WatchMembersResponse>> reader;
  pb::WatchMembersResponse last;
  std::map<std::string, pb::Member> map;
  std::vector<pb::MemberEvent> events;
  std::vector<pb::MemberSnapshot::Reason> reasons;
  std::string token;
};

inline pb::WatchMembersRequest from_token(const std::string& token) {
  pb::WatchMembersRequest request;
  request.set_resume_token(token);
  return request;
}

}  // namespace swim::server::testing
