// How a benchmark tells what run.py prints: counters by name.
//
// `allocations` is a call's, of the measuring thread alone. Where a benchmark measures something
// else than its own time, it sets counters; rows.py says which one is the value of a row.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "tests/support/alloc_counter.hpp"

namespace swim::bench {

// Allocations of one call of `work`, the mean of many, as a counter. Before the timed loop, because
// google-benchmark allocates itself when that one begins; it warms caches up as well.
template <class Work>
void count_allocations(benchmark::State& state, int calls, Work&& work) {
  work();
  const test::AllocationCount allocations;
  for (int i = 0; i < calls; ++i) {
    work();
  }
  const auto count = static_cast<double>(allocations.count());
  state.counters["allocations"] = count / calls;
}

// Times `work`, and counts what it allocates.
template <class Work>
void measure(benchmark::State& state, Work&& work) {
  count_allocations(state, 1'000, work);
  for (auto _ : state) {
    work();
  }
}

// Of a non-empty sample, by rank (nearest); `share` from 0 to 1. Sorts the sample.
inline double percentile(std::vector<double>& sample, double share) {
  std::ranges::sort(sample);
  const auto last = static_cast<double>(sample.size() - 1);
  return sample[static_cast<std::size_t>(share * last + 0.5)];
}

// p50, p99 and the largest of what was measured, as counters.
inline void report_distribution(benchmark::State& state, std::vector<double>& sample) {
  if (sample.empty()) {
    return;
  }
  state.counters["p50"] = percentile(sample, 0.50);
  state.counters["p99"] = percentile(sample, 0.99);
  state.counters["max"] = sample.back();
  state.counters["samples"] = static_cast<double>(sample.size());
}

}  // namespace swim::bench
