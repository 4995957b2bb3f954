// A node made by hand, and a client that keeps a map by the rules of the API.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/convert.hpp"
#include "server/watch_feed.hpp"
#include "tests/unit/server/feeds.hpp"
#include "tests/unit/server/members.hpp"

namespace swim::server::testing {

using Reason = pb::MemberSnapshot::Reason;

// A node made by hand: a view, and the log that leads to it.
class Node {
 public:
  explicit Node(std::size_t log_entries = 64) : log(log_entries) {}

  void set(const std::string& name, MemberStatus status, const wire::Labels& labels = {}) {
    const MemberPtr made = member(name, status, labels);
    append(EventType::updated, made, std::exchange(members_[name], made));
  }
  void expire(const std::string& name) {
    const MemberPtr gone = members_.at(name);
    members_.erase(name);
    append(EventType::expired, gone, gone);
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
                  const MemberFilter& filter = *MemberFilter::make({}, "")) {
    return {[this] { return snapshot_; }, gate, watched.get(filter.key(), log, filter, origin),
            token};
  }

  const std::map<std::string, MemberPtr>& members() const { return members_; }

  StreamOrigin origin{0xB007, {}};
  runtime::EventLog<MemberEvent> log;
  Shared<MemberSelection> watched;
  FanOut fan_out;
  StreamGate gate{10, fan_out, [](bool) { return Expected<void>(); }};

 private:
  void append(EventType type, const MemberPtr& about, const MemberPtr& before) {
    log.append(event(++revision_, type, about, before));
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
    if (!next(feed, response)) {
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
      if (one.no_longer_matches()) {
        ++removals;
        EXPECT_TRUE(map.contains(one.member().name())) << "this client was never told of it";
      }
      if (one.type() == pb::MemberEvent::TYPE_EXPIRED || one.no_longer_matches()) {
        map.erase(one.member().name());
      } else {
        map[one.member().name()] = one.member().status();
      }
    }
  }

  bool agrees_with(const Node& node,
                   const MemberFilter& filter = *MemberFilter::make({}, "")) const {
    std::map<std::string, pb::MemberStatus> wanted;
    for (const auto& [name, one] : node.members()) {
      if (filter.matches(*one)) {
        wanted[name] = to_proto(one->status);
      }
    }
    return map == wanted;
  }

  std::map<std::string, pb::MemberStatus> map;
  std::string token;
  std::uint64_t revision{};
  std::uint64_t last_event{};
  std::optional<Reason> reason;
  int snapshots{};
  int events{};
  int removals{};  // events that said: it no longer matches
  bool in_sync{};
};

}  // namespace swim::server::testing
