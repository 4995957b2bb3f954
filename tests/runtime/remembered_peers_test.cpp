// A restarted node finds its cluster by what it remembers, seeds or not.
#include "core/runtime/remembered_peers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/runtime/loop.hpp"
#include "core/runtime/peer_file.hpp"
#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

class Remembered : public ::testing::Test {
 protected:
  Remembered() {
    std::string folder = std::filesystem::temp_directory_path() / "swim-remembered-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    path = folder_ / "peers";
  }
  ~Remembered() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Options options(std::vector<std::string> seeds = {}) const {
    Options options = options_for("b", std::move(seeds));
    options.snapshot_path = path;
    return options;
  }
  std::vector<Endpoint> on_disk() const {
    return read_peers(path, "test/runtime").value_or(std::vector<Endpoint>{});
  }

  std::filesystem::path folder_;
  std::string path;
};

TEST_F(Remembered, ANodeWithoutSeedsComesBackToItsCluster) {
  const Node a = start("a");
  {
    const Node b = start(options({a.seed_text()}));
    ASSERT_TRUE(wait_until([&] { return on_disk() == std::vector{a.address()}; }));
    EXPECT_TRUE(wait_until([&] { return b->view()->peer_files_written > 0; }));
  }
  const Node b = start(options());
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2 && a.alive() == 2; }));
}

// Names are down, as they are when a whole cluster starts again and its DNS with it.
TEST_F(Remembered, ANodeWhoseSeedsDoNotResolveComesBackByItsFile) {
  const std::string name = "dns+no-such-host.invalid:7946";
  const Node a = start("a");
  {
    const Node b = start(options({a.seed_text()}));
    ASSERT_TRUE(wait_until([&] { return on_disk() == std::vector{a.address()}; }));
    ASSERT_TRUE(wait_until([&] { return a.alive() == 2; }));
  }
  ASSERT_TRUE(wait_until([&] { return a.sees("b", MemberStatus::failed); }));
  const auto says_so = [](const Node& node) {
    const auto view = node->view();
    return view->seeds.size() == 1 && !view->seeds[0].reached && view->seeds[0].addresses.empty() &&
           view->seeds[0].problem.find("does not resolve (") != std::string::npos;
  };
  Options forgetful = options_for("c", {name});
  const Node c = start(std::move(forgetful));
  const Node b = start(options({name}));
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2 && a.sees("b", MemberStatus::alive); }));
  EXPECT_TRUE(wait_until([&] { return says_so(b) && says_so(c); }));
  EXPECT_EQ(c.alive(), 1U) << "it remembers nobody, and no name leads it to anybody";
  EXPECT_FALSE(a.member("c"));
}

// Two clusters of one, and a file that knows of both and of many that are down: to meet the first
// is not to forget the others, in memory or on disk.
TEST_F(Remembered, WhoeverMeetsOneGoesOnToTheOthersItRemembers) {
  const Node a = start("a");
  const Node c = start("c");
  std::vector<Endpoint> remembered{a.address()};
  for (std::uint16_t port = 1; port < PeerCalls::at_once; ++port) {
    remembered.push_back(loopback(port));
  }
  remembered.push_back(c.address());
  ASSERT_TRUE(write_peers(path, encode_peers("test/runtime", remembered)));
  const Node b = start(options());
  EXPECT_TRUE(wait_until([&] { return a.alive() == 3 && b.alive() == 3 && c.alive() == 3; }));
  std::vector<Endpoint> expected{a.address(), c.address()};
  std::ranges::sort(expected);
  expected.insert(expected.end(), remembered.begin() + 1, remembered.end() - 1);
  EXPECT_TRUE(wait_until([&] { return on_disk() == expected; }));
}

// The view forgets one that failed after a while, the memory of a node that is alone does not: it
// hears of it by the view's event.
TEST_F(Remembered, WhoIsAloneStillCallsOneThatItsViewForgot) {
  const Endpoint never_met = loopback(1);
  ASSERT_TRUE(write_peers(path, encode_peers("test/runtime", {never_met})));
  Options forgetful = options();
  forgetful.engine.failed_retention = std::chrono::seconds(1);
  const Node b = start(std::move(forgetful));
  Options same_port = options_for("c", {b.seed_text()});
  {
    const Node c = start(same_port);
    same_port.bind = c.address();
    ASSERT_TRUE(wait_until([&] { return b.alive() == 2; }));
  }
  ASSERT_TRUE(wait_until([&] { return !b.member("c"); }));
  const std::vector expected{never_met, same_port.bind};
  ASSERT_TRUE(wait_until([&] { return on_disk() == expected; }));
  same_port.seeds.clear();
  const Node c = start(same_port);
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2 && c.alive() == 2; }));
}

TEST_F(Remembered, ADamagedFileIsAWarningAndTheNodeStarts) {
  std::ofstream(path) << "swim-peers 1\ncluster test/runtime\n127.0.0.1:1\n";
  const Node a = start("a");
  const Node b = start(options({a.seed_text()}));
  EXPECT_EQ(b.log->count("snapshot.path " + path + " is cut short or damaged"), 1U);
  EXPECT_EQ(b.log->count("starts without remembered peers"), 1U);
  EXPECT_TRUE(wait_until([&] { return b.alive() == 2; }));
  EXPECT_TRUE(wait_until([&] { return on_disk() == std::vector{a.address()}; }));
}

TEST_F(Remembered, WhereNothingCanBeWrittenNothingElseBreaks) {
  path = folder_ / "missing" / "peers";
  const Node a = start("a");
  const Node b = start(options({a.seed_text()}));
  EXPECT_TRUE(wait_until([&] { return b->view()->peer_files_failed >= 2; }));
  EXPECT_EQ(b.log->count("can't be written"), 1U);
  EXPECT_EQ(b.alive(), 2U);
  std::filesystem::create_directory(folder_ / "missing");
  EXPECT_TRUE(wait_until([&] { return b->view()->peer_files_written > 0; }));
  EXPECT_TRUE(wait_until([&] { return b.log->count("is written again") == 1; }));
}

// The peers are due in the very first turn, and so in the one that the node leaves in.
TEST_F(Remembered, ALeaveIsNotUndoneByAContactThatIsDueInTheSameTurn) {
  ASSERT_TRUE(write_peers(path, encode_peers("test/runtime", {loopback(1)})));
  Loop* running = nullptr;
  Shared shared("b", "test/runtime", [&] { running->wake(); });
  Loop loop(options(), crypto::Keyring(key_of(7)), shared);
  running = &loop;
  ASSERT_TRUE(loop.open());
  ASSERT_EQ(shared.snapshot.load()->state, NodeState::running);
  ASSERT_EQ(shared.mailbox.push([](Loop& here) { EXPECT_TRUE(here.leave()); }), Posted::accepted);
  std::thread engine([&] { loop.run(); });
  EXPECT_TRUE(wait_until([&] { return shared.snapshot.load()->state != NodeState::running; }));
  EXPECT_EQ(shared.snapshot.load()->state, NodeState::left);
  loop.stop();
  engine.join();
}

}  // namespace
}  // namespace swim::runtime::testing
