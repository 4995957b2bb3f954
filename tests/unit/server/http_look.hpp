// Looks at a node, made by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/wire/labels.hpp"
#include "server/http_source.hpp"

namespace swim::server::testing {

inline constexpr WallTime noon{1'764'072'000'000};

inline MemberPtr member(const std::string& name, MemberStatus status, bool local = false) {
  MemberInfo info;
  info.name = name;
  info.address = Endpoint::v4(10, 0, 0, 7, 7946);
  info.status = status;
  info.incarnation = {1'764'000'000, 0xFEDCBA9876543210ULL, 2};
  info.metadata = *wire::encode_labels({{"role", "worker"}});
  info.zone = "zone-a";
  info.status_since = {noon.unix_ms - 90'000};
  info.local = local;
  return std::make_shared<const MemberInfo>(std::move(info));
}

inline MemberPtr with_apps(const MemberPtr& member, wire::AppStates apps) {
  MemberInfo info = *member;
  info.apps = std::move(apps);
  return std::make_shared<const MemberInfo>(std::move(info));
}

// What a test changes before it makes the look.
struct LookMade {
  Snapshot snapshot;
  runtime::NodeView view;
  Look look;

  // A member of three that are all well.
  LookMade() {
    snapshot.members = {member("web-0", MemberStatus::alive, true),
                        member("web-1", MemberStatus::alive), member("web-2", MemberStatus::alive)};
    snapshot.local = snapshot.members.front();
    snapshot.state = NodeState::running;
    snapshot.revision = 3;
    view.boot = 0x0123456789ABCDEFULL;
    view.started = {noon.unix_ms - 3'600'000};
    view.joined = WallTime{noon.unix_ms - 3'599'000};
    view.bound = Endpoint::v4(0, 0, 0, 0, 7946);
    view.advertised = Endpoint::v4(10, 0, 0, 7, 7946);
    view.seeds.push_back({"dns+gossip.prod:7946", {view.advertised}, true, "", noon});
    look.node_name = "web-0";
    look.cluster_label = "prod/app";
    look.now = noon;
    look.uptime = std::chrono::hours(1);
    look.join_timeout = std::chrono::seconds(5);
    look.facts.version = "1.2.3";
    look.facts.revision = "abc123";
    look.facts.keys = {{"1f2e3d4c5b6a", "primary"}, {"aabbccddeeff", "secondary"}};
    look.facts.settings = {{"cluster.label", "prod/app"}, {"log.level", "info"}};
    look.facts.last_reload_success = noon;
  }

  Look make() const {
    Look made = look;
    made.snapshot = std::make_shared<const Snapshot>(snapshot);
    made.view = std::make_shared<const runtime::NodeView>(view);
    return made;
  }
};

inline MemberEvent event(EventType type, const std::string& name, std::uint64_t revision) {
  MemberEvent made;
  made.revision = revision;
  made.type = type;
  made.reason = EventReason::probe_refused;
  made.member = member(name, MemberStatus::failed);
  made.previous = MemberStatus::suspect;
  made.accuser = "web-2";
  made.time = noon;
  return made;
}

}  // namespace swim::server::testing
