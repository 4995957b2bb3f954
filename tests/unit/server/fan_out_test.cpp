#include "server/fan_out.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "core/runtime/clock.hpp"
#include "server/stream_gate.hpp"

namespace swim::server {
namespace {

constexpr std::chrono::seconds patience{30};

bool wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// Everything posted before has been done.
void settle(FanOut& fan_out) {
  std::promise<void> done;
  fan_out.post([&done] { done.set_value(); });
  ASSERT_EQ(done.get_future().wait_for(patience), std::future_status::ready);
}

struct Counter : Listener {
  TimePoint wake(TimePoint now) override {
    ++wakes;
    return again ? now + *again : TimePoint::max();
  }
  void end() override { ended = true; }
  std::atomic<int> wakes{};
  std::atomic<bool> ended{};
  std::optional<Duration> again;
};

TEST(FanOut, runs_tasks_in_order_on_its_own_thread) {
  FanOut fan_out;
  std::vector<int> order;
  std::thread::id thread;
  for (int i = 0; i < 100; ++i) {
    fan_out.post([&, i] {
      order.push_back(i);
      thread = std::this_thread::get_id();
    });
  }
  settle(fan_out);
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(FanOut, wakes_a_listener_when_it_comes_and_at_each_notice_of_its_channel) {
  FanOut fan_out;
  const auto members = std::make_shared<Counter>();
  const auto messages = std::make_shared<Counter>();
  fan_out.add(Channel::members, members);
  fan_out.add(Channel::messages, messages);
  ASSERT_TRUE(wait_until([&] { return members->wakes == 1 && messages->wakes == 1; }));
  fan_out.notify(Channel::members);
  ASSERT_TRUE(wait_until([&] { return members->wakes == 2; }));
  EXPECT_EQ(messages->wakes, 1);
}

TEST(FanOut, wakes_a_listener_at_the_time_that_it_asked_for) {
  FanOut fan_out;
  const auto listener = std::make_shared<Counter>();
  listener->again = std::chrono::milliseconds(1);
  fan_out.add(Channel::members, listener);
  EXPECT_TRUE(wait_until([&] { return listener->wakes >= 5; }));
}

struct Interest : Audience {
  bool news() override {
    ++asked;
    return interested;
  }
  std::atomic<int> asked{};
  std::atomic<bool> interested{};
};

TEST(FanOut, asks_an_audience_once_for_all_who_share_it_and_wakes_none_without_news) {
  FanOut fan_out;
  const auto idle = std::make_shared<Interest>();
  std::vector<std::shared_ptr<Counter>> sleepers;
  for (int i = 0; i < 255; ++i) {
    sleepers.push_back(std::make_shared<Counter>());
    fan_out.add(Channel::members, sleepers.back(), idle);
  }
  const auto woken = [&] {
    return std::accumulate(sleepers.begin(), sleepers.end(), 0,
                           [](int sum, const auto& each) { return sum + each->wakes; });
  };
  ASSERT_TRUE(wait_until([&] { return woken() == 255; }));
  const auto reader = std::make_shared<Counter>();
  fan_out.add(Channel::members, reader);
  ASSERT_TRUE(wait_until([&] { return reader->wakes == 1; }));
  for (int notice = 0; notice < 10; ++notice) {
    fan_out.notify(Channel::members);
    ASSERT_TRUE(wait_until([&] { return reader->wakes == notice + 2; }));
  }
  EXPECT_EQ(idle->asked, 10);
  EXPECT_EQ(woken(), 255);
  idle->interested = true;
  fan_out.notify(Channel::members);
  EXPECT_TRUE(wait_until([&] { return woken() == 510; }));
}

TEST(FanOut, who_waits_for_a_time_is_woken_alone) {
  FanOut fan_out;
  const auto still = std::make_shared<Counter>();
  const auto busy = std::make_shared<Counter>();
  busy->again = std::chrono::milliseconds(1);
  fan_out.add(Channel::members, still);
  fan_out.add(Channel::members, busy);
  EXPECT_TRUE(wait_until([&] { return busy->wakes >= 5; }));
  EXPECT_EQ(still->wakes, 1);
}

TEST(FanOut, who_is_paused_is_left_alone_until_it_is_resumed) {
  FanOut fan_out;
  const auto audience = std::make_shared<Interest>();
  audience->interested = true;
  const auto paused = std::make_shared<Counter>();
  paused->again = std::chrono::milliseconds(1);
  const auto other = std::make_shared<Counter>();
  fan_out.add(Channel::members, paused, audience);
  ASSERT_TRUE(wait_until([&] { return paused->wakes > 1; }));
  std::atomic<int> seen{};
  fan_out.post([&] {  // on its thread, so that no call is under way
    fan_out.pause(Channel::members, paused.get());
    seen = paused->wakes.load();
  });
  fan_out.add(Channel::members, other);
  for (int notice = 0; notice < 5; ++notice) {
    const int before = other->wakes;
    fan_out.notify(Channel::members);
    ASSERT_TRUE(wait_until([&] { return other->wakes > before; }));
  }
  EXPECT_EQ(paused->wakes, seen);
  EXPECT_GT(audience->asked, 0) << "it lets go of what the log lost, though all are paused";
  fan_out.resume(Channel::members, paused.get(), runtime::steady_now());
  EXPECT_TRUE(wait_until([&] { return paused->wakes > seen + 1; }));
}

// Writes as a stream does: one at a time, each done by another thread at some time.
class Writer : public Listener {
 public:
  Writer(FanOut& fan_out, const std::atomic<int>& newest) : fan_out_(fan_out), newest_(newest) {}

  TimePoint wake(TimePoint /*now*/) override {
    const std::lock_guard lock(mutex_);
    if (!writing_) {
      start();
    } else if (!std::exchange(paused_, true)) {
      fan_out_.pause(Channel::members, this);
    }
    return TimePoint::max();
  }
  void end() override {}
  void write_done() {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (std::exchange(paused_, false)) {
      fan_out_.resume(Channel::members, this, TimePoint::max());
      start();
    }
  }
  bool has(int number) const {
    const std::lock_guard lock(mutex_);
    return written_ == number;
  }

 private:
  void start() {
    writing_ = written_ != newest_;
    written_ = newest_;
  }

  FanOut& fan_out_;
  const std::atomic<int>& newest_;
  mutable std::mutex mutex_;
  int written_{};
  bool writing_{};
  bool paused_{};
};

TEST(FanOut, no_news_is_lost_on_those_who_are_paused_and_resumed_all_the_time) {
  FanOut fan_out;
  std::atomic<int> newest{};
  std::atomic<bool> done{};
  std::vector<std::shared_ptr<Writer>> writers;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(std::make_shared<Writer>(fan_out, newest));
    fan_out.add(Channel::members, writers.back());
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (auto i = static_cast<std::size_t>(t); !done; i += 3) {
        writers[i % writers.size()]->write_done();
        std::this_thread::sleep_for(std::chrono::microseconds(500));  // so that it is paused
      }
    });
  }
  const auto up_to_date = [&] {
    return std::ranges::all_of(writers, [&](const auto& one) { return one->has(newest); });
  };
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 40; ++i) {
      ++newest;
      fan_out.notify(Channel::members);
    }
    EXPECT_TRUE(wait_until(up_to_date));
  }
  done = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(FanOut, an_audience_goes_with_its_last_listener) {
  FanOut fan_out;
  auto audience = std::make_shared<Interest>();
  const auto one = std::make_shared<Counter>();
  const auto two = std::make_shared<Counter>();
  fan_out.add(Channel::members, one, audience);
  fan_out.add(Channel::members, two, audience);
  ASSERT_TRUE(wait_until([&] { return one->wakes == 1 && two->wakes == 1; }));
  fan_out.remove(Channel::members, one.get());
  fan_out.remove(Channel::members, two.get());
  EXPECT_TRUE(wait_until([&] { return audience.use_count() == 1; }));
}

