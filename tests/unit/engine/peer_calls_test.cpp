// Whom a node remembers and whom of them it calls.
#include "core/engine/peer_calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/engine/peer_list.hpp"

namespace swim {
namespace {

using std::chrono::hours;
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
  ASSERT_EQ(peers.size(), limits::remembered_peers_max);
  const auto failed = peers.end() - 50;
  EXPECT_TRUE(std::all_of(peers.begin(), failed, [](auto at) { return at > endpoint(100); }));
  EXPECT_EQ(std::vector(failed, peers.end()), endpoints(50));
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

std::vector<SeedResult> answers(const std::vector<Endpoint>& addresses, Errc error) {
  std::vector<SeedResult> results;
  for (const Endpoint& address : addresses) {
    results.push_back({.address = address, .error = {error}});
  }
  return results;
}

class PeerListTest : public ::testing::Test {
 protected:
  PeerListTest() { list.remember(endpoints(5)); }
  // What is known now: this node and `others`. Whether the list changed.
  bool know(std::vector<MemberPtr> others) {
    view.members = std::move(others);
    view.members.push_back(member(self, MemberStatus::alive, true));
    ++view.revision;
    return list.update(view, now);
  }
  // Told two views before a view has it.
  void expire(MemberPtr gone, EventReason reason) {
    MemberEvent event;
    event.revision = view.revision + 2;
    event.type = EventType::expired;
    event.reason = reason;
    event.member = std::move(gone);
    list.on_event(event);
  }
  void pass(Duration time) {
    now += time;
    list.update(view, now);
  }

