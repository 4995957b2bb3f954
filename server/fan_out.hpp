// One small thread between the engine and gRPC: it wakes the streams when there is something new,
// delivers the answers to commands, and keeps their timers. The engine thread only leaves a note
// here; it never waits for a client, and never calls gRPC.
//
// What is new while nothing was for a while is passed on at once. After that the listeners rest for
// a moment, so that under load they take many things in one go: a write costs more than what is in
// it.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/time.hpp"

namespace swim::server {

// What a stream waits for; producers wait for nothing but its end.
enum class Channel : std::uint8_t { members, messages, producers };
inline constexpr std::size_t channels = 3;

// Somebody who reads a log at its own pace.
class Listener {
 public:
  virtual ~Listener() = default;
  // On the fan-out thread: there may be something new, or the time that the last call asked for has
  // come. Must not block. Returns when it wants to be called at the latest.
  virtual TimePoint wake(TimePoint now) = 0;
  // Any thread: the node shuts down; send what is there, then end.
  virtual void end() = 0;
};

class FanOut {
 public:
  FanOut();
  ~FanOut();  // stops
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  // Any thread; quick.
  void notify(Channel channel);
  // Runs `task` on this thread, in the order of the calls. It must not block.
  void post(std::function<void()> task);
  void at(TimePoint time, std::function<void()> task);

  // The listener is woken once, at once.
  void add(Channel channel, const std::shared_ptr<Listener>& listener);
  void remove(Channel channel, const Listener* listener);
  // Ends all listeners, and those that are added from here on.
  void end_listeners();
  std::size_t listeners() const;

  // Runs what was posted, drops what was for later, and ends the thread. Nothing is accepted after.
  void stop();

 private:
  struct Lane {
    std::unordered_map<const Listener*, std::shared_ptr<Listener>> listeners;
    bool dirty{};
    TimePoint due{TimePoint::max()};
    bool resting{};
    TimePoint rest_until{};

    TimePoint next() const { return resting ? rest_until : dirty ? TimePoint::min() : due; }
  };
  using Tasks = std::vector<std::function<void()>>;

  void run();
  TimePoint next_due() const;
  void take_due_timers(TimePoint now, Tasks& tasks);
  void wake_lane(std::unique_lock<std::mutex>& lock, Lane& lane);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Lane, channels> lanes_;
  Tasks tasks_;
  std::multimap<TimePoint, std::function<void()>> timers_;
  bool ending_{};
  bool stop_{};
  std::thread thread_;
};

// A completion for the runtime that hands its result to the fan-out thread.
template <class T>
std::function<void(Expected<T>)> deliver(FanOut& fan_out, std::function<void(Expected<T>)> done) {
  return [&fan_out, done = std::move(done)](Expected<T> result) {
    fan_out.post([done, result = std::move(result)] { done(result); });
  };
}

}  // namespace swim::server
