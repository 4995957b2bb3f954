#include "bench/protocol/cluster.hpp"

#include <algorithm>
#include <span>

#include "core/sim/chance.hpp"

namespace swim::bench {

namespace {
constexpr double ip_and_udp = 28;
constexpr Duration forming_max = std::chrono::minutes(2);
// Round trips are known by then, and the members' phases are their own.
constexpr int forming_probes = 20;
// Live seeds are ours alone: memberlist and the papers ask theirs once.
constexpr Duration never = std::chrono::hours(1000);
}  // namespace

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

sim::Conditions lan_conditions(Duration latency_min, Duration latency_max, double loss_percent) {
  sim::Conditions conditions;
  conditions.latency_min = latency_min;
  conditions.latency_max = latency_max;
  conditions.loss_ppm = static_cast<std::uint32_t>(loss_percent * 10'000);
  return conditions;
}

Cluster::Cluster(std::uint64_t seed, std::size_t nodes, const Config& config)
    : prng_(seed ^ 0x9E3779B97F4A7C15ULL),
      world_(
          {.seed = seed,
           .config = config,
           .checks = false,
           .history = false,
           .plain = true,
           .seed_refresh = config.healing.retry_failed ? sim::WorldOptions{}.seed_refresh : never}),
      nodes_(world_.add_nodes(nodes)),
      verdicts_(nodes) {
  world_.watch([this](sim::RunId observer, const MemberEvent& event) {
    if (event.type == EventType::failed || event.type == EventType::suspected) {
      on_verdict(observer.node, event);
    }
    if (listener_) {
      listener_(observer.node, event);
    }
  });
}

void Cluster::on_verdict(NodeId observer, const MemberEvent& event) {
  const auto subject = world_.run_of(event.member->incarnation.boot);
  if (!subject) {
    return;
  }
  const sim::Node& there = world_.at(subject->node);
  verdicts_.on_event({.at = world_.now(),
                      .observer = index_of(observer),
                      .subject = index_of(subject->node),
                      .type = event.type,
                      .incarnation = event.member->incarnation,
                      .exists = there.exists() && there.run() == *subject});
}

std::vector<NodeId> Cluster::some(std::size_t count) {
  std::vector<NodeId> chosen(nodes_.begin() + 1, nodes_.end());
  prng_.shuffle(std::span(chosen));
  chosen.resize(std::min(count, chosen.size()));
  return chosen;
}

bool Cluster::form(const sim::Conditions& conditions) {
  world_.start_acquainted();
  const Config& config = world_.at(nodes_.front()).options().config;
  world_.run_for(std::max(20 * config.gossip_interval, forming_probes * config.probe_interval));
  if (!complete() || !wait_quiet(forming_max)) {
    return false;
  }
  set_network(conditions);
  return true;
}

void Cluster::set_network(const sim::Conditions& conditions) {
  world_.network() = conditions;
  verdicts_.forget_counts();
  begin_load();
}

bool Cluster::quiet() const {
  return std::ranges::all_of(nodes_, [&](NodeId node) {
    return !world_.at(node).running() || world_.at(node).engine().stats().updates_queued == 0;
  });
}

bool Cluster::wait_quiet(Duration limit) {
  return wait([&] { return quiet(); }, limit, 100ms);
}

bool Cluster::wait(const std::function<bool()>& done, Duration limit, Duration step) {
  for (const TimePoint end = world_.now() + limit; !done(); world_.run_for(step)) {
    if (world_.now() >= end) {
      return false;
    }
  }
  return true;
}

std::vector<std::uint32_t> Cluster::healthy_observers(NodeId of) const {
  std::vector<std::uint32_t> observers;
  for (const NodeId node : nodes_) {
    if (node != of && world_.at(node).running() &&
        verdicts_.healthy(index_of(node), world_.now())) {
      observers.push_back(index_of(node));
    }
  }
  return observers;
}

void Cluster::kill(NodeId node, bool host_too) {
  verdicts_.fault_begins(index_of(node));
  host_too ? world_.lose_host(node) : world_.crash(node);
  verdicts_.expect(index_of(node), world_.now(), healthy_observers(node));
}

void Cluster::revive(NodeId node) {
  world_.restart(node);
  verdicts_.fault_ends(index_of(node), world_.now(), Duration::zero());
}

void Cluster::block(NodeId node) {
  mark_faulty(node);
  world_.block(node);
}

void Cluster::unblock(NodeId node, Duration grace) {
  world_.unblock(node);
  mark_healthy(node, grace);
}

void Cluster::pause(NodeId node) {
  mark_faulty(node);
  world_.pause(node);
}

void Cluster::resume(NodeId node, Duration grace) {
  world_.resume(node);
  mark_healthy(node, grace);
}

Cluster::Sent Cluster::sent_by(NodeId node) const {
  const sim::Node& there = world_.at(node);
  if (!there.exists()) {
    return {};
  }
  const Stats& stats = there.engine().stats();
  return {there.run().run, stats.datagrams_sent, stats.bytes_sent, stats.stream_bytes_sent};
}

void Cluster::begin_load() {
  load_since_ = world_.now();
  load_.clear();
  for (const NodeId node : nodes_) {
    load_.push_back(sent_by(node));
  }
}

void Cluster::end_load(Measured& out) const {
  const double passed = seconds(world_.now() - load_since_);
  for (const NodeId node : nodes_) {
    const Sent& before = load_[index_of(node)];
    const Sent after = sent_by(node);
    if (after.run == 0 || after.run != before.run || passed <= 0) {
      continue;
    }
    const auto datagrams = static_cast<double>(after.datagrams - before.datagrams);
    const double bytes = static_cast<double>(after.bytes - before.bytes) + ip_and_udp * datagrams;
    out.load.datagrams += datagrams;
    out.load.bytes += bytes;
    out.load.stream_bytes += static_cast<double>(after.stream_bytes - before.stream_bytes);
    out.load.member_seconds += passed;
    out.load.bytes_max = std::max(out.load.bytes_max, bytes / passed);
  }
}

}  // namespace swim::bench
