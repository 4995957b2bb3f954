#include "core/runtime/log_episodes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace swim::runtime {
namespace {

TimePoint at(int seconds) {
  return TimePoint(std::chrono::seconds(1000 + seconds));
}

TEST(LogEpisodes, TellsOnceAMinuteAndHowOftenItWasKeptBack) {
  LogEpisodes episodes;
  EXPECT_EQ(episodes.tell("a", at(0)), 0U);
  EXPECT_FALSE(episodes.tell("a", at(1)));
  EXPECT_FALSE(episodes.tell("a", at(59)));
  EXPECT_EQ(episodes.tell("b", at(59)), 0U);
  EXPECT_EQ(episodes.tell("a", at(60)), 2U);
  EXPECT_FALSE(episodes.tell("a", at(61)));
}

TEST(LogEpisodes, StrangersThatChangeTheirNameCannotMakeItGrow) {
  LogEpisodes episodes;
  std::size_t told = 0;
  for (int i = 0; i < 10'000; ++i) {
    told += episodes.tell("stranger " + std::to_string(i), at(0)) ? 1U : 0U;
  }
  EXPECT_EQ(told, LogEpisodes::keys_max);
  EXPECT_TRUE(episodes.tell("later", at(120)));
}

}  // namespace
}  // namespace swim::runtime
