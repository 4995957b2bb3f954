#include "core/sim/trial.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/prng.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

namespace {

constexpr std::size_t seeds_of_cluster = 3;
constexpr Duration slice = std::chrono::seconds(1);  // between two reports of progress

WorldOptions options_of(const TrialPlan& plan, std::uint64_t seed) {
  return {.seed = seed,
          .network = plan.network,
          .config = plan.config,
          .checks = false,
          .history = false,
          .plain = true};
}

class Trial {
 public:
  Trial(const TrialPlan& plan, std::uint64_t seed,
        const std::function<bool(std::uint32_t)>& progress)
      : plan_(plan), progress_(progress), world_(options_of(plan, seed)), draws_(~seed) {
    SWIM_ASSERT(plan.nodes >= 2 && plan.deaths < plan.nodes &&
                plan.stalls <= plan.nodes - plan.deaths - 1);
    result_.seed = seed;
    result_.deaths.resize(plan.deaths);
    pending_.resize(plan.deaths);
    died_.resize(plan.deaths);
    died_as_.resize(plan.nodes);
    stalled_.resize(plan.nodes);
    stalled_failed_.resize(plan.nodes);
  }

  TrialResult run() {
    start();
    measure();
    for (Duration waited{}; !all_seen() && waited < trial_patience && go_on(); waited += slice) {
      world_.run_for(slice);
    }
    finish();
    return std::move(result_);
  }

 private:
  void start();
  void measure();
  void finish();
  void schedule_deaths(std::span<const NodeId> victims);
  void schedule_stalls(std::span<const NodeId> victims);
  void die(NodeId victim, std::size_t number);
  void on_event(NodeId observer, const MemberEvent& event);
  void on_wronged(NodeId subject, std::uint64_t life);
  void seen(NodeId observer, std::size_t number);
  void excuse(NodeId observer);  // it is asked no more about who died
  bool all_seen() const {
    return std::ranges::all_of(pending_, [](const auto& observers) { return observers.empty(); });
  }
  bool go_on();

  const TrialPlan& plan_;
  const std::function<bool(std::uint32_t)>& progress_;
  World world_;
  Prng draws_;  // of what happens to whom, apart from the world's own
  TrialResult result_;
  std::vector<std::set<NodeId>> pending_;  // by death: who has not seen it
  std::vector<TimePoint> died_;            // by death
  // By node.
  std::vector<std::optional<std::size_t>> died_as_;
  std::vector<bool> stalled_, stalled_failed_;
  std::set<std::pair<NodeId, std::uint64_t>> wronged_;  // member and life
  bool measuring_{};
  bool stopped_{};
};

bool Trial::go_on() {
  if (!stopped_ && progress_) {
    const Duration whole = plan_.duration + slice;
    const auto thousandths =
        std::min<Duration::rep>(1000 * world_.age().count() / whole.count(), 1000);
    stopped_ = !progress_(static_cast<std::uint32_t>(thousandths));
  }
  return !stopped_;
}

void Trial::start() {
  std::vector<NodeId> seeds;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(seeds_of_cluster, plan_.nodes); ++i) {
    seeds.push_back(static_cast<NodeId>(i));
  }
  for (std::uint32_t i = 0; i < plan_.nodes; ++i) {
    world_.add_node("n" + std::to_string(i), {.seeds = seeds});
  }
  world_.watch(
      [this](RunId observer, const MemberEvent& event) { on_event(observer.node, event); });
  world_.start_all();
  while (world_.age() < trial_start_limit && go_on()) {
    if (world_.run_until([&] { return world_.all_see(plan_.nodes); }, slice)) {
      result_.convergence = world_.age();
      return;
    }
  }
}

