#include "bench/protocol/runner.hpp"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace swim::bench {

namespace {

// Of this thread alone, so that it does not depend on what else the machine does.
double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

std::vector<Result> run(const Experiment& experiment, std::size_t jobs,
                        const std::function<void(const Progress&)>& progress) {
  struct Job {
    std::size_t setup;
    std::uint64_t seed;
  };
  std::vector<Job> all;
  for (std::size_t setup = 0; setup < experiment.setups.size(); ++setup) {
    for (std::uint64_t seed = 1; seed <= experiment.setups[setup].seeds; ++seed) {
      all.push_back({setup, seed});
    }
  }
  // The large ones come last, one after the other.
  const auto large = std::stable_partition(
      all.begin(), all.end(), [&](const Job& job) { return !experiment.setups[job.setup].large; });
  const auto parallel = static_cast<std::size_t>(large - all.begin());
  std::vector<Measured> measured(all.size());
  std::vector<double> took(all.size());
  std::atomic<std::size_t> next{0};
  std::mutex reporting;
  std::size_t done = 0;
  const auto work = [&](std::size_t end) {
    for (std::size_t at = next++; at < end; at = next++) {
      const double began = cpu_seconds();
      measured[at] = experiment.setups[all[at].setup].run(all[at].seed);
      took[at] = cpu_seconds() - began;
      const std::lock_guard lock(reporting);
      progress({++done, all.size()});
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(std::max<std::size_t>(jobs, 1), parallel); ++i) {
      workers.emplace_back(work, parallel);
    }
  }
  next = parallel;
  work(all.size());
  std::vector<Result> results;
  for (const Setup& setup : experiment.setups) {
    results.push_back({setup.cell, setup.configuration, {}, 0});
  }
  for (std::size_t at = 0; at < all.size(); ++at) {
    results[all[at].setup].measured += measured[at];
    results[all[at].setup].cpu_seconds += took[at];
  }
  return results;
}

}  // namespace swim::bench
