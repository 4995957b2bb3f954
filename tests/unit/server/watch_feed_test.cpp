// A client that keeps a map by the rules of the API must end with the node's view, whatever
// happens.
#include "server/watch_feed.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "server/convert.hpp"
#include "server/resume_token.hpp"
#include "tests/unit/server/members.hpp"

namespace swim::server {
namespace {

using testing::member;
using Reason = pb::MemberSnapshot::Reason;

// A node made by hand: a view, and the log that leads to it.
class Node {
 public:
  explicit Node(std::size_t log_entries = 64) : log(log_entries) {}

  void set(const std::string& name, MemberStatus status, const wire::Labels& labels = {}) {
    const MemberPtr made = member(name, status, labels);
    members_[name] = made;
    append(EventType::updated, made);
  }
  void expire(const std::string& name) {
    const MemberPtr gone = members_.at(name);
    members_.erase(name);
    append(EventType::expired, gone);
  }

  // As the runtime does it, the snapshot may lag behind the log: it is of `publish()`.
  void publish() {
    auto made = std::make_shared<Snapshot>();
    made->revision = revision_;
    for (const auto& [name, one] : members_) {
      made->members.push_back(one);
    }
    snapshot_ = made;
  }

  WatchFeed watch(const std::string& token = "",
                  MemberFilter filter = *MemberFilter::make({}, "")) {
    return WatchFeed(ViewSource{[this] { return snapshot_; }, &log, boot}, gate, std::move(filter),
                     token);
  }

  const std::map<std::string, MemberPtr>& members() const { return members_; }

  std::uint64_t boot{0xB007};
  runtime::EventLog<MemberEvent> log;
  FanOut fan_out;
  StreamGate gate{10, fan_out, [](bool) { return Expected<void>(); }};

 private:
  void append(EventType type, const MemberPtr& about) {
    log.append(testing::event(++revision_, type, about));
  }

  std::map<std::string, MemberPtr> members_;
  std::uint64_t revision_{};
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<const Snapshot>();
};

// The three rules of WatchMembers.
class Client {
 public:
  // False where the feed has nothing to say.
  bool step(WatchFeed& feed) {
    pb::WatchMembersResponse response;
    if (!feed.next(response)) {
      return false;
    }
    take(response);
    return true;
  }
  void drain(WatchFeed& feed) {
    while (step(feed)) {
    }
  }

  void take(const pb::WatchMembersResponse& response) {
    token = response.resume_token();
    revision = response.revision();
    if (response.has_snapshot()) {
      if (response.snapshot().begin()) {
        map.clear();
        reason = response.snapshot().reason();
        ++snapshots;
      }
      in_sync = response.snapshot().end();
      for (const pb::Member& one : response.snapshot().members()) {
        map[one.name()] = one.status();
      }
    }
    for (const pb::MemberEvent& one : response.events().events()) {
      EXPECT_GT(one.revision(), last_event) << "twice, or out of order";
      last_event = one.revision();
      ++events;
      if (one.type() == pb::MemberEvent::TYPE_EXPIRED) {
        map.erase(one.member().name());
      } else {
        map[one.member().name()] = one.member().status();
      }
    }
  }

  bool agrees_with(const Node& node) const {
    if (map.size() != node.members().size()) {
      return false;
    }
    for (const auto& [name, one] : node.members()) {
      const auto found = map.find(name);
      if (found == map.end() || found->second != to_proto(one->status)) {
        return false;
      }
    }
    return true;
  }

  std::map<std::string, pb::MemberStatus> map;
  std::string token;
  std::uint64_t revision{};
  std::uint64_t last_event{};
  std::optional<Reason> reason;
  int snapshots{};
  int events{};
  bool in_sync{};
};

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
  ASSERT_TRUE(feed.next(response));
  EXPECT_TRUE(response.snapshot().begin());
  EXPECT_TRUE(response.snapshot().end());
  EXPECT_FALSE(feed.next(response));
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
  pb::WatchMembersResponse response;
  feed.bookmark(response);
  EXPECT_EQ(response.bookmark().member_count(), 1);
  EXPECT_EQ(response.revision(), 11U);
  auto again = node.watch(response.resume_token(), *MemberFilter::make({}, "role=web"));
  EXPECT_FALSE(client.step(again)) << "it is up to date, so there is nothing to send";
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
