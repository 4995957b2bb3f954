// Whole clusters in virtual time: what the protocol promises, whatever the machine. Latencies
// between 50 and 500 µs, the `lan` preset. Each repetition has a seed of its own. Milliseconds.
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <tuple>

#include "bench/support/report.hpp"
#include "bench/support/scale.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::bench {
namespace {

using namespace std::chrono_literals;
using sim::NodeId;
using sim::World;

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// The repetitions of a benchmark have the seeds 1, 2, …, whatever else runs.
std::uint64_t next_seed(const std::string& benchmark, std::int64_t nodes, std::int64_t variant) {
  static std::map<std::tuple<std::string, std::int64_t, std::int64_t>, std::uint64_t> seeds;
  return ++seeds[{benchmark, nodes, variant}];
}

// A cluster that knows itself and has nothing left to say.
std::optional<std::vector<NodeId>> settle(World& world, std::size_t nodes) {
  const auto ids = world.add_nodes(nodes);
  world.start_all();
  if (!world.run_until([&] { return world.all_see(nodes); }, 60s)) {
    return std::nullopt;
  }
  world.run_for(5s);
  return ids;
}

// From a broadcast of a random node until all nodes have it.
std::optional<Duration> time_to_all(World& world, const std::vector<NodeId>& nodes, NodeId origin) {
  std::vector<std::size_t> before;
  for (const NodeId node : nodes) {
    before.push_back(world.history(node).messages.size());
  }
  const TimePoint start = world.now();
  if (!world.broadcast(origin, "bench", std::string(64, 'x'))) {
    return std::nullopt;
  }
  std::size_t waiting = 0;  // the first node that may still lack it
  const bool all = world.run_until(
      [&] {
        while (waiting < nodes.size() &&
               world.history(nodes[waiting]).messages.size() > before[waiting]) {
          ++waiting;
        }
        return waiting == nodes.size();
      },
      10s);
  return all ? std::optional(world.now() - start) : std::nullopt;
}

void bench_simulated_broadcast(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::uint64_t seed = next_seed("broadcast", state.range(0), state.range(1));
  std::vector<double> times;
  std::uint64_t incomplete = 0;
  for (auto _ : state) {
    World world({.seed = seed, .checks = false});
    const auto nodes = settle(world, count);
    if (!nodes) {
      state.SkipWithError("the cluster did not form");
      break;
    }
    world.network().loss_ppm = sim::percent(static_cast<std::uint32_t>(state.range(1)));
    Prng prng(seed);
    for (int i = 0; i < scaled(200, 30); ++i) {
      const NodeId origin = (*nodes)[prng.below(nodes->size())];
      if (const auto time = time_to_all(world, *nodes, origin)) {
        times.push_back(milliseconds(*time));
      } else {
        ++incomplete;
      }
      world.run_for(std::chrono::milliseconds(sim::between(prng, 1, 300)));
    }
  }
  report_distribution(state, times);
  state.counters["incomplete"] = static_cast<double>(incomplete);
}
BENCHMARK(bench_simulated_broadcast)
    ->ArgNames({"nodes", "loss"})
    ->Args({10, 0})
    ->Args({100, 0})
    ->Args({100, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// One node tells all, 64 bytes a message, at most 512 under way, as on loopback: what the
// protocol's pace allows, where no processor is in the way. Broadcasts a virtual second, and how
// many of all came to the node that received least.
void bench_simulated_throughput(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto messages = scaled<std::size_t>(20'000, 5'000);
  constexpr std::size_t window = 512;
  const std::uint64_t seed = next_seed("throughput", state.range(0), 0);
  for (auto _ : state) {
    World world({.seed = seed, .checks = false});
    const auto nodes = settle(world, count);
    if (!nodes) {
      state.SkipWithError("the cluster did not form");
      break;
    }
    const auto received = [&] {
      std::size_t least = messages;
      for (const NodeId node : *nodes) {
        least = std::min(least, world.history(node).messages.size());
      }
      return least;
    };
    const TimePoint start = world.now();
    TimePoint progress = start;
    std::size_t sent = 0;
    for (std::size_t got = 0; got < messages && world.now() - progress < 1s;) {
      while (sent < messages && sent < got + window &&
             world.broadcast(nodes->front(), "bench", std::string(64, 'x'))) {
        ++sent;
      }
      world.run_for(500us);
      progress = received() > got ? world.now() : progress;
      got = received();
    }
    const double seconds = std::chrono::duration<double>(progress - start).count();
    const auto got = static_cast<double>(received());
    state.counters["broadcasts_per_second"] = seconds > 0 ? got / seconds : 0;
    state.counters["received_percent"] =
        100.0 * got / static_cast<double>(std::max<std::size_t>(1, sent));
  }
}
BENCHMARK(bench_simulated_throughput)
    ->ArgNames({"nodes"})
    ->Arg(3)
    ->Arg(10)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// From the end of a process, or of its host, until every other member lists it as FAILED.
void bench_simulated_detection(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const bool host_too = state.range(1) != 0;
  const std::uint64_t seed = next_seed("detection", state.range(0), state.range(1));
  std::vector<double> times;
  std::uint64_t missed = 0;
  std::uint64_t false_positives = 0;
  for (auto _ : state) {
    World world({.seed = seed, .checks = false, .history = false});
    const auto nodes = settle(world, count);
    if (!nodes) {
      state.SkipWithError("the cluster did not form");
      break;
    }
    Prng prng(seed);
    for (int i = 0; i < scaled(30, 5); ++i) {
      const NodeId victim = (*nodes)[1 + prng.below(count - 1)];  // the first is the others' seed
      world.run_for(std::chrono::milliseconds(sim::between(prng, 0, 1'000)));
      const TimePoint start = world.now();
      host_too ? world.lose_host(victim) : world.crash(victim);
      const auto failed = [&] { return world.all_others_see(victim, MemberStatus::failed); };
      if (world.run_until(failed, 30s)) {
        times.push_back(milliseconds(world.now() - start));
      } else {
        ++missed;
      }
      world.restart(victim);
      if (!world.run_until([&] { return world.all_see(count); }, 60s)) {
        state.SkipWithError("a restarted node did not come back");
        break;
      }
      world.run_for(2s);
    }
    false_positives += world.coverage().failures_of_running;
  }
  report_distribution(state, times);
  state.counters["missed"] = static_cast<double>(missed);
  state.counters["false_positives"] = static_cast<double>(false_positives);
}
BENCHMARK(bench_simulated_detection)
    ->ArgNames({"nodes", "host"})
    ->Args({10, 0})
    ->Args({10, 1})
    ->Args({100, 0})
    ->Args({100, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace swim::bench
