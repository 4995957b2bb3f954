#include "bench/protocol/verdicts.hpp"

#include <algorithm>

namespace swim::bench {

void Verdicts::on_event(const Said& said) {
  const Incarnation& which = said.incarnation;
  if (said.type == EventType::suspected && said.exists) {
    suspected_.emplace(said.subject, which.life, which.boot, which.count);
  }
  if (said.type != EventType::failed) {
    return;
  }
  if (said.exists) {
    dead_.emplace(said.subject, which.life, which.boot, which.count);
  }
  if (said.exists && healthy(said.subject, said.at)) {
    ++false_.all;
    false_.at_healthy += healthy(said.observer, said.at) ? 1 : 0;
    false_members_.insert(said.subject);
  }
  const auto watch = watches_.find(said.subject);
  if (watch == watches_.end()) {
    return;
  }
  const auto found = watch->second.found.find(said.observer);
  if (found != watch->second.found.end() && !found->second) {
    found->second = said.at;
    --open_;
  }
}

void Verdicts::expect(std::uint32_t subject, TimePoint since,
                      const std::vector<std::uint32_t>& observers) {
  Watch& watch = watches_[subject];
  watch.since = since;
  for (const std::uint32_t observer : observers) {
    open_ += watch.found.emplace(observer, std::nullopt).second ? 1 : 0;
  }
}

void Verdicts::conclude(Measured& out) {
  const auto seconds = [](Duration duration) {
    return std::chrono::duration<double>(duration).count();
  };
  for (const auto& [subject, watch] : watches_) {
    std::vector<double> times;
    for (const auto& [observer, at] : watch.found) {
      if (at) {
        times.push_back(seconds(*at - watch.since));
      }
    }
    out.missed += times.size() < watch.found.size() ? 1 : 0;
    if (times.empty()) {
      continue;
    }
    const auto [least, most] = std::ranges::minmax(times);
    out.first.push_back(least);
    out.observers.insert(out.observers.end(), times.begin(), times.end());
    if (times.size() == watch.found.size()) {
      out.full.push_back(most);
      out.spread.push_back(most - least);
    }
  }
  watches_.clear();
  open_ = 0;
}

void Verdicts::forget_counts() {
  false_ = {};
  false_members_.clear();
  dead_.clear();
  suspected_.clear();
}

void Verdicts::count(Measured& out) const {
  ++out.runs;
  out.false_positives.all += false_.all;
  out.false_positives.at_healthy += false_.at_healthy;
  out.false_positives.members += false_members_.size();
  out.runs_with_false += false_.all > 0 ? 1 : 0;
  out.deaths += dead_.size();
  out.runs_with_death += dead_.empty() ? 0 : 1;
  out.suspicions += suspected_.size();
}

}  // namespace swim::bench
