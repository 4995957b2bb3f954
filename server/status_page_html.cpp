// Plain and self-contained: no script, nothing loaded from anywhere; the words carry the meaning,
// colour only repeats it. Whatever a peer chose is escaped by Table and text().
#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include "core/wire/labels.hpp"
#include "server/http_drops.hpp"
#include "server/http_health.hpp"
#include "server/http_text.hpp"
#include "server/log_line.hpp"
#include "server/settings_types.hpp"
#include "server/status_page.hpp"
#include "server/status_page_style.hpp"

namespace swim::server {
namespace {

constexpr std::size_t members_shown = 1000;  // the JSON has all
constexpr const char* concern_words[] = {"ok", "note", "problem"};

std::string text(std::string_view raw) {
  return html_escaped(raw);
}

// "3m ago": two clocks are easy to compare only when they are the same.
std::string ago(WallTime time, WallTime now) {
  if (time.unix_ms == 0) {
    return "never";
  }
  const std::int64_t seconds = std::max<std::int64_t>(0, (now.unix_ms - time.unix_ms) / 1000);
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  const std::string amount = seconds < 120   ? std::to_string(seconds) + " s"
                             : minutes < 120 ? std::to_string(minutes) + " min"
                             : hours < 48    ? std::to_string(hours) + " h"
                                             : std::to_string(hours / 24) + " days";
  return amount + " ago";
}

// Cells are raw text; a row may have a class for its colour.
class Table {
 public:
  Table(std::ostream& out, std::string_view title, const std::vector<std::string_view>& heads)
      : out_(out) {
    out_ << "<h2>" << text(title) << "</h2>\n<table>\n<tr>";
    for (const std::string_view head : heads) {
      out_ << "<th>" << text(head) << "</th>";
    }
    out_ << "</tr>\n";
  }
  ~Table() { out_ << "</table>\n"; }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  void row(const std::vector<std::string>& cells, std::string_view style = "") {
    out_ << "<tr class=\"" << text(style) << "\">";
    for (const std::string& cell : cells) {
      out_ << "<td>" << text(cell) << "</td>";
    }
    out_ << "</tr>\n";
  }

