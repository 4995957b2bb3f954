// What a node costs while nothing happens, and under load: percent of one core for each node, with
// the `lan` preset, on loopback. The measuring thread's own time is not counted.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "bench/support/broadcaster.hpp"
#include "bench/support/scale.hpp"

namespace swim::bench {
namespace {

using namespace std::chrono_literals;

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of all threads but this one.
double others_cpu_seconds() {
  return cpu_seconds(RUSAGE_SELF) - cpu_seconds(RUSAGE_THREAD);
}

// Percent of a core a node, while `work` runs, which takes its own time.
template <class Work>
double cpu_percent(std::size_t nodes, Work&& work) {
  const double before = others_cpu_seconds();
  const auto start = Clock::now();
  work();
  const double used = others_cpu_seconds() - before;
  return 100.0 * used / seconds_since(start) / static_cast<double>(nodes);
}

void bench_cpu_idle(benchmark::State& state) {
  LoopbackCluster cluster(static_cast<std::size_t>(state.range(0)), "lan");
  if (!cluster.problem().empty()) {
    state.SkipWithError(cluster.problem().c_str());
    return;
  }
  std::this_thread::sleep_for(1s);  // the joins are over, nothing is left to say
  for (auto _ : state) {
    state.counters["cpu_percent"] =
        cpu_percent(cluster.size(), [] { std::this_thread::sleep_for(scaled(5s, 1s)); });
  }
}
BENCHMARK(bench_cpu_idle)->Arg(3)->Arg(10)->Iterations(1);

// A broadcast of 64 bytes to all, so many times a second, evenly.
void bench_cpu_under_load(benchmark::State& state) {
  const auto rate = state.range(1);
  LoopbackCluster cluster(static_cast<std::size_t>(state.range(0)), "lan");
  if (!cluster.problem().empty()) {
    state.SkipWithError(cluster.problem().c_str());
    return;
  }
  std::this_thread::sleep_for(1s);
  const auto count = rate * scaled(5, 1);
  const Broadcaster arrivals(cluster);
  for (auto _ : state) {
    state.counters["cpu_percent"] = cpu_percent(cluster.size(), [&] {
      auto next = Clock::now();
      for (std::int64_t i = 0; i < count; ++i) {
        static_cast<void>(cluster.node(0).broadcast("bench", ByteVector(64, 7), "", {},
                                                    [](const Expected<void>&) {}));
        next += std::chrono::nanoseconds(1s) / rate;
        std::this_thread::sleep_until(next);
      }
    });
  }
  wait_until([&] { return arrivals.received_by_all() == static_cast<std::uint64_t>(count); }, 2s);
  state.counters["delivered_percent"] =
      100.0 * static_cast<double>(arrivals.received_by_all()) / static_cast<double>(count);
}
BENCHMARK(bench_cpu_under_load)->ArgNames({"nodes", "rate"})->Args({3, 100})->Iterations(1);

}  // namespace
}  // namespace swim::bench
