// What can be seen of a world, and the rules that are checked in it.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/sim/world.hpp"

namespace swim::sim {

std::vector<NodeId> World::nodes() const {
  std::vector<NodeId> all;
  for (const auto& node : nodes_) {
    all.push_back(node->id());
  }
  return all;
}

std::vector<NodeId> World::running() const {
  std::vector<NodeId> all;
  for (const auto& node : nodes_) {
    if (node->running()) {
      all.push_back(node->id());
    }
  }
  return all;
}

MemberPtr World::find(NodeId observer, std::string_view name) const {
  return at(observer).engine().member(name);
}

std::optional<MemberStatus> World::status(NodeId observer, NodeId subject) const {
  const MemberPtr member = find(observer, at(subject).name());
  return member ? std::optional(member->status) : std::nullopt;
}

std::size_t World::count(NodeId observer, MemberStatus status) const {
  return listed_[index_of(observer)][static_cast<std::size_t>(status)];
}

bool World::all_see(std::size_t members) const {
  const auto sees = [&](const auto& node) {
    return !node->running() || count(node->id(), MemberStatus::alive) == members;
  };
  // Asked at every change: whoever was behind the last time mostly still is.
  if (odd_one_out_ < nodes_.size() && !sees(nodes_[odd_one_out_])) {
    return false;
  }
  const auto odd = std::ranges::find_if_not(nodes_, sees);
  odd_one_out_ = static_cast<std::size_t>(odd - nodes_.begin());
  return odd == nodes_.end();
}

bool World::all_others_see(NodeId subject, MemberStatus wanted) const {
  return std::ranges::all_of(nodes_, [&](const auto& node) {
    return node->id() == subject || !node->running() || status(node->id(), subject) == wanted;
  });
}

// A run that left, or that another run of its name has displaced, belongs to no cluster.
std::vector<std::vector<Party>> World::clusters() const {
  std::map<std::pair<std::string, std::string>, std::vector<Party>> clusters;
  for (const auto& node : nodes_) {
    if (!node->running()) {
      continue;
    }
    Snapshot view = node->engine().snapshot();
    if (view.state != NodeState::left && !view.conflict) {
      clusters[{node->options().label, node->options().key.fingerprint()}].push_back(
          {node->name(), std::move(view)});
    }
  }
  std::vector<std::vector<Party>> result;
  result.reserve(clusters.size());
  for (auto& [identity, parties] : clusters) {
    result.push_back(std::move(parties));
  }
  return result;
}

std::optional<RunId> World::run_of(std::uint64_t boot) const {
  const auto found = boots_.find(boot);
  return found == boots_.end() ? std::nullopt : std::optional(found->second);
}

bool World::converged() const {
  return std::ranges::all_of(clusters(), [](const std::vector<Party>& parties) {
    Violations found;
    check_converged(parties, found, 1);
    return found.empty();
  });
}

std::size_t World::events(NodeId observer, EventType type, NodeId subject) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(history(observer).events, [&](const MemberEvent& event) {
        return event.type == type && event.member->name == at(subject).name();
      }));
}

const OperationCompleted* World::completed(NodeId node, OperationId operation) const {
  const auto& completed = history(node).completed;
  const auto found = completed.find(static_cast<std::uint64_t>(operation));
  return found == completed.end() ? nullptr : &found->second;
}

// A snapshot of every node is O(N²) of them: only of those whose revision moved since, and of one
// more in turn, in case what it says changes without one.
void World::check_runs(bool all) {
  if (!options_.checks) {
    return;
  }
  checkers_.check_streams(streams_.counts().queued_most);
  const std::size_t turn = rounds_++ % std::max<std::size_t>(nodes_.size(), 1);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = *nodes_[i];
    if (!node.running()) {
      continue;
    }
    checkers_.check_stats(node.engine().stats(), node.options().config);
    const std::uint64_t revision = node.engine().revision();
    if (all || i == turn || std::exchange(checked_[i], revision) != revision) {
      checkers_.check_snapshot(node.run(), node.engine().snapshot());
    }
  }
}

bool World::check_now() {
  check_runs(true);
  return !broken();
}

bool World::check_converged_now() {
  for (const auto& parties : clusters()) {
    checkers_.check_all(parties);
  }
  return !broken();
}

bool World::check_delivered(Duration limit) {
  const auto findings = [&](std::size_t wanted) {
    Violations found;
    for (const auto& parties : clusters()) {
      std::vector<RunId> runs;
      runs.reserve(parties.size());
      for (const Party& party : parties) {
        runs.push_back(boots_.at(party.view.local->incarnation.boot));
      }
      checkers_.delivery().check_complete(runs, found, wanted);
    }
    return found;
  };
  for (const TimePoint end = now() + limit; now() < end && !findings(1).empty();) {
    run_for(options_.check_interval);
    if (broken()) {
      return false;
    }
  }
  std::ranges::move(findings(SIZE_MAX), std::back_inserter(checkers_.violations()));
  return !broken();
}

bool World::check_quiet(Duration limit) {
  for (const NodeId node : running()) {
    const auto quiet = [&] { return !at(node).running() || is_quiet(at(node).engine().stats()); };
    // Probes come and go: what leaks is never gone.
    for (const TimePoint end = now() + limit; !quiet() && now() < end && !broken();) {
      step();
    }
    if (!quiet()) {
      const Stats& stats = at(node).engine().stats();
      checkers_.violations().push_back(
          {"quiet", at(node).name() + " has " + std::to_string(stats.pending_acks) +
                        " pending acks, " + std::to_string(stats.operations_pending) +
                        " operations, " + std::to_string(stats.streams_open) + " streams, " +
                        std::to_string(stats.updates_queued) + " updates and " +
                        std::to_string(stats.broadcasts_queued) + " broadcasts to tell, " +
                        std::to_string(stats.broadcasts_missing) + " are missing and " +
                        std::to_string(stats.broadcasts_waiting) + " wait with " +
                        std::to_string(stats.broadcasts_waiting_bytes) + " bytes, " +
                        std::to_string(stats.payloads_wanted) + " payloads are wanted and " +
                        std::to_string(stats.pulls_bytes) + " bytes of them under way, " +
                        std::to_string(stats.stream_payload_bytes) + " bytes of sends, " +
                        std::to_string(stats.deaths_held) + " deaths are not believed yet"});
    }
  }
  return !broken();
}

void World::add_stats(const Stats& stats, Coverage& coverage) const {
  coverage.add(stats);
  coverage.refutations += stats.refutations;
  coverage.new_lives += stats.new_lives;
  coverage.stalls_noticed += stats.stalls_noticed;
  coverage.relays_run += stats.relays_run;
  coverage.stream_acks += stats.probes_acked_stream;
}

Coverage World::coverage() const {
  Coverage sum = coverage_;
  for (const auto& node : nodes_) {
    if (node->exists()) {
      add_stats(node->engine().stats(), sum);
    }
  }
  return sum;
}

std::string World::report() const {
  std::string text =
      "seed " + std::to_string(options_.seed) + ", after " +
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(age()).count()) +
      " ms of virtual time\n";
  for (const Violation& violation : violations()) {
    text += "  broken rule: " + violation.rule + ": " + violation.text + "\n";
  }
  return text + "the last that happened:\n" +
         trace_.last_lines(start_, {.node = [this](NodeId node) { return at(node).name(); },
                                    .member =
                                        [this](std::uint64_t boot) {
                                          const auto found = boots_.find(boot);
                                          return found == boots_.end()
                                                     ? std::string()
                                                     : at(found->second.node).name();
                                        }});
}

}  // namespace swim::sim
