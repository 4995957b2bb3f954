#include "cli/simulate/runner.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace swim::cli {
namespace {

constexpr auto report_interval = std::chrono::milliseconds(200);

class Runner {
 public:
  Runner(const SimulateJob& job, std::uint32_t threads)
      : job_(job), results_(job.runs), thousandths_(job.runs), threads_(threads) {}

  std::vector<sim::TrialResult> run(const std::function<void(const SimulationProgress&)>& report) {
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < threads_; ++i) {
      threads.emplace_back([this] { work(); });
    }
    {
      std::unique_lock lock(mutex_);
      while (!finished_.wait_for(lock, report_interval, [this] { return done_ == job_.runs; })) {
        report(progress());
      }
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    if (broken_) {
      std::rethrow_exception(broken_);
    }
    return std::move(results_);
  }

 private:
  void work() {
    for (std::uint32_t run = next_++; run < job_.runs; run = next_++) {
      std::exception_ptr broken;
      try {
        results_[run] =
            sim::run_trial(job_.plan, job_.first_seed + run, [&, run](std::uint32_t part) {
              thousandths_[run].store(part, std::memory_order_relaxed);
              return true;
            });
      } catch (...) {
        broken = std::current_exception();  // out of memory, say: told by the calling thread
      }
      const std::scoped_lock lock(mutex_);
      thousandths_[run].store(1000, std::memory_order_relaxed);
      broken_ = broken_ ? broken_ : broken;
      ++done_;
      finished_.notify_one();
    }
  }

  SimulationProgress progress() const {
    std::uint64_t sum = 0;
    for (const auto& part : thousandths_) {
      sum += part.load(std::memory_order_relaxed);
    }
    return {static_cast<std::uint32_t>(sum / thousandths_.size()), done_};
  }

  const SimulateJob& job_;
  std::vector<sim::TrialResult> results_;  // each written by the thread that runs it
  std::vector<std::atomic<std::uint32_t>> thousandths_;
  std::uint32_t threads_;
  std::atomic<std::uint32_t> next_{};
  std::mutex mutex_;
  std::condition_variable finished_;
  std::uint32_t done_{};       // under mutex_
  std::exception_ptr broken_;  // under mutex_
};

}  // namespace

std::vector<sim::TrialResult> run_simulation(
    const SimulateJob& job, std::uint32_t threads,
    const std::function<void(const SimulationProgress&)>& report) {
  return Runner(job, threads).run(report);
}

}  // namespace swim::cli
