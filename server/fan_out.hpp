// One small thread between the engine and gRPC: it wakes the streams when there is something new,
// delivers the answers to commands, and keeps their timers. The engine thread only leaves a note
// here; it never waits for a client, and never calls gRPC.
//
// What is new while nothing was for a while is passed on at once. After that the listeners rest for
// a moment, so that under load they take many things in one go: a write costs more than what is in
// it. Listeners with the same interest share an audience, which is asked once whether there is
// something for them; those who want none of it are not woken, and cost nothing.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
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

// What some listeners have in common: which of the news are for them.
class Audience {
 public:
  virtual ~Audience() = default;
  // On the fan-out thread: whether something came for them since the last call. Must not block.
  virtual bool news() = 0;
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

  // The listener is woken once, at once, and then when its audience has news; without an audience
  // at each notice.
  void add(Channel channel, const std::shared_ptr<Listener>& listener,
           const std::shared_ptr<Audience>& audience = nullptr);
  void remove(Channel channel, const Listener* listener);
  // A listener that can take nothing for now is neither woken nor called at its time, until it is
  // resumed; what came meanwhile it must look for itself then. Both may be called with a lock held
  // that the listener's own methods take.
  void pause(Channel channel, const Listener* listener);
  void resume(Channel channel, const Listener* listener, TimePoint due);
  // Ends all listeners, and those that are added from here on.
  void end_listeners();
  std::size_t listeners() const;

  // Runs what was posted, drops what was for later, and ends the thread. Nothing is accepted after.
  void stop();

 private:
  using Listeners = std::vector<std::shared_ptr<Listener>>;
  struct Place {
    std::shared_ptr<Listener> listener;
    const Audience* audience{};       // key of its group
    TimePoint due{TimePoint::max()};  // as in Lane::dues; max: not there
  };
  // Each wait is a line of its own here, so that one who is due wakes nobody else.
  using Due = std::pair<TimePoint, const Listener*>;
  struct Group {
    std::shared_ptr<Audience> audience;
    std::size_t listeners{};
    std::unordered_set<const Listener*> awake;  // those who are not paused
  };
  struct Lane {
    std::unordered_map<const Listener*, Place> places;
    std::unordered_map<const Audience*, Group> groups;
    std::set<Due> dues;
    Listeners fresh;  // not woken yet
    bool dirty{};
    bool resting{};
    TimePoint rest_until{};

    TimePoint next() const;
  };
  using Tasks = std::vector<std::function<void()>>;

  void run();
  TimePoint next_due() const;
  void take_due_timers(TimePoint now, Tasks& tasks);
  void wake_lane(std::unique_lock<std::mutex>& lock, Lane& lane);
  static void take_due(Lane& lane, TimePoint now, Listeners& wanted);
  static void take_news(std::unique_lock<std::mutex>& lock, Lane& lane, Listeners& wanted);
  static void wait_until(Lane& lane, const Listener* listener, TimePoint due);

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
