// A client that keeps a map by the rules of the API must end with the node's view, whatever
// happens.
#include "server/watch_feed.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <vector>

#include "server/resume_token.hpp"
#include "tests/unit/server/watching.hpp"

namespace swim::server {
namespace {

using testing::Client;
using testing::Node;

TEST(WatchFeed, begins_with_a_snapshot_and_goes_on_with_events) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.publish();
  auto feed = node.watch();
  Client client;
  ASSERT_TRUE(client.step(feed));
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_INITIAL);
  EXPECT_TRUE(client.in_sync);
  EXPECT_EQ(client.revision, 1U);
  EXPECT_FALSE(client.step(feed));
  node.set("b", MemberStatus::alive);
  ASSERT_TRUE(client.step(feed));
  EXPECT_EQ(client.events, 1);
  EXPECT_EQ(client.revision, 2U);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, an_empty_view_is_a_snapshot_with_begin_and_end) {
  Node node;
  auto feed = node.watch();
  pb::WatchMembersResponse response;
  ASSERT_TRUE(testing::next(feed, response));
  EXPECT_TRUE(response.snapshot().begin());
  EXPECT_TRUE(response.snapshot().end());
  EXPECT_FALSE(testing::next(feed, response));
}

TEST(WatchFeed, events_between_the_snapshot_and_its_publication_are_not_lost) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.publish();
  node.set("b", MemberStatus::alive);  // in the log, not in the snapshot yet
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  EXPECT_TRUE(client.agrees_with(node));
  EXPECT_EQ(client.events, 1);
}

TEST(WatchFeed, a_large_snapshot_comes_in_parts) {
  Node node(2000);
  for (int i = 0; i < 1100; ++i) {
    node.set("m" + std::to_string(i), MemberStatus::alive);
  }
  node.publish();
  auto feed = node.watch();
  Client client;
  ASSERT_TRUE(client.step(feed));
  EXPECT_EQ(client.map.size(), WatchFeed::members_per_part);
  EXPECT_FALSE(client.in_sync);
  client.drain(feed);
  EXPECT_TRUE(client.in_sync);
  EXPECT_EQ(client.snapshots, 1);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, a_token_of_an_unfinished_snapshot_leads_to_a_new_one) {
  Node node(2000);
  for (int i = 0; i < 600; ++i) {
    node.set("m" + std::to_string(i), MemberStatus::alive);
  }
  node.publish();
  auto feed = node.watch();
  Client client;
  ASSERT_TRUE(client.step(feed));
  ASSERT_FALSE(client.in_sync);
  auto again = node.watch(client.token);
  client.drain(again);
  EXPECT_EQ(client.snapshots, 2);
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_TOKEN_EXPIRED);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, a_token_resumes_without_a_snapshot_and_without_a_hole) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.publish();
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  node.set("a", MemberStatus::failed);
  node.set("b", MemberStatus::alive);
  node.publish();
  auto again = node.watch(client.token);
  client.drain(again);
  EXPECT_EQ(client.snapshots, 1);
  EXPECT_EQ(client.events, 2);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, a_token_older_than_the_log_leads_to_a_snapshot) {
  Node node(4);
  node.set("a", MemberStatus::alive);
  node.publish();
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  for (int i = 0; i < 6; ++i) {
    node.set("b" + std::to_string(i), MemberStatus::alive);
  }
  node.publish();
  auto again = node.watch(client.token);
  client.drain(again);
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_TOKEN_EXPIRED);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, a_token_of_another_run_leads_to_a_snapshot) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.publish();
  auto feed = node.watch(encode_token({0xDEAD, 1, MemberFilter::make({}, "")->hash()}));
  Client client;
  client.drain(feed);
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_RESTARTED);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, a_token_for_another_filter_leads_to_a_snapshot) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.publish();
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  auto again = node.watch(client.token, *MemberFilter::make({MemberStatus::alive}, ""));
  client.drain(again);
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_TOKEN_EXPIRED);
}

