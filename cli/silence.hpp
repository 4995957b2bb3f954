// Notices that a stream stays silent. A daemon that stands still and a forwarder whose far side is
// gone break no connection: only that nothing comes shows them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "cli/text/duration.hpp"

namespace swim::cli {

class Silence {
 public:
  using Clock = std::chrono::steady_clock;

  // `cancel` is called once, by a thread of this, when something was expected and did not come. It
  // must not block, nor call this.
  explicit Silence(std::function<void()> cancel)
      : cancel_(std::move(cancel)), thread_([this] { run(); }) {}
  ~Silence() {
    {
      const std::scoped_lock lock(mutex_);
      over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  // From now on something must come within `patience`, until rest().
  void expect(Nanoseconds patience) {
    const std::scoped_lock lock(mutex_);
    patience_ = patience;
    deadline_ = Clock::now() + patience;
    if (deadline_ < wakes_at_) {
      changed_.notify_one();
    }
  }
  // Something came, or nothing is waited for.
  void rest() {
    const std::scoped_lock lock(mutex_);
    deadline_ = Clock::time_point::max();
  }
  bool cancelled() const {
    const std::scoped_lock lock(mutex_);
    return cancelled_;
  }

 private:
  // Who wakes so much too late stood still itself: then what came meanwhile is not read yet.
  static constexpr std::chrono::seconds own_pause{1};

  void run() {
    std::unique_lock lock(mutex_);
    while (!over_ && !cancelled_) {
      wakes_at_ = deadline_;
      if (wakes_at_ == Clock::time_point::max()) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, wakes_at_);
      }
      const auto late = Clock::now() - deadline_;
      if (over_ || late < Nanoseconds(0)) {
        continue;
      }
      if (late > own_pause) {
        deadline_ = Clock::now() + patience_;
        continue;
      }
      cancelled_ = true;
      cancel_();
    }
  }

  const std::function<void()> cancel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Nanoseconds patience_{};
  Clock::time_point deadline_{Clock::time_point::max()};
  Clock::time_point wakes_at_{Clock::time_point::max()};
  bool over_{};
  bool cancelled_{};
  std::thread thread_;
};

}  // namespace swim::cli
