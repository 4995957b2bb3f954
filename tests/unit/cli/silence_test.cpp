#include "cli/silence.hpp"

#include <gtest/gtest.h>

#include <future>

namespace swim::cli {
namespace {

using namespace std::chrono_literals;

TEST(CliSilence, CancelsWhenNothingComes) {
  std::promise<void> cancelled;
  Silence silence([&cancelled] { cancelled.set_value(); });
  silence.expect(1ms);
  cancelled.get_future().wait();
  EXPECT_TRUE(silence.cancelled());
}

TEST(CliSilence, LessPatienceCountsAtOnce) {
  std::promise<void> cancelled;
  Silence silence([&cancelled] { cancelled.set_value(); });
  silence.expect(1h);
  silence.expect(1ms);
  cancelled.get_future().wait();
}

TEST(CliSilence, WhatCameInTimeIsNoSilence) {
  std::promise<void> reference;
  Silence other([&reference] { reference.set_value(); });
  int cancelled = 0;
  {
    Silence silence([&cancelled] { ++cancelled; });
    silence.expect(1s);
    silence.rest();
    other.expect(1200ms);  // by then the first would have cancelled
    reference.get_future().wait();
    EXPECT_FALSE(silence.cancelled());
    silence.expect(1h);
  }
  EXPECT_EQ(cancelled, 0);
}

}  // namespace
}  // namespace swim::cli
