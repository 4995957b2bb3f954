// Probes and broadcasts at full speed (seed: bench_throughput). Two engines without a network for
// what the engine costs; whole nodes on loopback UDP for what users see.
#include <benchmark/benchmark.h>

#include <future>
#include <optional>

#include "bench/support/broadcaster.hpp"
#include "bench/support/report.hpp"
#include "bench/support/scale.hpp"
#include "tests/unit/engine/engine_pair.hpp"

namespace swim::bench {
namespace {

using namespace std::chrono_literals;

// What one probe costs, ping and ack, both ends: encoded, sealed, opened, decoded, timers and all.
void bench_probe_cycle(benchmark::State& state) {
  Config config;
  config.sync_interval = 24h;  // a sync is no part of a probe
  test::EnginePair pair(config);
  pair.join();
  pair.keep_events(false);
  const auto probes = [&] {
    return pair.a().stats().probes_acked_direct + pair.b().stats().probes_acked_direct;
  };
  const std::uint64_t before = probes();
  for (auto _ : state) {
    pair.run_for(1s);
  }
  const auto count = static_cast<double>(probes() - before);
  if (count == 0) {
    state.SkipWithError("no probe was answered");
  }
  state.counters["seconds_per_probe"] =
      benchmark::Counter(count, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(bench_probe_cycle);

// Many probes of one node at once: all pings are out before the first ack is in.
void bench_concurrent_probes(benchmark::State& state) {
  const auto width = static_cast<std::size_t>(state.range(0));
  test::EnginePair pair;
  pair.join();
  std::uint64_t answered = 0;
  const auto probe_all = [&] {
    for (std::size_t i = 0; i < width; ++i) {
      static_cast<void>(pair.a().ping("b", pair.now()));
    }
    pair.settle();
    for (const Event& event : pair.events(0)) {
      const auto* done = std::get_if<OperationCompleted>(&event);
      answered += done != nullptr && !done->error ? 1 : 0;
    }
    pair.events(0).clear();
  };
  pair.events(0).clear();
  for (auto _ : state) {
    probe_all();
  }
  if (answered != static_cast<std::uint64_t>(state.iterations()) * width) {
    state.SkipWithError("a probe was not answered");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(answered));
}
BENCHMARK(bench_concurrent_probes)->Arg(1)->Arg(32);

// From one node to another and back over real sockets, as `swimctl ping` sees it. Microseconds.
void bench_ping_round_trip(benchmark::State& state) {
  LoopbackCluster cluster(2, "lan");
  std::vector<double> times;
  for (auto _ : state) {
    for (int i = 0; i < scaled(1'000, 100) && cluster.problem().empty(); ++i) {
      auto promise = std::make_shared<std::promise<Expected<Duration>>>();
      auto answer = promise->get_future();
      const auto posted = cluster.node(0).ping(
          "n1", [promise](Expected<Duration> result) { promise->set_value(std::move(result)); });
      if (!posted || answer.wait_for(10s) != std::future_status::ready) {
        state.SkipWithError("a ping was not answered");
        return;
      }
      if (const auto round_trip = answer.get()) {
        times.push_back(std::chrono::duration<double, std::micro>(*round_trip).count());
      }
    }
  }
  if (times.empty()) {
    state.SkipWithError(cluster.problem().c_str());
    return;
  }
  report_distribution(state, times);
}
BENCHMARK(bench_ping_round_trip)->Iterations(1);

// One node tells all, 64 bytes a message. A broadcast counts once all nodes have it.
void bench_broadcast_throughput(benchmark::State& state) {
  LoopbackCluster cluster(static_cast<std::size_t>(state.range(0)), "lan");
  if (!cluster.problem().empty()) {
    state.SkipWithError(cluster.problem().c_str());
    return;
  }
  BroadcastRun run;
  for (auto _ : state) {
    run = Broadcaster(cluster).run({.messages = scaled<std::uint64_t>(20'000, 1'000)});
    state.SetIterationTime(run.seconds);
  }
  if (run.seconds <= 0 || run.by_all == 0) {
    state.SkipWithError("nothing was delivered");
    return;
  }
  state.counters["broadcasts_per_second"] = static_cast<double>(run.by_all) / run.seconds;
  state.counters["deliveries_per_second"] = static_cast<double>(run.deliveries) / run.seconds;
  state.counters["delivered_percent"] =
      100.0 * static_cast<double>(run.deliveries) /
      static_cast<double>(std::max<std::uint64_t>(1, run.sent) * cluster.size());
  state.counters["refused"] = static_cast<double>(run.refused);
}
BENCHMARK(bench_broadcast_throughput)->Arg(3)->Arg(10)->Iterations(1)->UseManualTime();

// One message in silence: from the submit until all nodes have it. Milliseconds.
void bench_broadcast_latency(benchmark::State& state) {
  LoopbackCluster cluster(static_cast<std::size_t>(state.range(0)), "lan");
  std::vector<double> times;
  std::uint64_t incomplete = 0;
  for (auto _ : state) {
    for (int i = 0; i < scaled(40, 10) && cluster.problem().empty(); ++i) {
      std::this_thread::sleep_for(250ms);  // the last one is told by then
      const BroadcastRun run = Broadcaster(cluster).run({.messages = 1});
      incomplete += run.by_all == 0 ? 1 : 0;
      if (run.by_all > 0) {
        times.push_back(1e3 * run.seconds);
      }
    }
  }
  if (times.empty()) {
    state.SkipWithError(cluster.problem().empty() ? "nothing was delivered"
                                                  : cluster.problem().c_str());
    return;
  }
  report_distribution(state, times);
  state.counters["incomplete"] = static_cast<double>(incomplete);
}
BENCHMARK(bench_broadcast_latency)->Arg(3)->Arg(10)->Iterations(1);

}  // namespace
}  // namespace swim::bench
