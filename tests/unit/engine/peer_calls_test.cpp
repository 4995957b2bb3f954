// Whom a node calls that is alone.
#include "core/engine/peer_calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.hpp"

namespace swim {
namespace {

using std::chrono::seconds;

Endpoint endpoint(std::size_t host) {
  return Endpoint::v4(10, 0, static_cast<std::uint8_t>(host / 256),
                      static_cast<std::uint8_t>(host % 256), 7946);
}

MemberPtr member(std::size_t host, MemberStatus status, bool local = false) {
  MemberInfo info;
  info.name = "m" + std::to_string(host);
  info.address = endpoint(host);
  info.status = status;
  info.local = local;
  return std::make_shared<const MemberInfo>(info);
}

std::vector<Endpoint> endpoints(std::size_t count) {
  std::vector<Endpoint> result;
  for (std::size_t host = 1; host <= count; ++host) {
    result.push_back(endpoint(host));
  }
  return result;
}

TEST(PeersTest, who_is_there_and_who_failed_is_remembered_and_not_who_left) {
  Snapshot snapshot;
  snapshot.members = {member(1, MemberStatus::alive, true), member(3, MemberStatus::failed),
                      member(2, MemberStatus::suspect), member(4, MemberStatus::left)};
  EXPECT_EQ(peers_of(snapshot), (std::vector{endpoint(2), endpoint(3)}));
}

TEST(PeersTest, where_not_all_have_room_those_who_are_there_come_first) {
  Snapshot snapshot;
  for (std::size_t host = 1; host <= 100; ++host) {
    snapshot.members.push_back(member(host, MemberStatus::failed));
  }
  for (std::size_t host = 101; host <= 50 + limits::remembered_peers_max; ++host) {
    snapshot.members.push_back(member(host, MemberStatus::alive));
  }
  const std::vector<Endpoint> peers = peers_of(snapshot);
  EXPECT_EQ(peers.size(), limits::remembered_peers_max);
  EXPECT_TRUE(std::ranges::is_sorted(peers));
  EXPECT_EQ(std::ranges::count_if(peers, [](const Endpoint& at) { return at > endpoint(100); }),
            static_cast<std::ptrdiff_t>(limits::remembered_peers_max) - 50);
}

TEST(PeersTest, alone_is_who_has_nobody_there) {
  Snapshot snapshot;
  snapshot.members = {member(1, MemberStatus::alive, true), member(2, MemberStatus::failed),
                      member(3, MemberStatus::left)};
  EXPECT_TRUE(is_alone(snapshot));
  for (const auto there : {MemberStatus::alive, MemberStatus::suspect, MemberStatus::leaving}) {
    snapshot.members[1] = member(2, there);
    EXPECT_FALSE(is_alone(snapshot)) << static_cast<int>(there);
  }
}

class PeerCallsTest : public ::testing::Test {
 protected:
  PeerCallsTest() { alone.state = NodeState::running; }
  // Looks each second until somebody is called: after how many?
  std::size_t seconds_until_called(const std::vector<Endpoint>& peers) {
    for (std::size_t passed = 0; passed < 100; ++passed, now += seconds(1)) {
      if (!calls.next(alone, peers, now).empty()) {
        return passed;
      }
    }
    return 100;
  }

  Snapshot alone;
  PeerCalls calls;
  TimePoint now{std::chrono::hours(1)};
};

TEST_F(PeerCallsTest, each_peer_has_its_turn) {
  const std::vector<Endpoint> peers = endpoints(11);
  std::vector<Endpoint> called = calls.next(alone, peers, now);
  EXPECT_EQ(called, endpoints(PeerCalls::at_once));
  EXPECT_TRUE(calls.next(alone, peers, now + seconds(100)).empty()) << "one call at a time";
  calls.answered(now);
  called = calls.next(alone, peers, now + seconds(1));
  EXPECT_EQ(called, (std::vector{endpoint(9), endpoint(10), endpoint(11), endpoint(1), endpoint(2),
                                 endpoint(3), endpoint(4), endpoint(5)}));
}

TEST_F(PeerCallsTest, no_peer_is_called_twice_at_once_and_nobody_by_who_knows_nobody) {
  EXPECT_TRUE(calls.next(alone, {}, now).empty());
  EXPECT_EQ(calls.next(alone, endpoints(3), now), endpoints(3));
}

TEST_F(PeerCallsTest, calls_are_ever_more_seldom_until_somebody_was_there) {
  std::vector<std::size_t> pauses;
  const auto answered_in_vain = [&] {
    pauses.push_back(seconds_until_called(endpoints(20)));
    calls.answered(now);
  };
  for (int i = 0; i < 8; ++i) {
    answered_in_vain();
  }
  calls.not_alone();
  answered_in_vain();  // what was answered before still has its pause
  answered_in_vain();
  EXPECT_EQ(pauses, (std::vector<std::size_t>{0, 1, 2, 4, 8, 16, 30, 30, 30, 1}));
}

TEST_F(PeerCallsTest, who_left_or_is_displaced_calls_nobody) {
  Snapshot left = alone;
  left.state = NodeState::left;
  EXPECT_TRUE(calls.next(left, endpoints(3), now).empty());
  Snapshot displaced = alone;
  displaced.conflict = true;
  EXPECT_TRUE(calls.next(displaced, endpoints(3), now).empty());
  EXPECT_FALSE(calls.next(alone, endpoints(3), now).empty());
}

}  // namespace
}  // namespace swim
