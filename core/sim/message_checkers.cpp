// The rules about the broadcasts that one run is told.
#include <algorithm>
#include <map>
#include <vector>

#include "core/base/limits.hpp"
#include "core/sim/checkers.hpp"

namespace swim::sim {

void OrderedDelivery::on_event(RunId observer, const MemberEvent& event) {
  if (event.member->local) {
    return;
  }
  Heard& heard = heard_[packed(observer)];
  if (event.reason == EventReason::forgotten) {
    std::erase_if(heard.runs,
                  [&](const auto& run) { return run.second.name == event.member->name; });
    return;
  }
  const std::uint64_t boot = event.member->incarnation.boot;
  Progress& progress = heard.runs[boot];
  if (!progress.shown) {
    progress.name = event.member->name;
    progress.shown = true;
    progress.number = ++heard.shown;
    progress.sent = sent_[boot];
  }
}

void OrderedDelivery::on_message(RunId receiver, const MessageReceived& message, Violations& out) {
  if (!message.broadcast) {
    return;
  }
  if (message.own) {
    sent_[message.origin_boot] = message.sequence;
  }
  advance(receiver, message.origin_boot, message.origin, message.sequence, message.sequence, out);
}

void OrderedDelivery::on_lost(RunId receiver, const MessagesLost& lost, Violations& out) {
  if (lost.first > lost.last) {
    out.push_back({"ordered delivery", "an empty gap of " + lost.origin});
  }
  advance(receiver, lost.origin_boot, lost.origin, lost.first, lost.last, out);
}

void OrderedDelivery::advance(RunId receiver, std::uint64_t boot, const std::string& name,
                              std::uint64_t first, std::uint64_t last, Violations& out) {
  Progress& progress = heard_[packed(receiver)].runs[boot];
  const bool begins = progress.last == 0;
  const std::uint64_t latest = begins ? progress.sent + 1 : progress.last + 1;
  if (begins ? progress.shown && first > latest : first != latest) {
    out.push_back({begins ? "true to its origin" : "ordered delivery",
                   "broadcast " + std::to_string(first) + " of " + name + " comes where " +
                       std::to_string(latest) +
                       (begins ? " is the latest to begin with" : " is next")});
  }
  if (last > sent_[boot]) {
    out.push_back({"true to its origin", name + " never sent broadcast " + std::to_string(last)});
  }
  progress.name = name;
  progress.last = last;
}

// A name's runs are remembered so far back only.
bool OrderedDelivery::remembered(const Heard& heard, const Progress& progress) {
  const auto later = std::ranges::count_if(heard.runs, [&](const auto& run) {
    return run.second.name == progress.name && run.second.number > progress.number;
  });
  return static_cast<std::size_t>(later) < limits::boots_remembered;
}

// By boot, the highest broadcast that one of them heard.
std::map<std::uint64_t, std::uint64_t> OrderedDelivery::highest(
    std::span<const RunId> survivors) const {
  std::map<std::uint64_t, std::uint64_t> highest;
  for (const RunId run : survivors) {
    if (const auto heard = heard_.find(packed(run)); heard != heard_.end()) {
      for (const auto& [boot, progress] : heard->second.runs) {
        highest[boot] = std::max(highest[boot], progress.last);
      }
    }
  }
  return highest;
}

// How far it got, where that is not far enough.
std::optional<std::uint64_t> OrderedDelivery::behind(const Heard& heard, std::uint64_t boot,
                                                     std::uint64_t top) {
  const auto place = heard.runs.find(boot);
  if (place == heard.runs.end() || !place->second.shown) {
    return std::nullopt;
  }
  const Progress& progress = place->second;
  const std::uint64_t reached = std::max(progress.last, progress.last == 0 ? progress.sent : 0);
  return reached < top && remembered(heard, progress) ? std::optional(reached) : std::nullopt;
}

void OrderedDelivery::check_complete(std::span<const RunId> survivors, Violations& out,
                                     std::size_t wanted) const {
  const auto highest = this->highest(survivors);
  const std::size_t before = out.size();
  for (const RunId run : survivors) {
    const auto heard = heard_.find(packed(run));
    if (heard == heard_.end()) {
      continue;
    }
    for (const auto& [boot, top] : highest) {
      if (const auto reached = behind(heard->second, boot, top)) {
        out.push_back({"ordered delivery", "node " + std::to_string(index_of(run.node)) +
                                               " is at broadcast " + std::to_string(*reached) +
                                               " of " + heard->second.runs.at(boot).name +
                                               " (boot " + std::to_string(boot) +
                                               "), others have " + std::to_string(top)});
      }
      if (out.size() - before >= wanted) {
        return;
      }
    }
  }
}

}  // namespace swim::sim
