// The keys are read by scripts: add to them, rename none.
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/wire/labels.hpp"
#include "server/http_drops.hpp"
#include "server/http_health.hpp"
#include "server/log_line.hpp"
#include "server/status_page.hpp"

namespace swim::server {
namespace {

using Json = nlohmann::ordered_json;

// As text, because a number of 64 bits does not survive most JSON readers.
std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

Json time_or_null(const std::optional<WallTime>& time) {
  return time && time->unix_ms != 0 ? Json(time_text(*time)) : Json(nullptr);
}

Json node_json(const Look& look) {
  const runtime::NodeView& view = *look.view;
  return {{"name", look.node_name},
          {"cluster", look.cluster_label},
          {"state", to_string(look.snapshot->state)},
          {"boot", hex(view.boot)},
          {"started", time_or_null(view.started)},
          {"joined", time_or_null(view.joined)},
          {"bound", to_string(view.bound)},
          {"advertised", to_string(view.advertised)},
          {"health_score", look.snapshot->local_health},
          {"displaced", look.snapshot->conflict},
          {"revision", look.snapshot->revision},
          {"version", look.facts.version},
          {"source_revision", look.facts.revision}};
}

Json health_json(const Look& look) {
  Json findings = Json::array();
  const std::vector<Finding> concerns = find_concerns(look);
  constexpr std::array words{"none", "note", "problem"};
  for (const Finding& finding : concerns) {
    findings.push_back({{"concern", words.at(static_cast<std::size_t>(finding.concern))},
                        {"text", finding.text},
                        {"advice", finding.advice}});
  }
  return {{"healthy", healthz(look).ok()},
          {"ready", readyz(look).ok()},
          {"summary", concerns.front().text},
          {"findings", std::move(findings)}};
}

Json member_json(const MemberInfo& member) {
  Json labels = Json::object();
  if (const auto decoded = wire::decode_labels(member.metadata)) {
    for (const auto& [key, value] : *decoded) {
      labels[key] = value;
    }
  }
  Json apps = Json::array();
  for (const wire::AppState& app : member.apps) {
    apps.push_back({{"name", app.name}, {"lost", app.lost}});
  }
  return {{"name", member.name},
          {"status", to_string(member.status)},
          {"address", to_string(member.address)},
          {"zone", member.zone},
          {"labels", std::move(labels)},
          {"apps", std::move(apps)},
          {"status_since", time_or_null(member.status_since)},
          {"incarnation",
           {{"life", member.incarnation.life},
            {"boot", hex(member.incarnation.boot)},
            {"count", member.incarnation.count}}},
          {"local", member.local}};
}

Json seed_json(const runtime::SeedStatus& seed) {
  Json addresses = Json::array();
  for (const Endpoint& address : seed.addresses) {
    addresses.push_back(to_string(address));
  }
  return {{"seed", seed.seed},
          {"addresses", std::move(addresses)},
          {"reached", seed.reached},
          {"problem", seed.problem},
          {"checked", time_or_null(seed.checked)}};
}

Json event_json(const MemberEvent& event) {
  return {{"revision", event.revision},
          {"time", time_or_null(event.time)},
          {"type", to_string(event.type)},
          {"reason", to_string(event.reason)},
          {"member", event.member ? Json(event.member->name) : Json(nullptr)},
          {"previous", event.previous ? Json(to_string(*event.previous)) : Json(nullptr)},
          {"accuser", event.accuser}};
}

Json queues_json(const Stats& stats) {
  return {{"updates", stats.updates_queued},
          {"broadcasts", stats.broadcasts_queued},
          {"broadcast_bytes", stats.broadcasts_queued_bytes},
          {"pending_acks", stats.pending_acks},
          {"operations", stats.operations_pending},
          {"streams", stats.streams_open}};
}

Json drops_json(const runtime::NodeView& view) {
  Json drops = Json::object();
  for (const auto& [reason, count] : receive_drops(view)) {
    drops[reason] = count;
  }
  drops["receive_overflow"] = view.receive_overflows;
  drops["unsent"] = view.datagrams_unsent;
  return drops;
}

template <class Items, class Convert>
Json array_of(const Items& items, Convert convert) {
  Json array = Json::array();
  for (const auto& item : items) {
    array.push_back(convert(item));
  }
  return array;
}

Json server_json(const ServerFacts& facts) {
  return {{"watchers", facts.watchers},
          {"subscribers", facts.subscribers},
          {"last_reload_successful", facts.last_reload_successful},
          {"last_reload_success", time_or_null(facts.last_reload_success)}};
}

}  // namespace

std::string status_json(const Look& look) {
  Json settings = Json::object();
  for (const auto& [name, value] : look.facts.settings) {
    settings[name] = value;
  }
  const Json all = {
      {"time", time_text(look.now)},
      {"health", health_json(look)},
      {"node", node_json(look)},
      {"members", array_of(look.snapshot->members,
                           [](const MemberPtr& member) { return member_json(*member); })},
      {"seeds", array_of(look.view->seeds, seed_json)},
      {"keys", array_of(look.facts.keys,
                        [](const ServerFacts::Key& key) {
                          return Json{{"fingerprint", key.fingerprint}, {"role", key.role}};
                        })},
      {"queues", queues_json(look.view->stats)},
      {"drops", drops_json(*look.view)},
      {"server", server_json(look.facts)},
      {"events", array_of(look.events, event_json)},
      {"settings", std::move(settings)},
  };
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace swim::server
