#include "tests/server/harness.hpp"

namespace swim::server {
namespace {

using testing::both_alive;
using testing::Folder;
using testing::from_token;
using testing::Node;
using testing::patience;
using testing::reason_of;
using testing::seeds;
using testing::wait_until;
using testing::Watch;

TEST(WatchMembers, a_snapshot_and_then_every_change) {
  const Folder folder;
  Node one(folder, "one");
  Watch watch(one);
  ASSERT_TRUE(watch.read());
  EXPECT_EQ(watch.last.snapshot().reason(), pb::MemberSnapshot::REASON_INITIAL);
  EXPECT_TRUE(watch.last.snapshot().begin() && watch.last.snapshot().end());
  EXPECT_TRUE(watch.sees("one", pb::MEMBER_STATUS_ALIVE));
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(watch.read_until([&] { return watch.sees("two", pb::MEMBER_STATUS_ALIVE); }));
  EXPECT_EQ(watch.events.back().type(), pb::MemberEvent::TYPE_JOINED);
  EXPECT_EQ(watch.events.back().reason(), pb::MemberEvent::REASON_FIRST_SEEN);
  two.daemon->shut_down();
  ASSERT_TRUE(watch.read_until([&] { return watch.sees("two", pb::MEMBER_STATUS_LEFT); }));
  EXPECT_EQ(watch.events.back().reason(), pb::MemberEvent::REASON_GOODBYE);
}

TEST(WatchMembers, goes_on_from_a_list_without_a_snapshot) {
  const Folder folder;
  Node one(folder, "one");
  grpc::ClientContext context;
  pb::ListMembersResponse list;
  ASSERT_TRUE(one.members->ListMembers(&context, {}, &list).ok());
  ASSERT_EQ(list.members_size(), 1);
  ASSERT_TRUE(one.set_label("role", "web").ok());
  Watch watch(one, from_token(list.resume_token()));
  ASSERT_TRUE(watch.read());
  ASSERT_EQ(watch.events.size(), 1U);
  EXPECT_EQ(watch.events[0].type(), pb::MemberEvent::TYPE_UPDATED);
  EXPECT_EQ(watch.events[0].member().labels().at("role"), "web");
  EXPECT_TRUE(watch.reasons.empty());
}

TEST(WatchMembers, resumed_misses_nothing_and_repeats_nothing) {
  const Folder folder;
  Node one(folder, "one");
  std::string token;
  std::vector<std::uint64_t> revisions;
  for (int round = 0; round < 5; ++round) {
    Watch watch(one, from_token(token));
    if (round == 0) {
      ASSERT_TRUE(watch.read());
      revisions.push_back(watch.last.revision());
    }
    ASSERT_TRUE(one.set_label("round", std::to_string(round)).ok());
    ASSERT_TRUE(watch.read_until([&] { return !watch.events.empty(); }));
    token = watch.token;
    for (const auto& event : watch.events) {
      revisions.push_back(event.revision());
    }
    ASSERT_TRUE(one.set_label("between", std::to_string(round)).ok());
  }
  for (std::size_t i = 1; i < revisions.size(); ++i) {
    EXPECT_EQ(revisions[i], revisions[i - 1] + 1);
  }
}

TEST(WatchMembers, a_token_of_an_earlier_run_leads_to_a_snapshot) {
  const Folder folder;
  std::string token;
  {
    Node one(folder, "one");
    Watch watch(one);
    ASSERT_TRUE(watch.read());
    token = watch.token;
  }
  Node again(folder, "one");
  Watch watch(again, from_token(token));
  ASSERT_TRUE(watch.read());
  EXPECT_EQ(watch.last.snapshot().reason(), pb::MemberSnapshot::REASON_RESTARTED);
  EXPECT_TRUE(watch.sees("one", pb::MEMBER_STATUS_ALIVE));
}

TEST(WatchMembers, a_reader_that_stalls_gets_a_snapshot_and_slows_nobody) {
  const Folder folder;
  Node one(folder, "one");
  Watch stalled(one);
  ASSERT_TRUE(stalled.read());
  const int changes = static_cast<int>(limits::event_log_events) + 2000;
  for (int i = 0; i < changes; ++i) {
    ASSERT_TRUE(one.set_label("n", std::to_string(i) + std::string(200, 'x')).ok());
  }
  const std::uint64_t revision = one.status().revision();
  ASSERT_TRUE(stalled.read_until([&] { return stalled.last.revision() >= revision; }));
  ASSERT_EQ(stalled.reasons.size(), 2U);
  EXPECT_EQ(stalled.reasons.back(), pb::MemberSnapshot::REASON_OVERFLOW);
  EXPECT_LT(stalled.events.size(), static_cast<std::size_t>(changes));
  EXPECT_EQ(stalled.map.at("one").labels().at("n"),
            std::to_string(changes - 1) + std::string(200, 'x'));
  EXPECT_EQ(one.status().stats().watch_overflows(), 1U);
}

TEST(WatchMembers, a_filter_selects_members) {
  const Folder folder;
  Node one(folder, "one", {"--node.labels=role=db"});
  pb::WatchMembersRequest request;
  request.mutable_filter()->set_label_selector("role=web");
  Watch watch(one, request);
  ASSERT_TRUE(watch.read());
  EXPECT_TRUE(watch.map.empty());
  Node two(folder, "two", {seeds(one), "--node.labels=role=web"});
  ASSERT_TRUE(watch.read_until([&] { return watch.sees("two", pb::MEMBER_STATUS_ALIVE); }));
  ASSERT_TRUE(two.set_label("role", "cache").ok());
  ASSERT_TRUE(watch.read_until([&] { return watch.events.size() == 2; }));
  EXPECT_EQ(watch.events[1].member().labels().at("role"), "cache");
  EXPECT_TRUE(watch.events[1].no_longer_matches());
  EXPECT_TRUE(watch.map.empty());
}

TEST(WatchMembers, who_no_longer_matches_is_told_to_those_with_the_filter_alone) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  ASSERT_TRUE(wait_until([&] { return both_alive(one, two); }));
  pb::WatchMembersRequest request;
  request.mutable_filter()->add_statuses(pb::MEMBER_STATUS_ALIVE);
  Watch alive(one, request);
  Watch all(one);
  ASSERT_TRUE(alive.read_until([&] { return alive.map.size() == 2; }));
  two.daemon->shut_down();
  ASSERT_TRUE(all.read_until([&] { return all.sees("two", pb::MEMBER_STATUS_LEFT); }));
  ASSERT_TRUE(alive.read_until([&] { return alive.map.size() == 1; }));
  EXPECT_TRUE(alive.map.contains("one"));
  EXPECT_TRUE(alive.events.back().no_longer_matches());
  for (const pb::MemberEvent& event : all.events) {
    EXPECT_FALSE(event.no_longer_matches());
  }
  const std::size_t told = alive.events.size();
  ASSERT_TRUE(one.set_label("after", "it").ok());
  ASSERT_TRUE(alive.read_until([&] { return alive.map.at("one").labels().contains("after"); }));
  EXPECT_EQ(alive.events.size(), told + 1) << "of two nothing more is told";
}

TEST(WatchMembers, a_filter_that_cant_be_read_is_refused) {
  const Folder folder;
  Node one(folder, "one");
  pb::WatchMembersRequest request;
  request.mutable_filter()->set_label_selector("role in web");
  Watch watch(one, request);
  const auto status = watch.finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(reason_of(status), "BAD_FILTER");
}

TEST(WatchMembers, a_filter_beyond_its_bounds_is_refused) {
  const Folder folder;
  Node one(folder, "one");
  const auto refused = [&](const pb::MemberFilter& filter) {
    pb::ListMembersRequest request;
    *request.mutable_filter() = filter;
    grpc::ClientContext context;
    pb::ListMembersResponse response;
    const std::string of_list = reason_of(one.members->ListMembers(&context, request, &response));
    pb::WatchMembersRequest watched;
    *watched.mutable_filter() = filter;
    EXPECT_EQ(reason_of(Watch(one, watched).finish()), of_list);
    return of_list;
  };
  std::string long_selector = "a";
  while (long_selector.size() < 3'000'000) {
    long_selector += ",!a";
  }
  pb::MemberFilter filter;
  filter.set_label_selector(long_selector);
  EXPECT_EQ(refused(filter), "BAD_FILTER");
  filter.set_label_selector(long_selector.substr(0, 400));
  EXPECT_EQ(refused(filter), "BAD_FILTER");
  filter.clear_label_selector();
  for (int i = 0; i < 17; ++i) {
    filter.add_statuses(pb::MEMBER_STATUS_ALIVE);
  }
  EXPECT_EQ(refused(filter), "BAD_FILTER");
}

TEST(WatchMembers, bookmarks_come_while_nothing_happens) {
  const Folder folder;
  Node one(folder, "one");
  pb::WatchMembersRequest request;
  request.mutable_bookmark_interval()->set_seconds(1);
  Watch watch(one, request);
  ASSERT_TRUE(watch.read());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(watch.read());
    ASSERT_TRUE(watch.last.has_bookmark());
    EXPECT_EQ(watch.last.bookmark().member_count(), 1);
    EXPECT_EQ(watch.last.revision(), 1U);
    EXPECT_FALSE(watch.token.empty());
  }
}