 private:
  std::ostream& out_;
};

void write_head(std::ostream& out, const Look& look, bool refresh) {
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  if (refresh) {
    out << "<meta http-equiv=\"refresh\" content=\"5\">\n";
  }
  out << "<title>" << text(look.node_name) << " - swimd</title>\n<style>" << status_style
      << "</style>\n</head>\n<body>\n<h1>" << text(look.node_name) << " <small>in "
      << text(look.cluster_label) << "</small></h1>\n";
}

void write_findings(std::ostream& out, const Look& look) {
  const std::vector<Finding> findings = find_concerns(look);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    const char* word = concern_words[static_cast<std::size_t>(finding.concern)];
    out << "<p class=\"finding " << word << (i == 0 ? " first" : "") << "\"><strong>"
        << text(finding.text) << "</strong>";
    if (!finding.advice.empty()) {
      out << " " << text(finding.advice);
    }
    out << "</p>\n";
  }
}

void write_node(std::ostream& out, const Look& look) {
  const runtime::NodeView& view = *look.view;
  Table table(out, "This node", {"what", "value"});
  table.row({"state", std::string(to_string(look.snapshot->state)) +
                          (readyz(look).ok() ? ", ready" : ", not ready")});
  table.row(
      {"gossip address", to_string(view.advertised) + " (bound to " + to_string(view.bound) + ")"});
  table.row({"started", time_text(view.started) + ", " + ago(view.started, look.now)});
  table.row({"last joined", view.joined
                                ? time_text(*view.joined) + ", " + ago(*view.joined, look.now)
                                : "never through a seed"});
  table.row({"health score", std::to_string(look.snapshot->local_health) + " (0 is best)"});
  table.row({"version", look.facts.version + " " + look.facts.revision});
  table.row({"streams to applications", std::to_string(look.facts.watchers) + " watch members, " +
                                            std::to_string(look.facts.subscribers) +
                                            " subscribe to messages"});
}

int urgency(MemberStatus status) {
  switch (status) {
    case MemberStatus::failed:
      return 0;
    case MemberStatus::suspect:
      return 1;
    case MemberStatus::leaving:
      return 2;
    case MemberStatus::alive:
      return 3;
    case MemberStatus::left:
      break;
  }
  return 4;
}

std::string labels_text(const MemberInfo& member) {
  const auto labels = wire::decode_labels(member.metadata);
  if (!labels) {
    return "(" + std::to_string(member.metadata.size()) + " bytes of another format)";
  }
  std::string all;
  for (const auto& [key, value] : *labels) {
    all += (all.empty() ? "" : " ") + key + "=" + value;
  }
  return all;
}

std::string apps_text(const MemberInfo& member) {
  std::string all;
  for (const wire::AppState& app : member.apps) {
    all += (all.empty() ? "" : " ") + app.name + (app.lost ? " (LOST)" : "");
  }
  return all;
}

void write_members(std::ostream& out, const Look& look) {
  std::vector<MemberPtr> members = look.snapshot->members;
  std::stable_sort(members.begin(), members.end(), [](const MemberPtr& a, const MemberPtr& b) {
    return urgency(a->status) < urgency(b->status);
  });
  const std::size_t all = members.size();
  members.resize(std::min(all, members_shown));
  {
    Table table(out, "Members (" + std::to_string(all) + ")",
                {"name", "status", "since", "address", "zone", "labels", "apps"});
    for (const MemberPtr& member : members) {
      table.row(
          {member->name + (member->local ? " (this node)" : ""),
           std::string(to_string(member->status)), ago(member->status_since, look.now),
           to_string(member->address), member->zone, labels_text(*member), apps_text(*member)},
          lower_case(to_string(member->status)));
    }
  }
  if (members.size() < all) {
    out << "<p>" << all - members.size() << " more are in <a href=\"/status?format=json\">the JSON"
        << " form</a>.</p>\n";
  }
}

void write_seeds(std::ostream& out, const Look& look) {
  Table table(out, "Seeds", {"seed", "state", "what is wrong", "resolves to", "last tried"});
  for (const runtime::SeedStatus& seed : look.view->seeds) {
    std::string addresses;
    for (const Endpoint& address : seed.addresses) {
      addresses += (addresses.empty() ? "" : " ") + to_string(address);
    }
    const bool tried = seed.checked.unix_ms != 0;
    table.row({seed.seed,
               seed.reached ? "reached"
               : tried      ? "not reached"
                            : "not tried yet",
               seed.problem, addresses, ago(seed.checked, look.now)},
              seed.problem.empty() ? "" : "suspect");
  }
  if (look.view->seeds.empty()) {
    table.row({"none", "", "", "", ""});
  }
}

void write_keys(std::ostream& out, const Look& look) {
  Table table(out, "Keys", {"fingerprint", "role"});
  for (const ServerFacts::Key& key : look.facts.keys) {
    table.row({key.fingerprint, key.role});
  }
}

void write_queues_and_drops(std::ostream& out, const Look& look) {
  const runtime::NodeView& view = *look.view;
  const Stats& stats = view.stats;
  {
    Table table(out, "Queues", {"what waits", "now"});
    table.row({"facts about members to pass on", std::to_string(stats.updates_queued)});
    table.row({"broadcasts to pass on", std::to_string(stats.broadcasts_queued) + " (" +
                                            std::to_string(stats.broadcasts_queued_bytes) +
                                            " bytes)"});
    table.row({"probes without an answer yet", std::to_string(stats.pending_acks)});
    table.row({"open streams to members", std::to_string(stats.streams_open)});
  }
  Table table(out, "Dropped since the start", {"reason", "packets or streams"});
  for (const auto& [reason, count] : receive_drops(view)) {
    table.row({reason, std::to_string(count)}, count == 0 ? "quiet" : "");
  }
  table.row({"receive buffer of the kernel full", std::to_string(view.receive_overflows)},
            view.receive_overflows == 0 ? "quiet" : "");
  table.row({"could not be sent", std::to_string(view.datagrams_unsent)},
            view.datagrams_unsent == 0 ? "quiet" : "");
}

void write_events(std::ostream& out, const Look& look) {
  Table table(out, "Last events", {"time", "event", "member", "reason", "was", "accused by"});
  for (auto event = look.events.rbegin(); event != look.events.rend(); ++event) {
    table.row({time_text(event->time), std::string(to_string(event->type)),
               event->member ? event->member->name : "", std::string(to_string(event->reason)),
               event->previous ? std::string(to_string(*event->previous)) : "", event->accuser});
  }
}

void write_settings(std::ostream& out, const Look& look) {
  out << "<details><summary>Settings in effect</summary>\n";
  {
    Table table(out, "Settings", {"name", "value"});
    for (const auto& [name, value] : look.facts.settings) {
      table.row({name, value});
    }
  }
  out << "</details>\n";
}

}  // namespace

std::string status_html(const Look& look, bool refresh) {
  std::ostringstream out;
  write_head(out, look, refresh);
  write_findings(out, look);
  write_members(out, look);
  write_node(out, look);
  write_seeds(out, look);
  write_events(out, look);
  write_keys(out, look);
  write_queues_and_drops(out, look);
  write_settings(out, look);
  out << "<p class=\"foot\">As of " << time_text(look.now) << ". "
      << (refresh ? "<a href=\"/status\">stop refreshing</a>"
                  : "<a href=\"/status?refresh\">refresh by itself</a>")
      << " &middot; <a href=\"/status?format=json\">JSON</a> &middot; <a href=\"/metrics\">metrics"
      << "</a> &middot; <a href=\"/readyz?verbose\">readiness</a></p>\n</body>\n</html>\n";
  return std::move(out).str();
}

}  // namespace swim::server
