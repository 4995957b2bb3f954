#include "core/sim/checkers.hpp"

#include <algorithm>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/engine/node_state.hpp"
#include "core/sim/trace_hash.hpp"

namespace swim::sim {

namespace {

void at_most(const char* what, std::uint64_t value, std::uint64_t bound, Violations& out) {
  if (value > bound) {
    out.push_back({"bounds", std::string(what) + " is " + std::to_string(value) + ", at most " +
                                 std::to_string(bound) + " is allowed"});
  }
}

const std::string& name_of(const MemberPtr& member) {
  return member->name;
}

// The members of a snapshot are sorted by name.
const MemberInfo* find(const Snapshot& view, const std::string& name) {
  const auto found = std::ranges::lower_bound(view.members, name, {}, name_of);
  return found == view.members.end() || (*found)->name != name ? nullptr : found->get();
}

bool is_there(const MemberInfo& member) {
  return member.status != MemberStatus::failed && member.status != MemberStatus::left;
}

// The numbers of losses that nobody was told of may differ.
bool same_apps(const wire::AppStates& a, const wire::AppStates& b) {
  return std::ranges::equal(a, b, [](const wire::AppState& one, const wire::AppState& other) {
    return one.name == other.name && one.lost == other.lost;
  });
}

void compare_with_own(const Party& observer, const Party& subject, Violations& out) {
  const MemberInfo* seen = find(observer.view, subject.name);
  if (seen == nullptr || seen->status != MemberStatus::alive) {
    out.push_back({"convergence", observer.name + " shows " + subject.name + " as " +
                                      (seen == nullptr ? "nobody" : describe(*seen))});
    return;
  }
  const MemberInfo& own = *subject.view.local;
  const bool same_run = seen->incarnation.boot == own.incarnation.boot;
  if (!same_run || seen->address != own.address || seen->metadata != own.metadata ||
      seen->zone != own.zone || !same_apps(seen->apps, own.apps)) {
    out.push_back(
        {"convergence", observer.name + " shows " + describe(*seen) +
                            (same_run ? ", with another descriptor than " : ", which is not ") +
                            describe(own)});
  }
}

}  // namespace

std::string describe(const MemberInfo& member) {
  return member.name + " " + std::string(to_string(member.status)) + " (life " +
         std::to_string(member.incarnation.life) + ", boot " +
         std::to_string(member.incarnation.boot) + ", count " +
         std::to_string(member.incarnation.count) + ", " + to_string(member.address) + ")";
}

void check_bounds(const Stats& stats, const Config& config, Violations& out) {
  using namespace limits;
  at_most("members",
          stats.members_alive + stats.members_suspect + stats.members_leaving + stats.members_left +
              stats.members_failed,
          members_max, out);
  at_most("tombstones", stats.tombstones, members_max, out);
  at_most("updates_queued", stats.updates_queued, members_max, out);
  at_most("broadcasts_queued", stats.broadcasts_queued, config.broadcast_lane_messages, out);
  at_most("broadcasts_queued_bytes", stats.broadcasts_queued_bytes, config.broadcast_lane_bytes,
          out);
  at_most("broadcasts_retained", stats.broadcasts_retained, config.broadcast_retain_messages, out);
  at_most("broadcasts_retained_bytes", stats.broadcasts_retained_bytes,
          config.broadcast_retain_bytes, out);
  at_most("broadcasts_waiting", stats.broadcasts_waiting,
          config.broadcast_reorder_messages + broadcast_early_messages, out);
  at_most("broadcasts_waiting_bytes", stats.broadcasts_waiting_bytes,
          config.broadcast_reorder_bytes + broadcast_early_bytes, out);
  at_most("payloads_wanted", stats.payloads_wanted, broadcast_announced_max, out);
  at_most("pulls_open", stats.pulls_open, pulls_max, out);
  at_most("pulls_serving", stats.pulls_serving, pulls_served_max, out);
  at_most("streams_open", stats.streams_open, streams_max, out);
  at_most("operations_pending", stats.operations_pending, operations_max, out);
  at_most("pending_acks", stats.pending_acks, pending_probes_max + relays_max, out);
  at_most("events_queued, right after they were taken", stats.events_queued, 0, out);
  at_most("sessions", stats.sessions, sessions_max, out);
  at_most("requests_remembered", stats.requests_remembered, 2 * config.requests_remembered, out);
  at_most("sends_waiting_most", stats.sends_waiting_most, pending_sends_max, out);
  at_most("sends_dropped, where no socket is ever full", stats.sends_dropped, 0, out);
  at_most("stream_payload_bytes", stats.stream_payload_bytes, stream_payload_bytes_max, out);
  at_most("deaths_held", stats.deaths_held, hearsay_max, out);
  at_most("health_score", stats.health_score, config.local_health_max, out);
}

void check_stream_bound(std::uint64_t queued, Violations& out) {
  at_most("bytes queued on one stream", queued, limits::stream_write_bytes_max, out);
}

bool is_quiet(const Stats& stats) {
  return stats.pending_acks == 0 && stats.operations_pending == 0 && stats.streams_open == 0 &&
         stats.events_queued == 0 && stats.updates_queued == 0 && stats.broadcasts_queued == 0 &&
         stats.broadcasts_missing == 0 && stats.broadcasts_waiting == 0 &&
         stats.broadcasts_waiting_bytes == 0 && stats.payloads_wanted == 0 &&
         stats.pulls_bytes == 0 && stats.stream_payload_bytes == 0 && stats.deaths_held == 0;
}

void check_converged(std::span<const Party> parties, Violations& out, std::size_t wanted) {
  std::vector<std::string_view> who_runs;
  who_runs.reserve(parties.size());
  for (const Party& party : parties) {
    who_runs.push_back(party.name);
  }
  std::ranges::sort(who_runs);
  const std::size_t before = out.size();
  for (const Party& observer : parties) {
    if (parties.size() > 1 && is_outside(observer.view.state)) {
      out.push_back({"convergence", observer.name + " is in company and was let in by nobody"});
    }
    for (const Party& subject : parties) {
      compare_with_own(observer, subject, out);
    }
    for (const MemberPtr& member : observer.view.members) {
      if (is_there(*member) &&
          !std::ranges::binary_search(who_runs, std::string_view(member->name))) {
        out.push_back({"convergence",
                       observer.name + " shows " + describe(*member) + ", which does not run"});
      }
    }
    if (out.size() - before >= wanted) {
      return;
    }
  }
}

void DeliveredOnce::on_message(RunId receiver, const MessageReceived& message, Violations& out) {
  if (!message.broadcast) {
    return on_send(receiver, message, out);
  }
  const auto title = [&] {
    return "broadcast " + std::to_string(message.sequence) + " of " + message.origin;
  };
  if (!delivered_[packed(receiver)][message.origin_boot].insert(message.sequence).second) {
    out.push_back({"delivered once", title() + " came twice"});
  }
  TraceHash words;
  for (const std::uint8_t byte : *message.payload) {
    words.add(byte);
  }
  const auto [first, _] =
      words_.try_emplace({message.origin_boot, message.sequence}, words.value());
  if (first->second != words.value()) {
    out.push_back({"delivered once", title() + " does not say the same to all"});
  }
}

void DeliveredOnce::on_send(RunId receiver, const MessageReceived& message, Violations& out) {
  if (!requests_[packed(receiver)].insert(message.request_id).second) {
    out.push_back({"delivered once", "a message that " + message.origin + " sent came twice"});
  }
}

void OnlyWhoRunsAnswers::on_trace(RunId observer, const TraceRecord& record, TimePoint now,
                                  Violations& out) {
  auto& asked = asked_[packed(observer)];
  if (record.kind == TraceKind::probe_started) {
    asked.try_emplace(record.subject, now);
  } else if (record.kind == TraceKind::probe_failed) {
    asked.erase(record.subject);
  } else if (record.kind == TraceKind::probe_acked) {
    const auto probe = asked.find(record.subject);
    const auto end = ended_.find(record.subject);
    if (probe != asked.end() && end != ended_.end() && end->second < probe->second) {
      out.push_back({"only who runs answers",
                     "a probe of boot " + std::to_string(record.subject) + " was answered"});
    }
    asked.erase(record.subject);
  }
}

void Peace::on_failed(const MemberEvent& event, bool runs, Violations& out) const {
  if (kept_ && runs) {
    out.push_back({"peace", describe(*event.member) + " runs and nothing is wrong"});
  }
}

void Checkers::on_event(RunId observer, const MemberEvent& event) {
  order_.on_event(observer, event, violations_);
  self_.on_event(observer, event, violations_);
  descriptors_.on_event(observer, event, violations_);
  story_.on_event(observer, event, violations_);
  apps_.on_event(observer, event, violations_);
  fold_.on_event(observer, event, violations_);
  ordered_.on_event(observer, event);
}

void Checkers::on_message(RunId receiver, const MessageReceived& message) {
  once_.on_message(receiver, message, violations_);
  ordered_.on_message(receiver, message, violations_);
}

void Checkers::on_end(RunId run, std::uint64_t boot, TimePoint now) {
  answers_.on_end(boot, now);
  answers_.forget(run);
  order_.forget(run);
  self_.forget(run);
  descriptors_.forget(run);
  story_.forget(run);
  apps_.forget(run);
  fold_.forget(run);
  once_.forget(run);
  ordered_.forget(run);
}

}  // namespace swim::sim