void Trial::measure() {
  std::vector<NodeId> order = world_.nodes();
  draws_.shuffle(std::span(order));
  schedule_deaths(std::span(order).first(plan_.deaths));
  schedule_stalls(std::span(order).last(plan_.stalls));
  const std::uint64_t streams_before = world_.stream_counts().bytes;
  world_.tap([this](NodeId, const Endpoint&, Bytes bytes) {
    ++result_.datagrams;
    result_.datagram_bytes += bytes.size();
  });
  measuring_ = true;
  for (Duration left = plan_.duration; left > Duration::zero() && go_on();) {
    const Duration step = std::min(left, slice);
    result_.node_time += step * static_cast<Duration::rep>(world_.running().size());
    world_.run_for(step);
    left -= step;
  }
  measuring_ = false;
  world_.tap({});
  result_.stream_bytes = world_.stream_counts().bytes - streams_before;
}

// One in each equal part of the time, or all at once, in a third of it at most: so that a short
// simulation sees its last death too.
void Trial::schedule_deaths(std::span<const NodeId> victims) {
  const auto parts = static_cast<Duration::rep>(std::max<std::size_t>(victims.size(), 1));
  const Duration part = plan_.duration / parts;
  const Duration at_once = between(draws_, Duration::zero(), plan_.duration / 3);
  for (std::size_t number = 0; number < victims.size(); ++number) {
    const Duration at = plan_.together ? at_once
                                       : part * static_cast<Duration::rep>(number) +
                                             between(draws_, Duration::zero(), part / 3);
    const NodeId victim = victims[number];
    world_.after(at, [this, victim, number] { die(victim, number); });
  }
}

void Trial::schedule_stalls(std::span<const NodeId> victims) {
  for (const NodeId victim : victims) {
    const Duration lasts = between(draws_, plan_.stall_min, plan_.stall_max);
    const Duration at =
        between(draws_, Duration::zero(), std::max(plan_.duration - lasts, Duration::zero()));
    world_.after(at, [this, victim, lasts] {
      ++result_.stalled;
      stalled_[index_of(victim)] = true;
      excuse(victim);
      world_.pause(victim);
      world_.after(lasts, [this, victim] { world_.resume(victim); });
    });
  }
}

void Trial::die(NodeId victim, std::size_t number) {
  died_as_[index_of(victim)] = number;
  died_[number] = world_.now();
  plan_.with_host ? world_.lose_host(victim) : world_.crash(victim);
  excuse(victim);
  for (const NodeId observer : world_.running()) {
    pending_[number].insert(observer);
  }
}

void Trial::excuse(NodeId observer) {
  for (auto& observers : pending_) {
    observers.erase(observer);
  }
}

void Trial::seen(NodeId observer, std::size_t number) {
  if (pending_[number].erase(observer) > 0) {
    TrialDeath& death = result_.deaths[number];
    const Duration took = world_.now() - died_[number];
    death.first = death.first.value_or(took);
    death.all = took;  // so far; finish() takes it back where somebody never saw it
  }
}

void Trial::on_event(NodeId observer, const MemberEvent& event) {
  if (event.type != EventType::failed) {
    return;
  }
  // Names are given by start(): "n" and the number of the node.
  const auto subject = static_cast<NodeId>(std::stoul(event.member->name.substr(1)));
  if (const auto number = died_as_[index_of(subject)]) {
    seen(observer, *number);
  } else {
    on_wronged(subject, event.member->incarnation.life);
  }
}

void Trial::on_wronged(NodeId subject, std::uint64_t life) {
  if (stalled_[index_of(subject)]) {
    stalled_failed_[index_of(subject)] = true;
    return;
  }
  ++result_.false_views;
  result_.false_positives += wronged_.emplace(subject, life).second ? 1 : 0;
}

void Trial::finish() {
  for (std::size_t number = 0; number < pending_.size(); ++number) {
    if (!pending_[number].empty()) {
      result_.deaths[number].all.reset();
    }
  }
  result_.stalled_failed = static_cast<std::uint64_t>(std::ranges::count(stalled_failed_, true));
  result_.trace_hash = world_.trace_hash();
  result_.virtual_time = world_.age();
}

}  // namespace

TrialResult run_trial(const TrialPlan& plan, std::uint64_t seed,
                      const std::function<bool(std::uint32_t)>& progress) {
  return Trial(plan, seed, progress).run();
}

}  // namespace swim::sim
