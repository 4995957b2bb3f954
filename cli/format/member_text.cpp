#include "cli/format/member_text.hpp"

#include <algorithm>

#include "cli/format/names.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

std::string incarnation_text(const v1::Incarnation& incarnation) {
  return std::to_string(incarnation.life()) + "/" + std::to_string(incarnation.count());
}

std::vector<Cell> row_of(const v1::Member& member, Width width, Nanoseconds now, bool with_apps) {
  std::vector<Cell> row;
  row.push_back({member.name() + (member.local() ? " *" : ""), Color::plain});
  row.push_back(status_cell(member.status()));
  row.push_back({address_text(member), Color::plain});
  row.push_back({age_of(member.status_time(), now), Color::plain});
  if (width == Width::wide) {
    row.push_back({member.zone(), Color::plain});
    row.push_back({incarnation_text(member.incarnation()), Color::plain});
    row.push_back({member.uid(), Color::plain});
  }
  if (with_apps) {
    row.push_back(apps_cell(member));
  }
  row.push_back({labels_text(member), Color::plain});
  return row;
}

}  // namespace

std::string apps_text(const v1::Member& member) {
  std::string text;
  for (const v1::App& app : member.apps()) {
    text += (text.empty() ? "" : ",") + printable(app.name());
    text += app.state() == v1::APP_STATE_LOST ? " (LOST)" : "";
  }
  return text;
}

Cell apps_cell(const v1::Member& member) {
  const bool lost = std::any_of(member.apps().begin(), member.apps().end(), [](const v1::App& app) {
    return app.state() == v1::APP_STATE_LOST;
  });
  return {apps_text(member), lost ? Color::red : Color::plain};
}

std::string labels_text(const v1::Member& member) {
  const std::map<std::string, std::string> sorted(member.labels().begin(), member.labels().end());
  std::string text;
  for (const auto& [key, value] : sorted) {
    text += (text.empty() ? "" : ",") + key + "=" + value;
  }
  return text;
}

std::string address_text(const v1::Member& member) {
  const bool v6 = member.address().find(':') != std::string::npos;
  return (v6 ? "[" + member.address() + "]" : member.address()) + ":" +
         std::to_string(member.port());
}

std::string summary(const std::map<std::string, std::uint64_t>& by_status) {
  std::uint64_t total = 0;
  std::string parts;
  // In the order of the enum, not of the alphabet: the good news first.
  for (int number = v1::MEMBER_STATUS_ALIVE; number <= v1::MEMBER_STATUS_FAILED; ++number) {
    const std::string name = short_name(static_cast<v1::MemberStatus>(number));
    const auto found = by_status.find(name);
    if (found != by_status.end() && found->second > 0) {
      total += found->second;
      parts += (parts.empty() ? "" : ", ") + std::to_string(found->second) + " " + name;
    }
  }
  return counted(total, "member") + (parts.empty() ? "" : ": " + parts);
}

std::string summary(const MemberMap& members) {
  std::map<std::string, std::uint64_t> by_status;
  for (const auto& [name, member] : members) {
    ++by_status[short_name(member.status())];
  }
  return summary(by_status);
}

Table member_table(const std::vector<const v1::Member*>& members, Width width, Nanoseconds now) {
  std::vector<std::string> headers{"NAME", "STATUS", "ADDRESS", "SINCE"};
  if (width == Width::wide) {
    headers.insert(headers.end(), {"ZONE", "INCARNATION", "UID"});
  }
  // Most clusters have none: a column only where there is something to show.
  const bool with_apps = std::any_of(members.begin(), members.end(), [](const v1::Member* member) {
    return member->apps_size() != 0;
  });
  if (with_apps) {
    headers.emplace_back("APPS");
  }
  headers.emplace_back("LABELS");
  Table table(std::move(headers));
  for (const v1::Member* member : members) {
    table.add(row_of(*member, width, now, with_apps));
  }
  return table;
}

Table member_table(const MemberMap& members, Width width, Nanoseconds now) {
  std::vector<const v1::Member*> all;
  for (const auto& [name, member] : members) {
    all.push_back(&member);
  }
  return member_table(all, width, now);
}

Facts member_facts(const v1::Member& member, Nanoseconds now) {
  Facts facts;
  facts.add("name", member.name() + (member.local() ? " (this node)" : ""));
  std::string status = short_name(member.status());
  if (member.left_reason() != v1::LEFT_REASON_UNSPECIFIED) {
    status += " (" + short_name(member.left_reason()) + ")";
  }
  facts.add("status", Cell{status, color_of(member.status())});
  facts.add("since",
            age_of(member.status_time(), now) + " ago, " + local_time(member.status_time(), now));
  facts.add("address", address_text(member));
  facts.add("zone", member.zone());
  if (member.apps_size() != 0) {
    facts.add("apps", apps_cell(member));
  }
  facts.add("labels", labels_text(member));
  facts.add("uid", member.uid());
  facts.add("incarnation", incarnation_text(member.incarnation()) + " (life/count)");
  facts.add("revision", std::to_string(member.revision()));
  return facts;
}

}  // namespace swim::cli