TEST(WatchMembers, a_client_that_goes_gives_its_place_back) {
  const Folder folder;
  Node one(folder, "one", {"--api.max-streams=2"});
  {
    Watch first(one);
    Watch second(one);
    ASSERT_TRUE(first.read() && second.read());
    EXPECT_EQ(one.streams(), 2U);
    Watch third(one);
    const auto status = third.finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(reason_of(status), "TOO_MANY_STREAMS");
  }
  ASSERT_TRUE(wait_until([&] { return one.streams() == 0; }));
  Watch again(one);
  EXPECT_TRUE(again.read());
}

TEST(WatchMembers, a_deadline_is_kept) {
  const Folder folder;
  Node one(folder, "one");
  Watch watch(one, {}, std::chrono::milliseconds(300));
  EXPECT_EQ(watch.finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(wait_until([&] { return one.streams() == 0; }));
}

TEST(WatchMembers, at_the_end_the_own_goodbye_and_then_shutting_down) {
  const Folder folder;
  Node one(folder, "one");
  Node two(folder, "two", {seeds(one)});
  Watch watch(two);
  ASSERT_TRUE(watch.read_until([&] { return watch.sees("one", pb::MEMBER_STATUS_ALIVE); }));
  const auto start = std::chrono::steady_clock::now();
  two.daemon->shut_down();
  EXPECT_LT(std::chrono::steady_clock::now() - start, testing::shutdown_patience);
  const auto status = watch.finish();
  EXPECT_TRUE(watch.sees("two", pb::MEMBER_STATUS_LEFT));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(reason_of(status), "SHUTTING_DOWN");
}

TEST(WatchMembers, a_stalled_reader_does_not_hold_the_shutdown_up) {
  const Folder folder;
  Node one(folder, "one");
  Watch stalled(one);
  ASSERT_TRUE(stalled.read());
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(one.set_label("n", std::to_string(i) + std::string(200, 'x')).ok());
  }
  const auto start = std::chrono::steady_clock::now();
  one.daemon->shut_down();
  EXPECT_LT(std::chrono::steady_clock::now() - start, testing::shutdown_patience);
}

TEST(WatchMembers, many_watchers_see_the_same) {
  const Folder folder;
  Node one(folder, "one");
  constexpr int clients = 20;
  constexpr int changes = 200;
  std::atomic<int> complete{};
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      Watch watch(one);
      const bool saw_all = watch.read_until([&] {
        const auto found = watch.map.find("one");
        return found != watch.map.end() && found->second.labels().contains("n") &&
               found->second.labels().at("n") == std::to_string(changes - 1);
      });
      bool in_order = watch.reasons.size() == 1;
      for (std::size_t event = 1; event < watch.events.size(); ++event) {
        in_order =
            in_order && watch.events[event].revision() == watch.events[event - 1].revision() + 1;
      }
      complete += saw_all && in_order ? 1 : 0;
    });
  }
  for (int i = 0; i < changes; ++i) {
    EXPECT_TRUE(one.set_label("n", std::to_string(i)).ok());
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(complete, clients);
}

}  // namespace
}  // namespace swim::server
