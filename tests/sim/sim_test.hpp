// What the tests of virtual worlds share. A broken rule fails the test that ran into it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/sim/world.hpp"

namespace swim::sim {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Eq;

class SimTest : public testing::Test {
 protected:
  explicit SimTest(WorldOptions options = {}) : world(std::move(options)) {}

  void TearDown() override {
    if (!world.broken()) {
      world.check_now();
    }
    EXPECT_FALSE(world.broken()) << world.report();
  }

  // Starts a cluster of `count` nodes, all of which list each other.
  std::vector<NodeId> cluster(std::size_t count) {
    const auto nodes = world.add_nodes(count);
    world.start_all();
    EXPECT_TRUE(world.run_until([&] { return world.all_see(count); }, 10s)) << world.report();
    return nodes;
  }

  // How long it took; nullopt: it did not happen within `limit`.
  std::optional<Duration> time_until(const std::function<bool()>& done, Duration limit) {
    const TimePoint start = world.now();
    return world.run_until(done, limit) ? std::optional<Duration>(world.now() - start)
                                        : std::nullopt;
  }

  bool wait_for(const std::function<bool()>& done, Duration limit = 30s) {
    return world.run_until(done, limit);
  }

  bool all_list(NodeId subject, MemberStatus status, Duration limit = 30s) {
    return wait_for([&] { return world.all_others_see(subject, status); }, limit);
  }

  std::size_t received(NodeId node, std::string_view payload) const {
    std::size_t times = 0;
    for (const MessageReceived& message : world.history(node).messages) {
      times += as_text(*message.payload) == payload ? 1 : 0;
    }
    return times;
  }

  std::string metadata(NodeId observer, NodeId subject) const {
    const MemberPtr member = world.find(observer, world.at(subject).name());
    return member ? std::string(as_text(member->metadata)) : std::string();
  }

  World world;
};

}  // namespace swim::sim
