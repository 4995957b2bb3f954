// One swimd as users run it: a process of its own, ended with this object.
#pragma once

#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "swim/v1/membership.grpc.pb.h"

namespace swim::bench {

class Daemon {
 public:
  explicit Daemon(const std::string& program) {
    std::string pattern = (std::filesystem::temp_directory_path() / "swim-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    folder_ = pattern;
    start(program);
    wait_serving();
  }
  ~Daemon() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  std::string target() const { return "unix:" + (folder_ / "api.sock").string(); }
  // A connection of its own, on which whoever does not read holds little for itself, so that the
  // daemon feels it soon.
  std::shared_ptr<grpc::Channel> channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 64 * 1024);
    return grpc::CreateCustomChannel(target(), grpc::InsecureChannelCredentials(), arguments);
  }
  // Of the process so far, in seconds.
  double cpu() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) {
      throw std::runtime_error("no CPU time of swimd");
    }
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }
  std::uint64_t resident_kib() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("VmRSS:")) {
        return std::stoull(line.substr(6));
      }
    }
    return 0;
  }

 private:
  void start(const std::string& program) {
    std::vector<std::string> words{program,
                                   "--node.name=bench",
                                   "--gossip.bind-address=127.0.0.1:0",
                                   "--admin.http-address=off",
                                   "--log.level=error",
                                   "--api.socket=" + (folder_ / "api.sock").string(),
                                   "--admin.socket=" + (folder_ / "admin.sock").string()};
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    if (posix_spawn(&pid_, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
      throw std::runtime_error(program + " can't be started");
    }
  }
  void wait_serving() const {
    const auto stub = ::swim::v1::MembershipService::NewStub(channel());
    for (int attempt = 0; attempt < 1000; ++attempt) {
      grpc::ClientContext context;
      ::swim::v1::GetNodeStatusResponse response;
      if (stub->GetNodeStatus(&context, {}, &response).ok() && response.ready()) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("swimd does not serve");
  }

  std::filesystem::path folder_;
  pid_t pid_{};
};

}  // namespace swim::bench
