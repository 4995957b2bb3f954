#include "server/http_health.hpp"

#include <gtest/gtest.h>

#include "tests/unit/server/http_look.hpp"

namespace swim::server {
namespace {

using namespace std::chrono_literals;
using testing::LookMade;

TimePoint at(Duration since) {
  return TimePoint(since);
}

TEST(NodeWatch, ALoopThatTurnsIsNeverStalled) {
  NodeWatch watch;
  for (int second = 0; second < 100; ++second) {
    watch.observe(at(second * 1s), static_cast<std::uint64_t>(second), 0);
    EXPECT_EQ(watch.stalled(), 0s);
  }
}

TEST(NodeWatch, CountsTheSecondsOfALoopThatDoesNotTurn) {
  NodeWatch watch;
  for (int second = 0; second <= 15; ++second) {
    watch.observe(at(second * 1s), 7, 0);
  }
  EXPECT_EQ(watch.stalled(), 15s);
  watch.observe(at(16s), 8, 0);
  EXPECT_EQ(watch.stalled(), 0s);
}

TEST(NodeWatch, APauseOfTheWholeProcessIsNotTheEnginesFault) {
  NodeWatch watch;
  watch.observe(at(0s), 7, 0);
  watch.observe(at(600s), 7, 0);  // SIGSTOP, or a suspended laptop
  EXPECT_LE(watch.stalled(), 2s);
}

TEST(NodeWatch, TellsTheAuthDropsOfTheLastMinuteOnly) {
  NodeWatch watch;
  for (int second = 0; second <= 30; ++second) {
    watch.observe(at(second * 1s), 1, static_cast<std::uint64_t>(second));
  }
  EXPECT_EQ(watch.auth_drops_last_minute(), 30U);
  for (int second = 31; second <= 200; ++second) {
    watch.observe(at(second * 1s), 1, 30);
  }
  EXPECT_EQ(watch.auth_drops_last_minute(), 0U);
}

TEST(Readyz, ShowsAppsWhereSomeAttachedAndNeverFailsForThem) {
  LookMade made;
  EXPECT_EQ(health_text("readyz", readyz(made.make()), true).find("apps"), std::string::npos);
  MemberInfo local = *made.snapshot.local;
  local.apps = {{"cache", true, 1}, {"web", false, 0}};
  made.snapshot.local = std::make_shared<const MemberInfo>(local);
  const Health health = readyz(made.make());
  EXPECT_TRUE(health.ok());
  EXPECT_NE(health_text("readyz", health, true).find("[+]apps ok: cache lost, web attached\n"),
            std::string::npos);
}

TEST(Healthz, FailsOnlyWhenTheLoopIsStuck) {
  LookMade made;
  made.look.stalled = loop_stuck_after;
  EXPECT_TRUE(healthz(made.make()).ok());
  made.look.stalled = loop_stuck_after + 1s;
  EXPECT_FALSE(healthz(made.make()).ok());
  EXPECT_FALSE(readyz(made.make()).ok());
}

TEST(Healthz, StaysGoodWhileLeavingAndAfterIt) {
  LookMade made;
  for (const NodeState state : {NodeState::draining, NodeState::left, NodeState::joining}) {
    made.snapshot.state = state;
    EXPECT_TRUE(healthz(made.make()).ok());
  }
}

TEST(Readyz, FollowsTheStateOfThisNode) {
  struct Row {
    NodeState state;
    bool ever_joined;
    Duration uptime;
    bool ready;
  };
  const Row rows[] = {
      {NodeState::starting, false, 0s, false},    {NodeState::starting, false, 6s, true},
      {NodeState::joining, false, 4999ms, false}, {NodeState::joining, false, 5s, true},
      {NodeState::joining, true, 0s, true},       {NodeState::running, false, 0s, true},
      {NodeState::running, true, 9s, true},       {NodeState::draining, true, 9s, true},
      {NodeState::left, true, 9s, false},         {NodeState::left, false, 9s, false},
  };
  for (const Row& row : rows) {
    Snapshot snapshot;
    snapshot.state = row.state;
    EXPECT_EQ(joined_check(snapshot, row.ever_joined, row.uptime, 5s).ok, row.ready)
        << to_string(row.state) << " " << row.ever_joined << " " << row.uptime.count();
  }
}

TEST(Readyz, IsNoFunctionOfThePeers) {
  LookMade made;
  for (auto& one : made.snapshot.members) {
    if (!one->local) {
      one = testing::member(one->name, MemberStatus::failed);
    }
  }
  made.view.seeds.front().reached = false;
  made.view.seeds.front().problem = "seed gave no answer";
  made.view.stats.dropped[0] = 1'000'000;
  EXPECT_TRUE(readyz(made.make()).ok());
}

TEST(HealthText, IsShortWhenGoodAndListsTheChecksWhenAsked) {
  LookMade made;
  EXPECT_EQ(health_text("readyz", readyz(made.make()), false), "ok\n");
  EXPECT_EQ(health_text("readyz", readyz(made.make()), true),
            "[+]loop ok\n[+]joined ok\nreadyz check passed\n");
}

TEST(HealthText, ListsTheChecksWhenOneFailed) {
  LookMade made;
  made.snapshot.state = NodeState::left;
  EXPECT_EQ(health_text("readyz", readyz(made.make()), false),
            "[+]loop ok\n[-]joined failed: this node has left the cluster\n"
            "readyz check failed\n");
}

TEST(HealthText, SaysWhyANodeIsReadyThatNobodyLetIn) {
  LookMade made;
  made.snapshot.state = NodeState::joining;
  made.view.joined.reset();
  const auto says = [&](const std::string& line) {
    return health_text("readyz", readyz(made.make()), true).find(line) != std::string::npos;
  };
  EXPECT_TRUE(says("[+]joined ok: known to others, but no seed let this node in within 5s\n"));
  made.snapshot.members.resize(1);
  EXPECT_TRUE(says("[+]joined ok: alone, nobody let this node in within 5s\n"));
}

}  // namespace
}  // namespace swim::server
