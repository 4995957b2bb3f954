// A client with a filter holds those that match and nobody else, though it reads no selector: it is
// told whom it loses. See watch_property_test.cpp for whatever may happen.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "server/resume_token.hpp"
#include "server/watch_feed.hpp"
#include "tests/unit/server/watching.hpp"

namespace swim::server {
namespace {

using testing::Client;
using testing::Node;

const wire::Labels web{{"role", "web"}};
const wire::Labels db{{"role", "db"}};

MemberFilter filter(const std::vector<MemberStatus>& statuses, const std::string& selector = "") {
  return *MemberFilter::make(statuses, selector);
}

// A client that has read all there is of a watch with its filter.
struct Watcher {
  Watcher(Node& node, MemberFilter which) : filter(std::move(which)), feed(node.watch("", filter)) {
    client.drain(feed);
  }
  const Client& read() {
    client.drain(feed);
    return client;
  }

  MemberFilter filter;
  WatchFeed feed;
  Client client;
};

TEST(WatchFilter, who_fails_leaves_those_that_are_alive_by_one_event) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.set("b", MemberStatus::alive);
  node.publish();
  Watcher alive(node, filter({MemberStatus::alive}));
  node.set("b", MemberStatus::suspect);
  EXPECT_EQ(alive.read().removals, 1);
  EXPECT_EQ(alive.client.map.count("b"), 0U);
  node.set("b", MemberStatus::failed);
  node.expire("b");
  EXPECT_EQ(alive.read().events, 1) << "nothing is sent of who does not match";
  EXPECT_TRUE(alive.client.agrees_with(node, alive.filter));
}

TEST(WatchFilter, who_refutes_is_put_back) {
  Node node;
  node.set("a", MemberStatus::alive);
  node.publish();
  Watcher alive(node, filter({MemberStatus::alive}));
  node.set("a", MemberStatus::suspect);
  node.set("a", MemberStatus::alive);
  EXPECT_EQ(alive.read().events, 2);
  EXPECT_EQ(alive.client.removals, 1);
  EXPECT_EQ(alive.client.map.at("a"), pb::MEMBER_STATUS_ALIVE);
}

TEST(WatchFilter, who_is_relabelled_leaves_and_its_death_is_none_of_ours) {
  Node node;
  node.set("a", MemberStatus::alive, web);
  node.publish();
  Watcher webs(node, filter({}, "role=web"));
  node.set("a", MemberStatus::alive, db);
  node.set("a", MemberStatus::failed, db);
  EXPECT_EQ(webs.read().events, 1);
  EXPECT_TRUE(webs.client.map.empty());
}

TEST(WatchFilter, labels_and_status_that_change_at_once_are_one_departure_or_arrival) {
  Node node;
  node.set("a", MemberStatus::alive, web);
  node.publish();
  Watcher live_webs(node, filter({MemberStatus::alive}, "role=web"));
  node.set("a", MemberStatus::suspect, db);
  EXPECT_EQ(live_webs.read().removals, 1);
  node.set("a", MemberStatus::alive, db);
  node.set("a", MemberStatus::suspect, web);
  EXPECT_EQ(live_webs.read().events, 1) << "each is only half of what is asked for";
  node.set("a", MemberStatus::alive, web);
  EXPECT_EQ(live_webs.read().removals, 1);
  EXPECT_TRUE(live_webs.client.agrees_with(node, live_webs.filter));
  EXPECT_EQ(live_webs.client.map.size(), 1U);
}

TEST(WatchFilter, who_expires_while_it_matches_is_gone_by_either_word) {
  Node node;
  node.set("a", MemberStatus::failed);
  node.publish();
  Watcher failed(node, filter({MemberStatus::failed}));
  node.expire("a");
  EXPECT_EQ(failed.read().removals, 1);
  EXPECT_TRUE(failed.client.map.empty());
}

TEST(WatchFilter, without_a_filter_nobody_ceases_to_match) {
  Node node;
  node.set("a", MemberStatus::alive, web);
  node.publish();
  Watcher all(node, filter({}));
  node.set("a", MemberStatus::suspect, db);
  node.set("a", MemberStatus::failed, db);
  node.expire("a");
  EXPECT_EQ(all.read().events, 3);
  EXPECT_EQ(all.client.removals, 0);
}

TEST(WatchFilter, a_client_that_was_away_is_told_who_left_and_who_came_back) {
  Node node;
  for (const char* name : {"left", "back", "stays"}) {
    node.set(name, MemberStatus::alive, web);
  }
  node.publish();
  Watcher webs(node, filter({}, "role=web"));
  node.set("left", MemberStatus::alive, db);
  node.set("back", MemberStatus::alive, db);
  node.set("back", MemberStatus::suspect, web);
  node.publish();
  auto again = node.watch(webs.client.token, webs.filter);
  webs.client.drain(again);
  EXPECT_EQ(webs.client.snapshots, 1);
  EXPECT_EQ(webs.client.removals, 2);
  EXPECT_TRUE(webs.client.agrees_with(node, webs.filter));
}

TEST(WatchFilter, a_client_that_the_log_overtook_holds_nobody_who_left_meanwhile) {
  Node node(4);
  node.set("a", MemberStatus::alive, web);
  node.set("b", MemberStatus::alive, web);
  node.publish();
  Watcher webs(node, filter({}, "role=web"));
  node.set("a", MemberStatus::alive, db);
  for (int i = 0; i < 10; ++i) {
    node.set("b", MemberStatus::alive, web);
  }
  node.publish();
  EXPECT_EQ(webs.read().reason, pb::MemberSnapshot::REASON_OVERFLOW);
  EXPECT_TRUE(webs.client.agrees_with(node, webs.filter));
}

TEST(WatchFilter, a_bookmark_counts_what_the_client_holds) {
  Node node;
  node.set("a", MemberStatus::alive, web);
  node.set("b", MemberStatus::alive, web);
  node.publish();
  Watcher webs(node, filter({}, "role=web"));
  node.set("a", MemberStatus::alive, db);
  node.publish();
  const std::size_t held = webs.read().map.size();
  EXPECT_EQ(testing::bookmark<pb::WatchMembersResponse>(webs.feed).bookmark().member_count(), 1);
  EXPECT_EQ(held, 1U);
}

TEST(WatchFilter, what_is_sent_is_what_protobuf_would_write) {
  Node node;
  node.set("a", MemberStatus::alive, web);
  node.set("b", MemberStatus::alive, web);
  node.publish();
  Watcher webs(node, filter({}, "role=web"));
  node.set("a", MemberStatus::alive, db);
  node.set("b", MemberStatus::suspect, web);
  pb::WatchMembersResponse expected;
  for (const auto& entry : node.log.read_after(2, 10).entries) {
    fill(entry->value, *expected.mutable_events()->add_events());
  }
  expected.mutable_events()->mutable_events(0)->set_no_longer_matches(true);
  expected.set_revision(4);
  expected.set_resume_token(encode_token({node.origin.boot, 4, webs.filter.hash()}));
  pb::WatchMembersResponse response;
  ASSERT_TRUE(testing::next(webs.feed, response));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(response, expected));
}