TEST(WatchFeed, a_reader_that_the_log_overtook_gets_a_snapshot) {
  Node node(4);
  node.set("a", MemberStatus::alive);
  node.publish();
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  for (int i = 0; i < 10; ++i) {
    node.set("b" + std::to_string(i), MemberStatus::alive);
  }
  node.publish();
  client.drain(feed);
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_OVERFLOW);
  EXPECT_EQ(node.gate.resyncs[pb::MemberSnapshot::REASON_OVERFLOW], 1U);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, so_does_one_that_it_overtook_while_the_snapshot_was_sent) {
  Node node(4);
  for (int i = 0; i < 600; ++i) {
    node.set("m" + std::to_string(i), MemberStatus::alive);
  }
  node.publish();
  auto feed = node.watch();
  Client client;
  ASSERT_TRUE(client.step(feed));
  for (int i = 0; i < 10; ++i) {
    node.set("m" + std::to_string(i), MemberStatus::failed);
  }
  node.publish();
  client.drain(feed);
  EXPECT_EQ(client.reason, pb::MemberSnapshot::REASON_OVERFLOW);
  EXPECT_TRUE(client.agrees_with(node));
}

TEST(WatchFeed, a_filter_selects_and_the_last_event_of_a_member_goes_through) {
  Node node;
  node.set("web", MemberStatus::alive, {{"role", "web"}});
  node.set("db", MemberStatus::alive, {{"role", "db"}});
  node.publish();
  auto feed = node.watch("", *MemberFilter::make({}, "role=web"));
  Client client;
  client.drain(feed);
  EXPECT_EQ(client.map.size(), 1U);
  node.set("db", MemberStatus::failed, {{"role", "db"}});
  EXPECT_FALSE(client.step(feed));
  node.set("web", MemberStatus::alive, {{"role", "cache"}});
  ASSERT_TRUE(client.step(feed));
  EXPECT_EQ(client.events, 1);
  EXPECT_EQ(client.removals, 1);
  EXPECT_TRUE(client.map.empty());
}

TEST(WatchFeed, a_bookmark_moves_the_token_past_events_that_were_filtered_out) {
  Node node(4);
  node.set("web", MemberStatus::alive, {{"role", "web"}});
  node.publish();
  auto feed = node.watch("", *MemberFilter::make({}, "role=web"));
  Client client;
  client.drain(feed);
  for (int i = 0; i < 10; ++i) {
    node.set("db", MemberStatus::alive, {{"role", "db"}});
    node.publish();
    client.drain(feed);
  }
  const auto response = testing::bookmark<pb::WatchMembersResponse>(feed);
  EXPECT_EQ(response.bookmark().member_count(), 1);
  EXPECT_EQ(response.revision(), 11U);
  auto again = node.watch(response.resume_token(), *MemberFilter::make({}, "role=web"));
  EXPECT_FALSE(client.step(again)) << "it is up to date, so there is nothing to send";
}

TEST(WatchFeed, a_resume_tells_of_those_who_matched_and_of_nobody_else) {
  Node node;
  node.set("web", MemberStatus::alive, {{"role", "web"}});
  node.set("db", MemberStatus::alive, {{"role", "db"}});
  node.publish();
  const auto filter = *MemberFilter::make({}, "role=web");
  auto feed = node.watch("", filter);
  Client client;
  client.drain(feed);
  node.set("db", MemberStatus::failed, {{"role", "db"}});
  node.set("web", MemberStatus::alive, {{"role", "cache"}});
  node.set("web", MemberStatus::failed, {{"role", "cache"}});
  auto again = node.watch(client.token, filter);
  client.drain(again);
  EXPECT_EQ(client.events, 1);
  EXPECT_EQ(client.removals, 1);
  EXPECT_TRUE(client.map.empty());
}

