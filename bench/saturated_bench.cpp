// Failure detection while the broadcast lane is full, beside the same cluster in silence, in
// virtual time: the ratio of the median times, with a bootstrapped 95 % interval (DESIGN §4.3).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "bench/support/report.hpp"
#include "bench/support/scale.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::bench {
namespace {

using namespace std::chrono_literals;
using sim::NodeId;
using sim::World;

constexpr std::size_t nodes_in_all = 20;
constexpr std::size_t publishers = 3;

// What the lane takes does not matter to a simulated network; that it is always full does.
Config narrow() {
  Config config;
  config.broadcast_bytes_per_second = 1024 * 1024;
  config.broadcast_lane_messages = 256;
  config.broadcast_retain_messages = 4096;
  return config;
}

void keep_full(World& world, const std::vector<NodeId>& nodes) {
  for (std::size_t i = 0; i < publishers; ++i) {
    while (world.broadcast(nodes[i], "load", std::string(64, 'x'))) {
    }
  }
  world.after(5ms, [&world, &nodes] { keep_full(world, nodes); });
}

// Milliseconds from the end of a process until every other member lists it as FAILED.
std::vector<double> detections(std::uint64_t seed, bool loaded, int kills,
                               std::uint64_t& delivered) {
  World world({.seed = seed, .config = narrow(), .checks = false, .history = false, .plain = true});
  const auto nodes = world.add_nodes(nodes_in_all);
  world.start_all();
  std::vector<double> times;
  if (!world.run_until([&] { return world.all_see(nodes_in_all); }, 60s)) {
    return times;
  }
  if (loaded) {
    keep_full(world, nodes);
  }
  world.run_for(2s);
  Prng prng(seed);
  for (int i = 0; i < kills; ++i) {
    const NodeId victim = nodes[publishers + prng.below(nodes_in_all - publishers)];
    world.run_for(std::chrono::milliseconds(sim::between(prng, 0, 200)));
    const TimePoint start = world.now();
    world.crash(victim);
    if (!world.run_until([&] { return world.all_others_see(victim, MemberStatus::failed); }, 30s)) {
      return {};
    }
    times.push_back(std::chrono::duration<double, std::milli>(world.now() - start).count());
    world.restart(victim);
    world.run_until([&] { return world.all_see(nodes_in_all); }, 60s);
    world.run_for(500ms);
  }
  delivered += world.coverage().stats.broadcasts_received;
  return times;
}

double resampled_median(const std::vector<double>& sample, Prng& prng) {
  std::vector<double> drawn;
  drawn.reserve(sample.size());
  for (std::size_t i = 0; i < sample.size(); ++i) {
    drawn.push_back(sample[prng.below(sample.size())]);
  }
  return percentile(drawn, 0.5);
}

void bench_detection_under_broadcasts(benchmark::State& state) {
  const int kills = scaled(200, 20);
  static std::uint64_t seed = 0;
  std::vector<double> silent, loaded;
  std::uint64_t delivered = 0, nothing = 0;
  for (auto _ : state) {
    for (int world = 0; world < 5; ++world) {  // each world is a draw of its own
      ++seed;
      std::ranges::copy(detections(seed, false, kills, nothing), std::back_inserter(silent));
      std::ranges::copy(detections(seed, true, kills, delivered), std::back_inserter(loaded));
    }
  }
  if (silent.empty() || loaded.empty()) {
    state.SkipWithError("a death was not seen");
    return;
  }
  Prng prng(seed);
  std::vector<double> ratios;
  for (int i = 0; i < 2'000; ++i) {
    ratios.push_back(resampled_median(loaded, prng) / resampled_median(silent, prng));
  }
  state.counters["kills"] = static_cast<double>(loaded.size());
  state.counters["silent_p50"] = percentile(silent, 0.5);
  state.counters["loaded_p50"] = percentile(loaded, 0.5);
  state.counters["silent_p99"] = percentile(silent, 0.99);
  state.counters["loaded_p99"] = percentile(loaded, 0.99);
  state.counters["ratio"] = percentile(loaded, 0.5) / percentile(silent, 0.5);
  state.counters["ratio_low"] = percentile(ratios, 0.025);
  state.counters["ratio_high"] = percentile(ratios, 0.975);
  state.counters["delivered"] = static_cast<double>(delivered);
}
BENCHMARK(bench_detection_under_broadcasts)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace swim::bench
