#include "cli/format/status_text.hpp"

#include <map>

#include "cli/format/member_text.hpp"
#include "cli/format/names.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"
#include "cli/text/table.hpp"

namespace swim::cli {
namespace {

Cell state_cell(const v1::GetNodeStatusResponse& status) {
  std::string text = short_name(status.state()) + (status.ready() ? ", ready" : ", not ready");
  if (status.conflict()) {
    text += "; CONFLICT: another process has this name, this one only observes";
    return {text, Color::red};
  }
  return {text, status.ready() ? Color::green : Color::yellow};
}

Cell health_cell(const v1::GetNodeStatusResponse& status) {
  const auto score = status.health_score();
  if (score == 0) {
    return {"0 (well)", Color::green};
  }
  return {std::to_string(score) + " (slow: timeouts are stretched " + std::to_string(score + 1) +
              "-fold; look for CPU limits and a busy host)",
          Color::yellow};
}

Cell members_cell(const v1::GetNodeStatusResponse& status) {
  const std::map<std::string, std::uint64_t> counts(status.member_counts().begin(),
                                                    status.member_counts().end());
  const auto some = [&counts](const char* name) {
    const auto found = counts.find(name);
    return found != counts.end() && found->second > 0;
  };
  const Color color = some("FAILED") ? Color::red : some("SUSPECT") ? Color::yellow : Color::plain;
  return {summary(counts), color};
}

std::string uptime(const v1::GetNodeStatusResponse& status, Nanoseconds now) {
  const std::string joined = status.has_last_join_time()
                                 ? "joined " + age_of(status.last_join_time(), now) + " ago"
                                 : "joined nobody yet";
  return "up " + age_of(status.start_time(), now) + ", " + joined;
}

std::string probes(const v1::NodeStats& stats) {
  std::string text = std::to_string(stats.probes_started()) + " probes, " +
                     std::to_string(stats.probes_failed()) + " failed";
  if (stats.has_mean_round_trip() && nanoseconds(stats.mean_round_trip()).count() > 0) {
    text += ", mean round trip " + measured(nanoseconds(stats.mean_round_trip()));
  }
  text += "; " + std::to_string(stats.suspicions_raised()) + " suspected, accused and refuted " +
          std::to_string(stats.refutations());
  return text;
}

Cell dropped_cell(const v1::NodeStats& stats) {
  const std::map<std::string, std::uint64_t> sorted(stats.dropped().begin(), stats.dropped().end());
  std::string text;
  for (const auto& [reason, count] : sorted) {
    if (count > 0) {
      text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + reason;
    }
  }
  return text.empty() ? Cell{"nothing", Color::plain} : Cell{text, Color::yellow};
}

std::string messages(const v1::NodeStats& stats) {
  return std::to_string(stats.broadcasts_received()) + " broadcasts received, " +
         std::to_string(stats.broadcasts_queued()) + " queued; " +
         std::to_string(stats.messages_sent()) + " sent, " +
         std::to_string(stats.messages_delivered()) + " delivered here";
}

std::string limits(const v1::NodeLimits& limits) {
  return "broadcast " + std::to_string(limits.max_broadcast_payload_bytes()) + " B, send " +
         std::to_string(limits.max_send_payload_bytes()) + " B, labels " +
         std::to_string(limits.max_labels_bytes()) + " B";
}

std::string joined_list(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string text;
  for (const auto& item : items) {
    text += (text.empty() ? "" : ", ") + item;
  }
  return text;
}

std::string seeds_text(const v1::GetNodeStatusResponse& status, Nanoseconds now,
                       const Style& style) {
  if (status.seeds().empty()) {
    return "";
  }
  Table table({"SEED", "STATE", "RESOLVES TO", "CHECKED"});
  std::string problems;
  for (const auto& seed : status.seeds()) {
    table.add({{seed.seed(), Color::plain},
               seed.reached() ? Cell{"REACHED", Color::green} : Cell{"NOT REACHED", Color::yellow},
               {joined_list(seed.addresses()), Color::plain},
               {age_of(seed.check_time(), now), Color::plain}});
    if (!seed.problem().empty()) {
      problems += style.paint("! " + printable(seed.problem()), Color::red) + "\n";
    }
  }
  std::string text("\n");
  return text + table.render(style) + problems;
}

}  // namespace

std::string status_text(const v1::GetNodeStatusResponse& status, Nanoseconds now,
                        const Style& style) {
  const v1::NodeStats& stats = status.stats();
  Facts facts;
  facts.add("node", Cell{status.member().name() + "  (run " + status.boot() + ")", Color::bold});
  facts.add("state", state_cell(status));
  facts.add("cluster", status.cluster());
  facts.add("members", members_cell(status));
  facts.add("health", health_cell(status));
  facts.add("address",
            status.advertise_address() == status.bind_address()
                ? status.advertise_address()
                : status.advertise_address() + "  (bound " + status.bind_address() + ")");
  if (status.member().apps_size() != 0) {
    facts.add("apps", apps_cell(status.member()));
  }
  facts.add("labels", labels_text(status.member()));
  facts.add("time", uptime(status, now));
  facts.add("keys", counted(status.key_count(), "key") + " in the ring");
  facts.add("probing", probes(stats));
  facts.add("messages", messages(stats));
  facts.add("streams", counted(stats.watchers(), "watcher") + ", " +
                           counted(stats.subscribers(), "subscriber"));
  facts.add("dropped", dropped_cell(stats));
  facts.add("limits", limits(status.limits()));
  facts.add("version", status.version());
  return facts.render(style) + seeds_text(status, now, style);
}

}  // namespace swim::cli