// By the same event a member leaves some, comes to others and stays with the rest.
TEST(WatchFilter, an_event_is_converted_once_whoever_is_left_by_it) {
  Node node;
  node.publish();
  constexpr int count = 50;
  std::vector<Watcher> watchers;
  watchers.reserve(count);
  const std::vector<MemberFilter> filters{filter({}), filter({MemberStatus::alive}),
                                          filter({MemberStatus::suspect}), filter({}, "role=web"),
                                          filter({}, "role=db")};
  for (int i = 0; i < count; ++i) {
    watchers.emplace_back(node, filters[static_cast<std::size_t>(i) % filters.size()]);
  }
  const std::vector<std::pair<MemberStatus, wire::Labels>> changes{{MemberStatus::alive, web},
                                                                   {MemberStatus::suspect, web},
                                                                   {MemberStatus::alive, db},
                                                                   {MemberStatus::failed, db}};
  for (const auto& [status, labels] : changes) {
    node.set("a", status, labels);
    for (Watcher& each : watchers) {
      each.read();
    }
  }
  EXPECT_EQ(node.origin.conversions, changes.size());
  const std::vector<int> removals{0, 2, 1, 1, 0};
  for (std::size_t i = 0; i < watchers.size(); ++i) {
    EXPECT_EQ(watchers[i].client.removals, removals[i % filters.size()]);
    EXPECT_TRUE(watchers[i].client.agrees_with(node, watchers[i].filter));
  }
}

}  // namespace
}  // namespace swim::server
