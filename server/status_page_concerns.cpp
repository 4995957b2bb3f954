// What an operator should know first, and what to do about it.
#include <algorithm>

#include "core/engine/node_state.hpp"
#include "server/http_health.hpp"
#include "server/settings_types.hpp"
#include "server/status_page.hpp"

namespace swim::server {
namespace {

constexpr std::size_t names_shown = 5;
constexpr std::uint32_t slow_score = 3;
constexpr Duration lag_worth_a_word = std::chrono::milliseconds(500);

using Findings = std::vector<Finding>;

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::vector<std::string> names_with(const Snapshot& snapshot, MemberStatus status) {
  std::vector<std::string> names;
  for (const MemberPtr& member : snapshot.members) {
    if (member->status == status) {
      names.push_back(member->name);
    }
  }
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > names_shown
             ? text + " and " + std::to_string(names.size() - names_shown) + " more"
             : text;
}

// The first seed that says what is wrong.
std::string seed_problem(const Look& look) {
  for (const runtime::SeedStatus& seed : look.view->seeds) {
    if (!seed.problem.empty()) {
      return seed.problem;
    }
  }
  return {};
}

bool speaks_of_keys(const std::string& problem) {
  return problem.find("authenticate") != std::string::npos;
}

std::string seed_advice(const std::string& problem) {
  if (speaks_of_keys(problem)) {
    return "Give both sides the same key file (encryption.keyring-dir; compare the fingerprints "
           "below and on the seed's status page) and the same cluster.label.";
  }
  return "Check discovery.seeds, that the seed runs, and that a firewall or NetworkPolicy lets "
         "gossip through by UDP and by TCP; the attempt is repeated by itself.";
}

void add_own_state(const Look& look, Findings& out) {
  const Snapshot& snapshot = *look.snapshot;
  for (const HealthCheck& check : healthz(look).checks) {
    if (!check.ok) {
      out.push_back(
          {Concern::problem, "This node is stuck: " + check.text + ".",
           "What is shown below is old; if it happens again, keep the log and report it."});
    }
  }
  if (snapshot.conflict) {
    out.push_back({Concern::problem,
                   "Another, later process runs as " + look.node_name +
                       ", so this one keeps silent and sends nothing.",
                   "Give each node its own node.name, or stop one of the two."});
  }
  if (snapshot.state == NodeState::left) {
    out.push_back({Concern::problem, "This node has left the cluster.",
                   "Restart it, or run `swimctl join`, if it is to come back."});
  } else if (snapshot.state == NodeState::draining) {
    out.push_back({Concern::note, "This node is draining: the others see it as LEAVING.",
                   "Run `swimctl drain --cancel` if it is to stay."});
  }
}

void add_join(const Look& look, Findings& out) {
  const NodeState state = look.snapshot->state;
  const std::string problem = seed_problem(look);
  if (is_outside(state)) {
    const std::string who = problem.empty() ? "no other member has answered yet" : problem;
    const bool waits = look.uptime < look.join_timeout && problem.empty();
    out.push_back({waits ? Concern::note : Concern::problem,
                   "This node has not joined the cluster: " + who + ".",
                   waits ? "Wait a few seconds." : seed_advice(problem)});
    return;
  }
  if (state == NodeState::left || problem.empty()) {
    return;
  }
  const bool alone = look.snapshot->members.size() <= 1;
  const bool grave = alone || speaks_of_keys(problem);
  out.push_back({grave ? Concern::problem : Concern::note,
                 (alone ? "This node is alone: " : "A seed can't be joined: ") + problem + ".",
                 seed_advice(problem)});
}

void add_members(const Look& look, Findings& out) {
  const auto failed = names_with(*look.snapshot, MemberStatus::failed);
  const auto suspect = names_with(*look.snapshot, MemberStatus::suspect);
  if (!failed.empty()) {
    out.push_back(
        {Concern::problem,
         counted(failed.size(), "member has", "members have") + " FAILED: " + listed(failed) + ".",
         "Run `swimctl explain " + failed.front() +
             "` to see why; restart it, or run `swimctl force-leave` if it is gone for good."});
  }
  if (!suspect.empty()) {
    out.push_back({Concern::note,
                   counted(suspect.size(), "member does", "members do") +
                       " not answer and may be declared failed: " + listed(suspect) + ".",
                   "Nothing to do yet; it is settled within seconds."});
  }
}

// Whose app it is decides how urgent it is: each node's page is about that node.
void add_apps(const Look& look, Findings& out) {
  std::vector<std::string> own, others;
  for (const MemberPtr& member : look.snapshot->members) {
    for (const wire::AppState& app : member->apps) {
      if (app.lost) {
        (member->local ? own : others).push_back(app.name + " of " + member->name);
      }
    }
  }
  if (!own.empty()) {
    out.push_back({Concern::problem,
                   "The stream of " + counted(own.size(), "app", "apps") +
                       " beside this node broke without a goodbye: " + listed(own) + ".",
                   "Look at its process and log; it attaches again when it is back."});
  }
  if (!others.empty()) {
    out.push_back({Concern::note,
                   counted(others.size(), "app is", "apps are") +
                       " lost at other members: " + listed(others) + ".",
                   "Look at its process there; the member itself is fine."});
  }
}

std::string throttled_text(const Look& look) {
  const auto& throttling = look.process.throttling;
  return throttling && throttling->throttled != 0
             ? " Its CPU limit has stopped it in " + std::to_string(throttling->throttled) +
                   " periods so far."
             : "";
}

void add_load(const Look& look, Findings& out) {
  const runtime::NodeView& view = *look.view;
  if (look.snapshot->local_health >= slow_score || view.loop_lag_max >= lag_worth_a_word) {
    out.push_back(
        {Concern::note,
         "This node is slow (health score " + std::to_string(look.snapshot->local_health) +
             ", up to " +
             to_text(std::chrono::duration_cast<std::chrono::milliseconds>(view.loop_lag_max)) +
             " late), so it waits longer before it suspects anybody." + throttled_text(look),
         "Give it more CPU, or remove its CPU limit."});
  }
  if (view.receive_overflows != 0) {
    out.push_back({Concern::note,
                   "The kernel dropped " + counted(view.receive_overflows, "packet", "packets") +
                       " since the start because the receive buffer was full.",
                   "Raise net.core.rmem_max, or give this process more CPU."});
  }
}

void add_strangers_and_settings(const Look& look, Findings& out) {
  if (look.auth_drops_last_minute != 0) {
    out.push_back({Concern::note,
                   counted(look.auth_drops_last_minute, "packet or stream", "packets and streams") +
                       " with another key or another cluster label came in the last minute "
                       "(reason auth).",
                   "The log names the addresses; give those nodes this cluster's key and label, or "
                   "keep them away from the gossip port."});
  }
  if (!look.facts.last_reload_successful) {
    out.push_back({Concern::problem,
                   "The settings or keys could not be loaded again; the old ones are in use.",
                   "The log says what is wrong; correct it and run `swimctl reload`."});
  }
}

bool in_cluster(const Look& look) {
  return look.snapshot->state == NodeState::running || look.snapshot->state == NodeState::draining;
}

std::string good_news(const Look& look, bool nothing_else) {
  const std::size_t alive = names_with(*look.snapshot, MemberStatus::alive).size();
  if (alive <= 1 && nothing_else) {
    return "All is well: this node is the only member of its cluster.";
  }
  return nothing_else ? "All is well: " + std::to_string(alive) +
                            " members are alive, and none has failed or is suspected."
                      : "Nothing is broken: " + counted(alive, "member is", "members are") +
                            " alive; but there is something to know.";
}

}  // namespace

std::vector<Finding> find_concerns(const Look& look) {
  Findings found;
  add_own_state(look, found);
  add_join(look, found);
  add_members(look, found);
  add_apps(look, found);
  add_strangers_and_settings(look, found);
  add_load(look, found);
  std::stable_sort(found.begin(), found.end(),
                   [](const Finding& a, const Finding& b) { return a.concern > b.concern; });
  if (found.empty() || (found.front().concern != Concern::problem && in_cluster(look))) {
    found.insert(found.begin(), {Concern::none, good_news(look, found.empty()), ""});
  }
  return found;
}

}  // namespace swim::server
