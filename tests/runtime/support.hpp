// Runtimes on loopback, and waiting for conditions instead of for time.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/runtime/runtime.hpp"

namespace swim::runtime::testing {

// Generous: only a failure takes this long.
inline constexpr std::chrono::seconds patience{30};

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

inline crypto::Key key_of(std::uint8_t fill) {
  return *crypto::Key::from_bytes(ByteVector(crypto::key_size, fill));
}

inline Endpoint loopback(std::uint16_t port = 0) {
  return Endpoint::v4(127, 0, 0, 1, port);
}

inline SeedSpec seed(const std::string& text) {
  auto spec = parse_seed(text);
  EXPECT_TRUE(spec) << text;
  return spec ? *spec : SeedSpec{};
}

// What a runtime said to its log, from any thread.
class Log {
 public:
  void add(int level, const std::string& text) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(level, text);
  }
  std::size_t count(const std::string& part) const {
    const std::lock_guard lock(mutex_);
    std::size_t found = 0;
    for (const auto& [level, text] : lines_) {
      found += text.find(part) != std::string::npos ? 1 : 0;
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<int, std::string>> lines_;
};

// Of this process, by the entries of a folder of /proc/self.
inline std::size_t own_entries(const char* folder) {
  const std::filesystem::directory_iterator entries(std::string("/proc/self/") + folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}
inline std::size_t open_files() {
  return own_entries("fd");
}
inline std::size_t threads() {
  return own_entries("task");
}

struct Node {
  std::shared_ptr<Log> log = std::make_shared<Log>();
  std::unique_ptr<Runtime> runtime;

  Runtime* operator->() const { return runtime.get(); }
  Endpoint address() const { return runtime->view()->advertised; }
  std::string seed_text() const { return to_string(address()); }

  MemberPtr member(const std::string& name) const {
    const auto snapshot = runtime->snapshot();
    for (const MemberPtr& one : snapshot->members) {
      if (one->name == name) {
        return one;
      }
    }
    return nullptr;
  }
  bool sees(const std::string& name, MemberStatus status) const {
    const MemberPtr one = member(name);
    return one && one->status == status;
  }
  std::size_t alive() const {
    std::size_t count = 0;
    const auto snapshot = runtime->snapshot();
    for (const MemberPtr& one : snapshot->members) {
      count += one->status == MemberStatus::alive ? 1 : 0;
    }
    return count;
  }
  std::uint64_t dropped(DropReason reason) const {
    return runtime->view()->stats.dropped[static_cast<std::size_t>(reason)];
  }
};

inline Options options_for(const std::string& name, std::vector<std::string> seeds = {}) {
  Options options;
  options.engine = *Config::preset("local");
  options.node_name = name;
  options.cluster_label = "test/runtime";
  options.bind = loopback();
  for (const std::string& text : seeds) {
    options.seeds.push_back(seed(text));
  }
  options.seed_refresh = std::chrono::seconds(1);
  return options;
}

inline Node start(Options options, const crypto::Keyring& keys = crypto::Keyring(key_of(7))) {
  Node node;
  options.log = [log = node.log](int level, const std::string& text) { log->add(level, text); };
  auto started = Runtime::start(std::move(options), keys);
  EXPECT_TRUE(started) << started.error();
  if (started) {
    node.runtime = std::move(*started);
  }
  return node;
}

inline Node start(const std::string& name, std::vector<std::string> seeds = {}) {
  return start(options_for(name, std::move(seeds)));
}

// `n` nodes that all see each other.
inline std::vector<Node> cluster(std::size_t n) {
  std::vector<Node> nodes;
  nodes.push_back(start("n0"));
  for (std::size_t i = 1; i < n; ++i) {
    nodes.push_back(start("n" + std::to_string(i), {nodes[0].seed_text()}));
  }
  for (const Node& node : nodes) {
    EXPECT_TRUE(wait_until([&] { return node.alive() == n; })) << node->node_name();
  }
  return nodes;
}

// Calls a command and waits for its answer. `call` gets the completion.
template <class T>
Expected<T> ask(const std::function<Expected<void>(Completion<T>)>& call) {
  auto promise = std::make_shared<std::promise<Expected<T>>>();
  auto answer = promise->get_future();
  const auto posted =
      call([promise](Expected<T> result) { promise->set_value(std::move(result)); });
  if (!posted) {
    return tl::unexpected(posted.error());
  }
  if (answer.wait_for(patience) != std::future_status::ready) {
    ADD_FAILURE() << "no answer";
    return fail(Errc::timeout);
  }
  return answer.get();
}

// Runs `commands` so that the engine thread takes all of them in one turn: meanwhile it is held in
// a completion, where nobody ought to linger.
inline void in_one_turn(const Node& node, const std::function<void()>& commands) {
  std::promise<void> release;
  std::promise<void> held;
  ASSERT_TRUE(node->explain(node->node_name(),
                            [&held, gate = release.get_future().share()](Expected<Explanation>) {
                              held.set_value();
                              gate.wait();
                            }));
  held.get_future().wait();
  commands();
  release.set_value();
}

// The names and types of the member events so far, e.g. "n1 JOINED".
inline std::vector<std::string> event_texts(const Node& node) {
  std::vector<std::string> texts;
  for (const auto& entry : node->events().read_after(0, SIZE_MAX).entries) {
    texts.push_back(entry->value.member->name + " " + std::string(to_string(entry->value.type)));
  }
  return texts;
}

inline std::vector<MessageReceived> messages(const Node& node) {
  std::vector<MessageReceived> result;
  for (const auto& entry : node->messages().read_after(0, SIZE_MAX).entries) {
    if (const auto* message = std::get_if<MessageReceived>(&entry->value)) {
      result.push_back(*message);
    }
  }
  return result;
}

}  // namespace swim::runtime::testing
