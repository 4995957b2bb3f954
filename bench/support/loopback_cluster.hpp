// Real daemons' cores in this process: an engine thread and sockets on 127.0.0.1 each. Ports are
// the kernel's choice, so that several benches may run beside each other.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/runtime/runtime.hpp"

namespace swim::bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// True: it came to hold within `limit`.
inline bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return true;
}

class LoopbackCluster {
 public:
  LoopbackCluster(std::size_t nodes, const std::string& preset) {
    for (std::size_t i = 0; i < nodes && problem_.empty(); ++i) {
      std::string name = "n";
      name += std::to_string(i);
      add(name, preset);
    }
    if (problem_.empty() && !wait_until([&] { return whole(); }, std::chrono::seconds(30))) {
      problem_ = "the nodes did not find each other within 30 s";
    }
  }

  // Empty: the cluster stands. Else what went wrong.
  const std::string& problem() const { return problem_; }
  std::size_t size() const { return nodes_.size(); }
  runtime::Runtime& node(std::size_t i) { return *nodes_[i]; }

  // Messages that have arrived at node `i` since it started.
  std::uint64_t received(std::size_t i) const { return nodes_[i]->messages().last(); }

 private:
  void add(const std::string& name, const std::string& preset) {
    runtime::Options options;
    options.engine = Config::preset(preset).value_or(Config{});
    options.node_name = name;
    options.cluster_label = "bench";
    options.bind = Endpoint::v4(127, 0, 0, 1, 0);
    if (!nodes_.empty()) {
      SeedSpec seed;
      if (const auto parsed = parse_seed(to_string(nodes_[0]->view()->advertised))) {
        seed = *parsed;
      }
      options.seeds.push_back(std::move(seed));
    }
    const crypto::Keyring keys(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 5)));
    auto started = runtime::Runtime::start(std::move(options), keys);
    if (started) {
      nodes_.push_back(std::move(*started));
    } else {
      problem_ = started.error();
    }
  }

  bool whole() const {
    return std::ranges::all_of(nodes_, [&](const auto& node) {
      const auto snapshot = node->snapshot();
      const auto alive = std::ranges::count_if(snapshot->members, [](const MemberPtr& member) {
        return member->status == MemberStatus::alive;
      });
      return static_cast<std::size_t>(alive) == nodes_.size();
    });
  }

  std::vector<std::unique_ptr<runtime::Runtime>> nodes_;
  std::string problem_;
};

}  // namespace swim::bench
