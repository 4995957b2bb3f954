// Who this node is, whom it sees, and what it has seen happen.
#include <array>
#include <cstddef>

#include "server/http_text.hpp"
#include "server/metrics_collector.hpp"

namespace swim::server {
namespace {

constexpr std::array node_states{NodeState::starting, NodeState::joining, NodeState::running,
                                 NodeState::draining, NodeState::left};
constexpr std::array member_statuses{MemberStatus::alive, MemberStatus::suspect,
                                     MemberStatus::leaving, MemberStatus::left,
                                     MemberStatus::failed};
constexpr std::array event_types{EventType::joined,  EventType::updated,  EventType::suspected,
                                 EventType::refuted, EventType::failed,   EventType::leaving,
                                 EventType::left,    EventType::replaced, EventType::conflict,
                                 EventType::expired, EventType::app_lost, EventType::app_back};

void add_identity(const Look& look, MetricFamilies& out) {
  out.gauge("swim_build_info", "What this process was built from; always 1.")
      .value(1.0, {{"version", look.facts.version}, {"revision", look.facts.revision}});
  out.gauge("swim_node_info", "The name of this node and its cluster; always 1.")
      .value(1.0, {{"member", look.node_name}, {"swim_cluster", look.cluster_label}});
  out.gauge("swim_node_state", "1 for the state this node is in, 0 for the others.");
  for (const NodeState state : node_states) {
    out.value(state == look.snapshot->state ? 1.0 : 0.0, {{"state", lower_case(to_string(state))}});
  }
  out.gauge("swim_node_displaced",
            "1 while another, later process runs under this node's name, and this one is silent.")
      .value(look.snapshot->conflict ? 1.0 : 0.0);
  out.gauge("swim_health_score",
            "How far this node stretches its own timeouts because it is slow; 0 is healthy.")
      .value(std::uint64_t{look.snapshot->local_health});
}

void add_members(const Look& look, MetricFamilies& out) {
  std::array<std::uint64_t, member_statuses.size()> counts{};
  for (const MemberPtr& member : look.snapshot->members) {
    ++counts.at(static_cast<std::size_t>(member->status));
  }
  out.gauge("swim_members", "Members that this node lists, itself included, by status.");
  for (const MemberStatus status : member_statuses) {
    out.value(counts.at(static_cast<std::size_t>(status)),
              {{"status", lower_case(to_string(status))}, {"swim_cluster", look.cluster_label}});
  }
  const Stats& stats = look.view->stats;
  out.gauge("swim_tombstones", "Members that are gone and remembered so that they stay gone.")
      .value(stats.tombstones);
  out.counter("swim_names_refused_total", "New names refused because the member table was full.")
      .value(stats.names_refused);
}

void add_events(const Look& look, MetricFamilies& out) {
  const Stats& stats = look.view->stats;
  out.counter("swim_member_events_total", "What happened to members, as this node told watchers.");
  for (const EventType type : event_types) {
    out.value(stats.events.at(static_cast<std::size_t>(type)),
              {{"type", lower_case(to_string(type))}});
  }
  out.counter("swim_members_left_total", "Members that left: said goodbye, went silent, forced.")
      .value(stats.left_goodbye, {{"reason", "goodbye"}})
      .value(stats.left_silent, {{"reason", "silent"}})
      .value(stats.left_forced, {{"reason", "forced"}});
  out.counter("swim_name_conflicts_total", "Times that another process ran under a member's name.")
      .value(stats.name_conflicts);
  out.counter("swim_new_lives_total", "Times that this node started anew under its name.")
      .value(stats.new_lives);
  out.counter("swim_verdicts_sent_total", "Members told that they are held dead or left.")
      .value(stats.verdicts_sent);
}

void add_apps(const Look& look, MetricFamilies& out) {
  const Stats& stats = look.view->stats;
  out.gauge("swim_apps", "Apps that attached to this node and did not say goodbye, by state.")
      .value(stats.apps_attached, {{"state", "attached"}})
      .value(stats.apps_lost, {{"state", "lost"}});
  out.counter("swim_app_losses_total",
              "Times that the stream of an app attached here broke without a goodbye.")
      .value(stats.app_losses);
}

}  // namespace

void add_node_metrics(const Look& look, MetricFamilies& out) {
  add_identity(look, out);
  add_members(look, out);
  add_events(look, out);
  add_apps(look, out);
}

}  // namespace swim::server