  static constexpr std::size_t self = 5000;
  PeerList list;
  Snapshot view;
  TimePoint now{hours(1)};
};

TEST_F(PeerListTest, who_meets_a_few_first_forgets_nobody_else) {
  know({});
  EXPECT_EQ(list.all(), endpoints(5));
  know({member(4, MemberStatus::alive)});
  EXPECT_EQ(list.all(),
            (std::vector{endpoint(4), endpoint(1), endpoint(2), endpoint(3), endpoint(5)}));
}

TEST_F(PeerListTest, who_is_there_comes_first_then_who_failed_then_who_was_not_met_yet) {
  know({member(2, MemberStatus::failed), member(9, MemberStatus::failed),
        member(5, MemberStatus::suspect), member(7, MemberStatus::alive)});
  EXPECT_EQ(list.all(), (std::vector{endpoint(5), endpoint(7), endpoint(2), endpoint(9),
                                     endpoint(1), endpoint(3), endpoint(4)}));
  EXPECT_EQ(list.untried(), (std::vector{endpoint(1), endpoint(3), endpoint(4)}));
}

TEST_F(PeerListTest, who_left_is_forgotten_and_who_was_met_is_no_longer_waited_for) {
  know({member(1, MemberStatus::alive), member(2, MemberStatus::left),
        member(3, MemberStatus::alive)});
  know({member(3, MemberStatus::alive)});  // the others are listed no longer
  EXPECT_EQ(list.all(), (std::vector{endpoint(3), endpoint(4), endpoint(5)}));
}

TEST_F(PeerListTest, an_address_that_somebody_else_has_now_is_this_ones) {
  list.remember({endpoint(1), endpoint(self), endpoint(2)});
  know({member(1, MemberStatus::left), member(1, MemberStatus::alive),
        member(1, MemberStatus::failed)});
  EXPECT_EQ(list.all(), (std::vector{endpoint(1), endpoint(2)}));
}

TEST_F(PeerListTest, where_nobody_would_be_left_the_last_ones_stay) {
  std::vector<MemberPtr> all_left;
  for (std::size_t host = 1; host <= 5; ++host) {
    all_left.push_back(member(host, MemberStatus::left));
  }
  know(all_left);
  EXPECT_EQ(list.all(), endpoints(5));
  know({});
  EXPECT_EQ(list.all(), endpoints(5));
}

TEST_F(PeerListTest, there_are_never_more_than_have_room) {
  list.remember(endpoints(limits::remembered_peers_max));
  std::vector<MemberPtr> others;
  for (std::size_t host = 1; host <= 10; ++host) {
    others.push_back(member(2000 + host, MemberStatus::alive));
  }
  know(others);
  ASSERT_EQ(list.all().size(), limits::remembered_peers_max);
  EXPECT_EQ(list.all().front(), endpoint(2001));
  EXPECT_EQ(list.all().back(), endpoint(limits::remembered_peers_max - 10));
}

TEST_F(PeerListTest, who_is_not_met_within_a_day_is_forgotten) {
  know({member(1, MemberStatus::alive)});
  pass(PeerList::unmet_max - seconds(1));
  know({member(1, MemberStatus::alive), member(2, MemberStatus::alive)});
  EXPECT_EQ(list.all().size(), 5U);
  EXPECT_TRUE(list.is_current(view.revision, now));
  pass(seconds(1));
  EXPECT_EQ(list.all(), endpoints(2));
  EXPECT_TRUE(list.untried().empty());
}

TEST_F(PeerListTest, time_alone_does_not_count) {
  know({});
  pass(2 * PeerList::unmet_max);
  know({member(1, MemberStatus::alive)});
  pass(PeerList::unmet_max - seconds(1));
  know({member(1, MemberStatus::failed)});
  know({member(1, MemberStatus::alive)});
  pass(PeerList::unmet_max - seconds(1));
  EXPECT_EQ(list.all(), endpoints(5));
}

TEST_F(PeerListTest, who_drops_its_view_remembers_whom_it_knew) {
  const std::vector known{member(1, MemberStatus::alive), member(7, MemberStatus::alive),
                          member(8, MemberStatus::failed)};
  list.remember(endpoints(2));
  know(known);
  list.called(answers({endpoint(2)}, Errc::timeout));
  EXPECT_TRUE(list.untried().empty());
  expire(member(1, MemberStatus::alive), EventReason::forgotten);
  know(known);
  EXPECT_TRUE(list.untried().empty()) << "still a view from before";
  know({member(9, MemberStatus::alive), member(7, MemberStatus::alive)});  // met since
  EXPECT_EQ(list.all(),
            (std::vector{endpoint(7), endpoint(9), endpoint(1), endpoint(8), endpoint(2)}));
  EXPECT_EQ(list.untried(), (std::vector{endpoint(1), endpoint(8), endpoint(2)}))
      << "and calls all of them anew";
}

TEST_F(PeerListTest, who_is_alone_keeps_those_that_failed_longer_than_its_view_does) {
  const std::vector failed{member(1, MemberStatus::failed), member(2, MemberStatus::failed)};
  list.remember({});
  know(failed);
  expire(failed[0], EventReason::retention);
  expire(failed[1], EventReason::retention);
  expire(member(3, MemberStatus::left), EventReason::retention);
  know(failed);
  EXPECT_TRUE(list.untried().empty()) << "still a view from before";
  know({});
  EXPECT_EQ(list.untried(), endpoints(2));
  know({member(9, MemberStatus::alive)});
  EXPECT_EQ(list.all(), (std::vector{endpoint(9), endpoint(1), endpoint(2)}));
}

TEST_F(PeerListTest, who_has_company_keeps_them_no_longer_than_its_view_does) {
  list.remember({});
  know({member(1, MemberStatus::failed), member(9, MemberStatus::alive)});
  expire(member(1, MemberStatus::failed), EventReason::retention);
  know({member(9, MemberStatus::alive)});
  know({member(9, MemberStatus::alive)});
  EXPECT_EQ(list.all(), std::vector{endpoint(9)});
}

TEST_F(PeerListTest, who_comes_back_elsewhere_is_not_called_where_it_was) {
  list.remember({});
  know({member(1, MemberStatus::alive)});
  know({});  // it left, and is listed no longer
  know({member(9, MemberStatus::alive)});
  EXPECT_EQ(list.all(), std::vector{endpoint(9)});
  EXPECT_TRUE(list.untried().empty());
}

TEST_F(PeerListTest, an_update_says_whether_the_addresses_changed) {
  EXPECT_FALSE(know({}));
  EXPECT_TRUE(know({member(2, MemberStatus::alive)}));
  EXPECT_FALSE(know({member(2, MemberStatus::suspect)}));
  EXPECT_TRUE(know({member(2, MemberStatus::alive), member(3, MemberStatus::failed)}));
  now += PeerList::unmet_max;
  EXPECT_TRUE(list.update(view, now)) << "those not met are forgotten";
  EXPECT_FALSE(list.update(view, now));
}

TEST_F(PeerListTest, only_who_was_called_is_tried) {
  list.called(answers({endpoint(1), endpoint(77)}, Errc::unreachable));
  list.called(answers({endpoint(2)}, Errc::queue_full));  // no stream was free
  list.called(answers({endpoint(3)}, Errc::left));
  list.called(std::vector{SeedResult{.address = endpoint(4), .accepted = true}});
  EXPECT_EQ(list.untried(), (std::vector{endpoint(2), endpoint(3), endpoint(5)}));
  EXPECT_EQ(list.all(), endpoints(5));
}

class PeerCallsTest : public ::testing::Test {
 protected:
  PeerCallsTest() {
    alone.state = NodeState::running;
    company.state = NodeState::running;
    company.members = {member(50, MemberStatus::alive)};
  }
  std::vector<Endpoint> next(const Snapshot& view, const std::vector<Endpoint>& peers) {
    PeerList list;
    list.remember(peers);
    return calls.next(view, list, now);
  }
  // Looks each second until somebody is called: after how many?
  std::size_t seconds_until_called(const std::vector<Endpoint>& peers) {
    for (std::size_t passed = 0; passed < 100; ++passed, now += seconds(1)) {
      if (!next(alone, peers).empty()) {
        return passed;
      }
    }
    return 100;
  }