TEST(FanOut, a_removed_listener_is_left_alone_and_let_go) {
  FanOut fan_out;
  auto listener = std::make_shared<Counter>();
  fan_out.add(Channel::members, listener);
  ASSERT_TRUE(wait_until([&] { return listener->wakes == 1; }));
  fan_out.remove(Channel::members, listener.get());
  fan_out.notify(Channel::members);
  settle(fan_out);
  settle(fan_out);
  EXPECT_EQ(listener->wakes, 1);
  EXPECT_EQ(fan_out.listeners(), 0U);
  EXPECT_TRUE(wait_until([&] { return listener.use_count() == 1; }));
}

TEST(FanOut, ends_all_listeners_and_those_that_come_later) {
  FanOut fan_out;
  const auto early = std::make_shared<Counter>();
  fan_out.add(Channel::members, early);
  fan_out.end_listeners();
  EXPECT_TRUE(early->ended);
  const auto late = std::make_shared<Counter>();
  fan_out.add(Channel::messages, late);
  EXPECT_TRUE(late->ended);
}

TEST(FanOut, timers_run_by_time) {
  FanOut fan_out;
  std::vector<int> order;
  const TimePoint now = runtime::steady_now();
  std::promise<void> done;
  fan_out.at(now + std::chrono::milliseconds(20), [&] {
    order.push_back(2);
    done.set_value();
  });
  fan_out.at(now + std::chrono::milliseconds(5), [&] { order.push_back(1); });
  ASSERT_EQ(done.get_future().wait_for(patience), std::future_status::ready);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(FanOut, stopping_runs_what_was_posted_and_drops_what_was_for_later) {
  std::atomic<int> ran{};
  {
    FanOut fan_out;
    fan_out.at(runtime::steady_now() + std::chrono::hours(1), [&] { ran += 100; });
    fan_out.post([&] { ++ran; });
    fan_out.stop();
    fan_out.post([&] { ran += 10; });
  }
  EXPECT_EQ(ran, 1);
}

TEST(StreamGate, has_so_many_places_and_takes_them_back) {
  FanOut fan_out;
  StreamGate gate(2, fan_out, [](bool) { return Expected<void>(); });
  auto one = gate.enter(Channel::members);
  auto two = gate.enter(Channel::messages);
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(gate.enter(Channel::members));
  EXPECT_EQ(gate.open(Channel::members), 1U);
  one.reset();
  EXPECT_EQ(gate.open(Channel::members), 0U);
  EXPECT_TRUE(gate.enter(Channel::messages));
}

TEST(StreamGate, tells_the_engine_of_the_first_and_the_last_subscriber) {
  FanOut fan_out;
  std::vector<bool> told;
  StreamGate gate(10, fan_out, [&](bool accepts) {
    told.push_back(accepts);
    return Expected<void>();
  });
  auto watcher = gate.enter(Channel::members);
  auto one = gate.enter(Channel::messages);
  auto two = gate.enter(Channel::messages);
  one.reset();
  EXPECT_EQ(told, std::vector<bool>{true});
  two.reset();
  EXPECT_EQ(told, (std::vector<bool>{true, false}));
}

TEST(StreamGate, tells_again_where_the_engine_was_too_busy) {
  FanOut fan_out;
  std::atomic<int> attempts{};
  StreamGate gate(10, fan_out, [&](bool) -> Expected<void> {
    return ++attempts < 3 ? Expected<void>(fail(Errc::queue_full)) : Expected<void>();
  });
  EXPECT_TRUE(gate.engine_told()) << "that nobody takes messages, as at first";
  std::promise<void> go_on;
  fan_out.post([&go_on] { go_on.get_future().wait(); });
  auto one = gate.enter(Channel::messages);
  EXPECT_FALSE(gate.engine_told()) << "whoever subscribes now might be told before the engine is";
  go_on.set_value();
  EXPECT_TRUE(wait_until([&] { return gate.engine_told(); }));
  fan_out.stop();
  EXPECT_EQ(attempts, 3);
}

}  // namespace
}  // namespace swim::server
