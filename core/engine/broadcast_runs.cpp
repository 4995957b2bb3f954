#include "core/engine/broadcast_runs.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace swim::engine {

BroadcastRun* BroadcastRuns::find(std::uint64_t boot) {
  const auto found = runs_.find(boot);
  return found == runs_.end() ? nullptr : found->second.get();
}

const BroadcastRun* BroadcastRuns::find(std::uint64_t boot) const {
  const auto found = runs_.find(boot);
  return found == runs_.end() ? nullptr : found->second.get();
}

BroadcastRun& BroadcastRuns::add(std::string_view name, std::uint64_t boot, std::uint64_t baseline,
                                 std::span<const std::uint64_t> later) {
  SWIM_ASSERT(!runs_.contains(boot));
  auto& made = runs_[boot];
  made = std::make_unique<BroadcastRun>(std::string(name), boot, baseline);
  BroadcastRun& run = *made;
  run.place = walk_.size();
  walk_.push_back(&run);
  std::vector<std::uint64_t>& boots = names_[std::string(name)];
  const auto before = std::ranges::find_if(
      boots, [&](std::uint64_t other) { return std::ranges::find(later, other) != later.end(); });
  boots.insert(before, boot);
  renew_order(boots);
  return run;
}

void BroadcastRuns::remove(std::uint64_t boot) {
  const auto found = runs_.find(boot);
  if (found == runs_.end()) {
    return;
  }
  BroadcastRun& run = *found->second;
  walk_[run.place] = walk_.back();
  walk_[run.place]->place = run.place;
  walk_.pop_back();
  const auto named = names_.find(run.origin->name);
  std::erase(named->second, boot);
  if (named->second.empty()) {
    names_.erase(named);
  } else {
    renew_order(named->second);
  }
  runs_.erase(found);
}

std::vector<std::uint64_t> BroadcastRuns::of(std::string_view name) const {
  const auto found = names_.find(std::string(name));
  return found == names_.end() ? std::vector<std::uint64_t>{} : found->second;
}

void BroadcastRuns::renew_order(const std::vector<std::uint64_t>& boots) {
  for (std::size_t i = 0; i < boots.size(); ++i) {
    BroadcastRun& run = *find(boots[i]);
    const auto here = boots.begin() + static_cast<std::ptrdiff_t>(i);
    run.older.assign(boots.begin(), here);
    run.newer.assign(here + 1, boots.end());
  }
}

}  // namespace swim::engine