TEST(WatchFeed, a_filter_that_lets_nothing_through_is_never_overrun) {
  Node node(4);
  node.publish();
  auto feed = node.watch("", *MemberFilter::make({}, "role=none"));
  Client client;
  client.drain(feed);
  for (int i = 0; i < 10; ++i) {
    node.set("db", MemberStatus::alive, {{"role", "db"}});
    EXPECT_FALSE(feed.audience()->news());
  }
  EXPECT_FALSE(client.step(feed));
  EXPECT_EQ(client.snapshots, 1);
  EXPECT_EQ(testing::bookmark<pb::WatchMembersResponse>(feed).revision(), 10U);
}

// Whoever reads, however they filter, and whether they keep up: the same bytes, made once.
TEST(WatchFeed, an_event_is_converted_once_however_many_watch) {
  constexpr int watchers = 256;
  constexpr int events = 40;
  Node node(events);
  node.publish();
  const std::vector<MemberFilter> filters{*MemberFilter::make({}, ""),
                                          *MemberFilter::make({MemberStatus::alive}, ""),
                                          *MemberFilter::make({}, "role=none")};
  std::vector<WatchFeed> feeds;
  std::vector<Client> clients(watchers);
  for (int i = 0; i < watchers; ++i) {
    feeds.push_back(node.watch("", filters[static_cast<std::size_t>(i) % filters.size()]));
    clients[static_cast<std::size_t>(i)].drain(feeds.back());
  }
  EXPECT_EQ(node.watched.size(), filters.size());
  for (int event = 0; event < events; ++event) {
    node.set("m" + std::to_string(event % 7), MemberStatus::alive);
    for (std::size_t i = 0; i < feeds.size(); ++i) {
      if (i % 5 != 0 || event % 16 == 0 || event == events - 1) {  // some read now and then
        clients[i].drain(feeds[i]);
      }
    }
  }
  node.publish();
  EXPECT_EQ(node.origin.conversions, events);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i].events, i % filters.size() == 2 ? 0 : events);
    EXPECT_EQ(clients[i].snapshots, 1);
  }
}

TEST(WatchFeed, what_is_sent_is_what_protobuf_would_write) {
  Node node;
  node.publish();
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  node.set("a", MemberStatus::suspect, {{"role", "web"}, {"zone", "1"}});
  node.set("b", MemberStatus::alive);
  pb::WatchMembersResponse expected;
  for (const auto& entry : node.log.read_after(0, 10).entries) {
    fill(entry->value, *expected.mutable_events()->add_events());
  }
  expected.set_revision(2);
  expected.set_resume_token(
      encode_token({node.origin.boot, 2, MemberFilter::make({}, "")->hash()}));
  pb::WatchMembersResponse response;
  ASSERT_TRUE(testing::next(feed, response));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(response, expected));
}

TEST(WatchFeed, an_expired_member_is_taken_away) {
  Node node;
  node.set("a", MemberStatus::failed);
  node.publish();
  auto feed = node.watch();
  Client client;
  client.drain(feed);
  node.expire("a");
  client.drain(feed);
  EXPECT_TRUE(client.map.empty());
}

// Random changes, random pauses, random reconnects with the last token: never a hole.
TEST(WatchFeed, whatever_happens_the_client_ends_with_the_view) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 chance(seed);
    Node node(8);
    Client client;
    node.publish();
    std::optional<WatchFeed> feed = node.watch();
    for (int step = 0; step < 200; ++step) {
      const std::string name = "m" + std::to_string(chance() % 10);
      switch (chance() % 8) {
        case 0:
          node.publish();
          break;
        case 1:
          if (node.members().contains(name)) {
            node.expire(name);
          }
          break;
        case 2:
          feed.emplace(node.watch(client.token));
          client.last_event = 0;
          break;
        case 3:
          client.step(*feed);
          break;
        default:
          node.set(name, static_cast<MemberStatus>(chance() % 5));
      }
    }
    node.publish();
    client.drain(*feed);
    ASSERT_TRUE(client.agrees_with(node)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace swim::server
