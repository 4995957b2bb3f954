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
  for (const auto source : {LogEpisodes::Source::strangers, LogEpisodes::Source::members}) {
    LogEpisodes episodes;
    std::size_t told = 0;
    for (int i = 0; i < 10'000; ++i) {
      told += episodes.tell("stranger " + std::to_string(i), at(0), source) ? 1U : 0U;
    }
    EXPECT_EQ(told, LogEpisodes::keys_max);
    EXPECT_TRUE(episodes.tell("later", at(120), source));
  }
}

TEST(LogEpisodes, StrangersCannotKeepTheOthersFromBeingTold) {
  LogEpisodes episodes;
  for (std::size_t i = 0; i < LogEpisodes::keys_max; ++i) {
    EXPECT_TRUE(episodes.tell("auth " + std::to_string(i), at(0), LogEpisodes::Source::strangers));
  }
  EXPECT_FALSE(episodes.tell("auth of one more", at(0), LogEpisodes::Source::strangers));
  EXPECT_EQ(episodes.tell("conflict a", at(0)), 0U);
}

}  // namespace
}  // namespace swim::runtime
