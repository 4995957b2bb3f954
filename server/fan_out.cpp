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
  if (!lane.dirty && !lane.places.empty()) {
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

void FanOut::add(Channel channel, const std::shared_ptr<Listener>& listener,
                 const std::shared_ptr<Audience>& audience) {
  bool ending = false;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[static_cast<std::size_t>(channel)];
    lane.places.emplace(listener.get(), Place{.listener = listener, .audience = audience.get()});
    Group& group = lane.groups[audience.get()];
    group.audience = audience;
    group.awake.insert(listener.get());
    ++group.listeners;
    lane.fresh.push_back(listener);
    ending = ending_;
    changed_.notify_one();
  }
  if (ending) {
    listener->end();
  }
}

void FanOut::remove(Channel channel, const Listener* listener) {
  Place last;  // these may die here, outside the lock
  std::shared_ptr<Audience> audience;
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[static_cast<std::size_t>(channel)];
  const auto found = lane.places.find(listener);
  if (found == lane.places.end()) {
    return;
  }
  last = std::move(found->second);
  lane.places.erase(found);
  lane.dues.erase({last.due, listener});
  const auto group = lane.groups.find(last.audience);
  group->second.awake.erase(listener);
  if (--group->second.listeners == 0) {
    audience = std::move(group->second.audience);
    lane.groups.erase(group);
  }
}

void FanOut::pause(Channel channel, const Listener* listener) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[static_cast<std::size_t>(channel)];
  if (const auto found = lane.places.find(listener); found != lane.places.end()) {
    Place& place = found->second;
    lane.groups.at(place.audience).awake.erase(listener);
    lane.dues.erase({std::exchange(place.due, TimePoint::max()), listener});
  }
}

void FanOut::resume(Channel channel, const Listener* listener, TimePoint due) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[static_cast<std::size_t>(channel)];
  if (const auto found = lane.places.find(listener); found != lane.places.end()) {
    lane.groups.at(found->second.audience).awake.insert(listener);
    wait_until(lane, listener, due);
    changed_.notify_one();
  }
}

void FanOut::end_listeners() {
  Listeners all;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const Lane& lane : lanes_) {
      for (const auto& [key, place] : lane.places) {
        all.push_back(place.listener);
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
    count += lane.places.size();
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

TimePoint FanOut::Lane::next() const {
  if (resting) {
    return rest_until;
  }
  if (dirty || !fresh.empty()) {
    return TimePoint::min();
  }
  return dues.empty() ? TimePoint::max() : dues.begin()->first;
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

// Those whose time has come; each says anew when it wants to be called again.
void FanOut::take_due(Lane& lane, TimePoint now, Listeners& wanted) {
  while (!lane.dues.empty() && lane.dues.begin()->first <= now) {
    Place& place = lane.places.at(lane.dues.begin()->second);
    place.due = TimePoint::max();
    wanted.push_back(place.listener);
    lane.dues.erase(lane.dues.begin());
  }
}

// Each audience judges outside the lock, once for all of its listeners.
void FanOut::take_news(std::unique_lock<std::mutex>& lock, Lane& lane, Listeners& wanted) {
  std::vector<std::shared_ptr<Audience>> audiences;
  audiences.reserve(lane.groups.size());
  for (const auto& [key, group] : lane.groups) {
    audiences.push_back(group.audience);
  }
  lock.unlock();
  std::erase_if(audiences, [](const auto& each) { return each != nullptr && !each->news(); });
  lock.lock();
  for (const auto& audience : audiences) {
    const auto group = lane.groups.find(audience.get());
    if (group == lane.groups.end()) {
      continue;
    }
    for (const Listener* listener : group->second.awake) {
      wanted.push_back(lane.places.at(listener).listener);
    }
  }
}

// What a listener asked for before is kept where it is earlier: it is then woken for nothing, once,
// which costs less than to note each change of its mind.
void FanOut::wait_until(Lane& lane, const Listener* listener, TimePoint due) {
  const auto found = lane.places.find(listener);
  if (found == lane.places.end() || found->second.due <= due) {
    return;
  }
  lane.dues.erase({found->second.due, listener});
  found->second.due = due;
  lane.dues.insert({due, listener});
}

void FanOut::wake_lane(std::unique_lock<std::mutex>& lock, Lane& lane) {
  const TimePoint start = runtime::steady_now();
  Listeners wanted = std::exchange(lane.fresh, {});
  take_due(lane, start, wanted);
  const bool news = std::exchange(lane.dirty, false);
  if (news) {
    take_news(lock, lane, wanted);
  }
  lock.unlock();
  std::vector<std::pair<const Listener*, TimePoint>> again;
  again.reserve(wanted.size());
  for (const auto& listener : wanted) {
    again.emplace_back(listener.get(), listener->wake(runtime::steady_now()));
  }
  wanted.clear();
  lock.lock();
  for (const auto& [listener, due] : again) {
    wait_until(lane, listener, due);
  }
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