  Snapshot alone;
  Snapshot company;
  PeerCalls calls;
  TimePoint now{hours(1)};
};

TEST_F(PeerCallsTest, each_peer_has_its_turn) {
  const std::vector<Endpoint> peers = endpoints(11);
  EXPECT_EQ(next(alone, peers), endpoints(PeerCalls::at_once));
  now += seconds(100);
  EXPECT_TRUE(next(alone, peers).empty()) << "one call at a time";
  calls.answered(now);
  now += seconds(1);
  EXPECT_EQ(next(alone, peers), (std::vector{endpoint(9), endpoint(10), endpoint(11), endpoint(1),
                                             endpoint(2), endpoint(3), endpoint(4), endpoint(5)}));
}

TEST_F(PeerCallsTest, no_peer_is_called_twice_at_once_and_nobody_by_who_knows_nobody) {
  EXPECT_TRUE(next(alone, {}).empty());
  EXPECT_EQ(next(alone, endpoints(3)), endpoints(3));
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
  EXPECT_TRUE(next(company, {}).empty());
  answered_in_vain();  // what was answered before still has its pause
  answered_in_vain();
  EXPECT_EQ(pauses, (std::vector<std::size_t>{0, 1, 2, 4, 8, 16, 30, 30, 30, 1}));
}

// Others may be together somewhere, and each waits for somebody to call.
TEST_F(PeerCallsTest, who_has_company_calls_each_whom_it_did_not_meet_yet_once) {
  PeerList list;
  list.remember(endpoints(20));
  std::vector<Endpoint> called;
  std::vector<std::size_t> pauses;
  company.members.push_back(member(3, MemberStatus::alive));
  list.update(company, now);
  for (std::size_t passed = 0; passed < 100; ++passed, now += seconds(1)) {
    const std::vector<Endpoint> next = calls.next(company, list, now);
    if (next.empty()) {
      continue;
    }
    EXPECT_LE(next.size(), PeerCalls::at_once);
    called.insert(called.end(), next.begin(), next.end());
    pauses.push_back(passed);
    list.called(answers(next, Errc::timeout));
    calls.answered(now);
  }
  EXPECT_EQ(pauses, (std::vector<std::size_t>{0, 1, 3})) << "as seldom as by who is alone";
  std::ranges::sort(called);
  std::vector<Endpoint> all = endpoints(20);
  std::erase(all, endpoint(3));
  EXPECT_EQ(called, all);
  EXPECT_FALSE(calls.next(alone, list, now).empty()) << "alone again: all of them in turn";
}

TEST_F(PeerCallsTest, who_left_or_is_displaced_calls_nobody) {
  Snapshot left = alone;
  left.state = NodeState::left;
  EXPECT_TRUE(next(left, endpoints(3)).empty());
  Snapshot displaced = alone;
  displaced.conflict = true;
  EXPECT_TRUE(next(displaced, endpoints(3)).empty());
  EXPECT_FALSE(next(alone, endpoints(3)).empty());
}

}  // namespace
}  // namespace swim
