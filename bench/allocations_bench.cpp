// What is allocated and what is reused (seed: bench_allocations). Counts, not times.
#include <benchmark/benchmark.h>

#include "bench/support/broadcaster.hpp"
#include "bench/support/report.hpp"
#include "bench/support/scale.hpp"
#include "tests/support/sealed_peer.hpp"
#include "tests/unit/engine/engine_pair.hpp"

namespace swim::bench {
namespace {

using test::SealedPeer;
using namespace std::chrono_literals;

// Of both ends of a steady probe: nothing else happens between the two.
void bench_probe_cycle_allocations(benchmark::State& state) {
  Config config;
  config.sync_interval = 24h;  // a sync is no part of a probe
  test::EnginePair pair(config);
  pair.join();
  pair.run_for(10s);  // whatever grows once has grown
  pair.keep_events(false);
  const auto probes = [&] {
    return pair.a().stats().probes_acked_direct + pair.b().stats().probes_acked_direct;
  };
  for (auto _ : state) {
    const std::uint64_t before = probes();
    const test::AllocationCount allocations;
    pair.run_for(50s);
    const auto allocated = static_cast<double>(allocations.count());
    const auto count = static_cast<double>(probes() - before);
    if (count < 900) {
      state.SkipWithError("the probes were not answered");
      break;
    }
    state.counters["allocations"] = allocated / count;
  }
}
BENCHMARK(bench_probe_cycle_allocations)->Iterations(1);

// How many receive buffers were there when they were wanted: three nodes on loopback, one of them
// broadcasting at full speed.
void bench_buffer_reuse_rate(benchmark::State& state) {
  LoopbackCluster cluster(3, "lan");
  if (!cluster.problem().empty()) {
    state.SkipWithError(cluster.problem().c_str());
    return;
  }
  for (auto _ : state) {
    Broadcaster(cluster).run({.messages = scaled<std::uint64_t>(5'000, 500)});
  }
  const auto buffers = [&](auto member) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      sum += (*cluster.node(i).view()).*member;
    }
    return static_cast<double>(sum);
  };
  // Views are published once a second.
  wait_until([&] { return buffers(&runtime::NodeView::buffer_hits) >= 1'000; }, 5s);
  const double hits = buffers(&runtime::NodeView::buffer_hits);
  const double misses = buffers(&runtime::NodeView::buffer_misses);
  if (hits == 0) {
    state.SkipWithError("no buffer was used");
    return;
  }
  state.counters["reuse_percent"] = 100.0 * hits / (hits + misses);
  state.counters["leases"] = hits + misses;
}
BENCHMARK(bench_buffer_reuse_rate)->Iterations(1);

enum class Kind : std::int64_t { ping, alive, suspect, user_msg, broadcast };

wire::Message message_of(Kind kind, const SealedPeer& peer, std::uint64_t number) {
  static const ByteVector payload(64, 7);
  switch (kind) {
    case Kind::ping:
      return peer.ping();
    case Kind::alive:
      return SealedPeer::alive();
    case Kind::suspect: {
      // Of a run that is already known by a greater claim: the usual late accusation.
      wire::Suspect suspect{
          .node = SealedPeer::name,
          .accuser = "other",
          .claim = {.incarnation = {SealedPeer::life - 1, SealedPeer::boot, 0}, .suspect = true},
          .accuser_boot = 5};
      return suspect;
    }
    case Kind::user_msg:
      return wire::UserMsg{.topic = "bench",
                           .payload = payload,
                           .origin = SealedPeer::name,
                           .origin_boot = SealedPeer::boot,
                           .target_boot = peer.engine_boot()};
    case Kind::broadcast:
      return wire::Broadcast{.origin = SealedPeer::name,
                             .origin_boot = SealedPeer::boot,
                             .sequence = number,
                             .topic = "bench",
                             .payload = payload};
  }
  return peer.ping();
}

// From the sealed datagram to the last answer and event that it caused.
void bench_message_handling_allocations(benchmark::State& state) {
  static constexpr std::array<const char*, 5> names{"ping", "alive", "suspect", "user_msg",
                                                    "broadcast"};
  constexpr std::int64_t batch = 256;
  const auto kind = static_cast<Kind>(state.range(0));
  SealedPeer peer;
  std::uint64_t number = 0;
  std::vector<ByteVector> datagrams(batch);
  const auto seal_all = [&] {
    for (ByteVector& datagram : datagrams) {
      datagram = peer.seal(message_of(kind, peer, ++number));
    }
  };
  const auto deliver_all = [&] {
    for (ByteVector& datagram : datagrams) {
      peer.deliver(datagram);
    }
  };
  seal_all();
  deliver_all();  // whatever grows once has grown
  seal_all();
  const test::AllocationCount allocations;
  deliver_all();
  const auto count = static_cast<double>(allocations.count());
  state.counters["allocations"] = count / static_cast<double>(batch);
  const std::uint64_t refused = peer.refused();
  while (state.KeepRunningBatch(batch)) {
    state.PauseTiming();
    seal_all();
    state.ResumeTiming();
    deliver_all();
  }
  if (peer.refused() != refused) {
    state.SkipWithError("an honest datagram was refused");
  }
  state.SetLabel(names[static_cast<std::size_t>(kind)]);
}
BENCHMARK(bench_message_handling_allocations)->DenseRange(0, 4);

}  // namespace
}  // namespace swim::bench
