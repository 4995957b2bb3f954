#include "server/fan_out.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

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
  auto one = gate.enter(Channel::messages);
  EXPECT_TRUE(wait_until([&] { return attempts == 3; }));
  fan_out.stop();
  EXPECT_EQ(attempts, 3);
}

}  // namespace
}  // namespace swim::server
