#include "server/fan_out.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "core/runtime/clock.hpp"

namespace swim::server {
namespace {

// From one round of a lane to the next, while there is something new all the time: at least so
// long, and twice what a round takes, up to a bound.
constexpr Duration rest_min = std::chrono::milliseconds(2);
constexpr Duration rest_max = std::chrono::milliseconds(20);

}  // namespace

FanOut::FanOut() : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "swim-fan-out");
}

FanOut::~FanOut() {
  stop();
}

void FanOut::notify(Channel channel) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[static_cast<std::size_t>(channel)];
  if (!lane.dirty && !lane.listeners.empty()) {
    lane.dirty = true;
    if (!lane.resting) {
      changed_.notify_one();  // else it wakes up by itself
    }
  }
}

void FanOut::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (!stop_) {
    tasks_.push_back(std::move(task));
    changed_.notify_one();
  }
}

void FanOut::at(TimePoint time, std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (!stop_) {
    timers_.emplace(time, std::move(task));
    changed_.notify_one();
  }
}

void FanOut::add(Channel channel, const std::shared_ptr<Listener>& listener) {
  bool ending = false;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[static_cast<std::size_t>(channel)];
    lane.listeners.emplace(listener.get(), listener);
    lane.dirty = true;
    ending = ending_;
    changed_.notify_one();
  }
  if (ending) {
    listener->end();
  }
}

void FanOut::remove(Channel channel, const Listener* listener) {
  std::shared_ptr<Listener> last;  // may die here, outside the lock
  const std::lock_guard lock(mutex_);
  auto& listeners = lanes_[static_cast<std::size_t>(channel)].listeners;
  if (const auto found = listeners.find(listener); found != listeners.end()) {
    last = std::move(found->second);
    listeners.erase(found);
  }
}

void FanOut::end_listeners() {
  std::vector<std::shared_ptr<Listener>> all;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const Lane& lane : lanes_) {
      for (const auto& [key, listener] : lane.listeners) {
        all.push_back(listener);
      }
    }
  }
  for (const auto& listener : all) {
    listener->end();
  }
}

std::size_t FanOut::listeners() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const Lane& lane : lanes_) {
    count += lane.listeners.size();
  }
  return count;
}

void FanOut::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

TimePoint FanOut::next_due() const {
  TimePoint due = timers_.empty() ? TimePoint::max() : timers_.begin()->first;
  for (const Lane& lane : lanes_) {
    due = std::min(due, lane.next());
  }
  return tasks_.empty() && !stop_ ? due : TimePoint::min();
}

void FanOut::take_due_timers(TimePoint now, Tasks& tasks) {
  const auto end = timers_.upper_bound(now);
  for (auto timer = timers_.begin(); timer != end; ++timer) {
    tasks.push_back(std::move(timer->second));
  }
  timers_.erase(timers_.begin(), end);
}

void FanOut::wake_lane(std::unique_lock<std::mutex>& lock, Lane& lane) {
  const TimePoint start = runtime::steady_now();
  const bool news = std::exchange(lane.dirty, false);
  lane.due = TimePoint::max();
  std::vector<std::shared_ptr<Listener>> listeners;
  listeners.reserve(lane.listeners.size());
  for (const auto& [key, listener] : lane.listeners) {
    listeners.push_back(listener);
  }
  lock.unlock();
  TimePoint due = TimePoint::max();
  for (const auto& listener : listeners) {
    due = std::min(due, listener->wake(runtime::steady_now()));
  }
  listeners.clear();
  lock.lock();
  lane.due = std::min(lane.due, due);
  lane.resting = news;
  lane.rest_until = start + std::clamp(2 * (runtime::steady_now() - start), rest_min, rest_max);
}

void FanOut::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const TimePoint due = next_due();
    TimePoint now = runtime::steady_now();
    if (due > now) {
      if (due == TimePoint::max()) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, runtime::to_steady_clock(due));
      }
      continue;
    }
    Tasks tasks = std::exchange(tasks_, {});
    take_due_timers(now, tasks);
    const bool last_round = stop_;
    lock.unlock();
    for (const auto& task : tasks) {
      task();
    }
    tasks.clear();
    lock.lock();
    if (last_round) {
      return;
    }
    now = runtime::steady_now();
    for (Lane& lane : lanes_) {
      if (lane.next() > now) {
        continue;
      }
      lane.resting = false;
      if (lane.next() <= now) {
        wake_lane(lock, lane);
      }
    }
  }
}

}  // namespace swim::server
