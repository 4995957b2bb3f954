// The promise to watchers: whoever takes a snapshot at revision r and reads the log from r on has
// the truth, or is told to start again.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "tests/runtime/support.hpp"

namespace swim::runtime::testing {
namespace {

using View = std::map<std::string, std::pair<MemberStatus, std::uint64_t>>;

View view_of(const Snapshot& snapshot) {
  View view;
  for (const MemberPtr& member : snapshot.members) {
    view[member->name] = {member->status, member->revision};
  }
  return view;
}

void apply(View& view, const MemberEvent& event) {
  if (event.type == EventType::expired) {
    view.erase(event.member->name);
  } else {
    view[event.member->name] = {event.member->status, event.member->revision};
  }
}

// Follows a node like a watcher of the API does.
class Watcher {
 public:
  explicit Watcher(Runtime& runtime) : runtime_(runtime) { restart(); }

  void step() {
    const auto read = runtime_.events().read_after(revision_, 64);
    if (read.overrun) {
      restart();
      return;
    }
    for (const auto& entry : read.entries) {
      ASSERT_EQ(entry->position, revision_ + 1);
      ASSERT_EQ(entry->value.revision, entry->position);
      apply(view_, entry->value);
      revision_ = entry->position;
      compare();
    }
    compare();  // once all is read, the snapshot comes up to it
  }
  std::uint64_t revision() const { return revision_; }
  const View& view() const { return view_; }
  int compared() const { return compared_; }

 private:
  void compare() {
    const auto snapshot = runtime_.snapshot();
    ASSERT_LE(snapshot->revision, runtime_.events().last());
    if (snapshot->revision == revision_) {
      ASSERT_EQ(view_, view_of(*snapshot));
      ++compared_;
    }
  }
  void restart() {
    const auto snapshot = runtime_.snapshot();
    revision_ = snapshot->revision;
    view_ = view_of(*snapshot);
  }

  Runtime& runtime_;
  std::uint64_t revision_{};
  View view_;
  std::atomic<int> compared_{};
};

TEST(Publication, TheFirstSnapshotIsThereWhenStartReturns) {
  const Node node = start("a");
  const auto snapshot = node->snapshot();
  ASSERT_TRUE(snapshot->local);
  EXPECT_EQ(snapshot->local->name, "a");
  EXPECT_EQ(snapshot->local->address, node.address());
  EXPECT_LE(snapshot->revision, node->events().last());
  EXPECT_NE(node->view()->bound.port, 0);
}

TEST(Publication, ThePositionInTheLogIsTheRevision) {
  const auto nodes = cluster(3);
  const auto read = nodes[0]->events().read_after(0, SIZE_MAX);
  ASSERT_FALSE(read.entries.empty());
  for (const auto& entry : read.entries) {
    EXPECT_EQ(entry->position, entry->value.revision);
  }
}

TEST(Publication, ConcurrentWatchersOfAChangingClusterSeeTheSameAsTheSnapshots) {
  auto nodes = cluster(2);
  std::atomic<bool> over{false};
  std::vector<std::unique_ptr<Watcher>> watchers;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    watchers.push_back(std::make_unique<Watcher>(*nodes[0].runtime));
    threads.emplace_back([&over, watcher = watchers.back().get()] {
      while (!over && !::testing::Test::HasFatalFailure()) {
        watcher->step();
        std::this_thread::yield();
      }
    });
  }
  for (std::uint8_t round = 1; round <= 5; ++round) {
    Node guest = start("guest", {nodes[0].seed_text()});
    EXPECT_TRUE(wait_until([&] { return nodes[0].sees("guest", MemberStatus::alive); }));
    EXPECT_TRUE(ask<MemberPtr>([&](auto done) {
      return nodes[1]->update_metadata(ByteVector{round}, {}, std::move(done));
    }));
    EXPECT_TRUE(wait_until([&] { return nodes[0].member("n1")->metadata == ByteVector{round}; }));
    EXPECT_TRUE(ask<LeaveReport>([&](auto done) { return guest->leave(std::move(done)); }));
    EXPECT_TRUE(wait_until([&] { return nodes[0].sees("guest", MemberStatus::left); }));
  }
  for (const auto& watcher : watchers) {
    EXPECT_TRUE(wait_until([&] { return watcher->compared() > 0; }));
  }
  over = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  nodes[0]->stop();
  for (const auto& watcher : watchers) {
    while (watcher->revision() < nodes[0]->events().last()) {
      watcher->step();
    }
    EXPECT_EQ(watcher->view(), view_of(*nodes[0]->snapshot()));
  }
}

TEST(Publication, StatisticsGoOnAndBuffersAreReused) {
  const auto nodes = cluster(2);
  const auto first = nodes[0]->view();
  // More than the buffers of some batches, so that one that is kept would be missed.
  constexpr std::uint64_t datagrams = 4 * limits::receive_batch;
  for (std::uint64_t i = 0; i < datagrams; ++i) {
    ASSERT_TRUE(ask<Duration>([&](auto done) { return nodes[1]->ping("n0", std::move(done)); }));
  }
  ASSERT_TRUE(wait_until([&] {
    const Stats now = nodes[0]->view()->stats;
    return now.probes_acked_direct > first->stats.probes_acked_direct + 5 &&
           now.datagrams_received > first->stats.datagrams_received + datagrams;
  }));
  const auto view = nodes[0]->view();
  EXPECT_GT(view->buffers_total, 0U);
  EXPECT_GE(view->buffer_hits - first->buffer_hits,
            view->stats.datagrams_received - first->stats.datagrams_received)
      << "one for each";
  EXPECT_EQ(view->buffer_misses, 0U);
  EXPECT_GT(view->loop_turns, first->loop_turns);
  EXPECT_GT(view->trace_records, 0U);
  EXPECT_EQ(view->datagrams_unsent, 0U);
}

TEST(Publication, AnIdleNodeSleeps) {
  const Node node = start("a");
  const auto first = node->view();
  ASSERT_TRUE(wait_until([&] { return node->view() != first; }));
  const auto second = node->view();
  ASSERT_TRUE(wait_until([&] { return node->view() != second; }));
  // A loop that turns without a reason turns a hundred thousand times in that second.
  EXPECT_LT(node->view()->loop_turns - second->loop_turns, 2'000U);
}

}  // namespace
}  // namespace swim::runtime::testing
