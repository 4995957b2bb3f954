#include "core/engine/join.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"

namespace swim::engine {

Expected<OperationId> Join::begin(std::span<const Endpoint> seeds) {
  if (attempts_.size() >= limits::operations_max) {
    return fail(Errc::queue_full, "too many joins are under way");
  }
  if (core_.self.displaced()) {
    return fail(Errc::name_conflict, "another run of this name is in the cluster");
  }
  if (core_.state == NodeState::left) {
    core_.leave.cancel();
    core_.state = NodeState::joining;
    core_.self.rejoin();
    core_.prober.start();
  }
  if (core_.state == NodeState::starting) {
    core_.state = NodeState::joining;
  }
  const OperationId operation = core_.next_operation();
  if (seeds.empty()) {
    core_.became_member();
    core_.complete({.id = operation});
    return operation;
  }
  const auto id = static_cast<std::uint64_t>(operation);
  Attempt& attempt = attempts_[id];
  for (const Endpoint& seed : seeds) {
    if (std::ranges::find(attempt.waiting, seed) == attempt.waiting.end()) {
      attempt.waiting.push_back(seed);
    }
  }
  core_.timers.set(attempt.timer, TimerKind::operation, id,
                   core_.now.steady + core_.config.join_timeout);
  dial_more(id, attempt);
  return operation;
}

// A seed that can't be dialled for want of streams waits for one that ends.
void Join::dial_more(std::uint64_t id, Attempt& attempt) {
  while (!attempt.waiting.empty() && attempt.dialling.size() < limits::join_parallel_dials) {
    const auto stream = core_.streams.open_join(attempt.waiting.front(), OperationId{id});
    if (!stream) {
      break;
    }
    attempt.dialling.emplace(static_cast<std::uint64_t>(*stream), attempt.waiting.front());
    attempt.waiting.pop_front();
  }
  if (attempt.dialling.empty() && !attempt.waiting.empty()) {
    attempt.results.push_back({.address = attempt.waiting.front(),
                               .error = {Errc::queue_full, "too many streams are open"}});
    attempt.waiting.pop_front();
    dial_more(id, attempt);
  }
}

void Join::on_result(OperationId operation, SeedResult result) {
  const auto id = static_cast<std::uint64_t>(operation);
  const auto place = attempts_.find(id);
  if (place == attempts_.end()) {
    return;
  }
  Attempt& attempt = place->second;
  std::erase_if(attempt.dialling,
                [&](const auto& dialled) { return dialled.second == result.address; });
  if (result.accepted) {
    ++attempt.accepted;
    ++core_.stats.joins_accepted;
    core_.became_member();
  } else {
    ++core_.stats.joins_failed;
    core_.stats.joins_not_authenticated += result.error.code == Errc::not_authenticated ? 1 : 0;
  }
  attempt.results.push_back(std::move(result));
  if (attempt.accepted < limits::join_accepts_wanted) {
    dial_more(id, attempt);
  }
  if (attempt.accepted >= limits::join_accepts_wanted ||
      (attempt.dialling.empty() && attempt.waiting.empty())) {
    finish(id);
  }
}

void Join::on_timer(OperationId operation) {
  const auto place = attempts_.find(static_cast<std::uint64_t>(operation));
  if (place == attempts_.end()) {
    return;
  }
  Attempt& attempt = place->second;
  attempt.timer = no_timer;
  for (const auto& [stream, address] : attempt.dialling) {
    attempt.results.push_back(
        {.address = address, .error = {Errc::timeout, "it did not answer before join.timeout"}});
    ++core_.stats.joins_failed;
  }
  for (const Endpoint& address : attempt.waiting) {
    attempt.results.push_back(
        {.address = address,
         .error = {Errc::queue_full, "its turn did not come before join.timeout"}});
  }
  attempt.waiting.clear();
  finish(static_cast<std::uint64_t>(operation));
}

void Join::finish(std::uint64_t id) {
  const auto place = attempts_.find(id);
  Attempt attempt = std::move(place->second);
  attempts_.erase(place);
  core_.timers.cancel(attempt.timer);
  for (const auto& [stream, address] : attempt.dialling) {
    core_.streams.abandon(StreamId{stream});
  }
  OperationCompleted done{.id = OperationId{id}, .seeds = std::move(attempt.results)};
  if (attempt.accepted == 0) {
    done.error = Error{Errc::no_seeds_reachable, "no seed accepted this node"};
  }
  core_.complete(std::move(done));
}

}  // namespace swim::engine
