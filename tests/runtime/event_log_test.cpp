#include "core/runtime/event_log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "core/runtime/published.hpp"

namespace swim::runtime {
namespace {

TEST(EventLog, PositionsStartAtOneAndGrowByOne) {
  EventLog<int> log(4);
  EXPECT_EQ(log.last(), 0U);
  EXPECT_EQ(log.append(10), 1U);
  EXPECT_EQ(log.append(20), 2U);
  const auto read = log.read_after(0, 10);
  ASSERT_EQ(read.entries.size(), 2U);
  EXPECT_EQ(read.entries[0]->position, 1U);
  EXPECT_EQ(read.entries[0]->value, 10);
  EXPECT_EQ(read.entries[1]->position, 2U);
  EXPECT_EQ(read.entries[1]->value, 20);
  EXPECT_FALSE(read.overrun);
  EXPECT_EQ(read.last, 2U);
}

TEST(EventLog, ReadsInPiecesAndIsEmptyAtTheEnd) {
  EventLog<int> log(8);
  for (int i = 0; i < 5; ++i) {
    log.append(i);
  }
  EXPECT_EQ(log.read_after(0, 2).entries.size(), 2U);
  EXPECT_EQ(log.read_after(4, 2).entries.size(), 1U);
  const auto end = log.read_after(5, 2);
  EXPECT_TRUE(end.entries.empty());
  EXPECT_FALSE(end.overrun);
}

TEST(EventLog, ASlowReaderIsToldThatItWasOvertaken) {
  EventLog<int> log(3);
  for (int i = 0; i < 5; ++i) {
    log.append(i);
  }
  EXPECT_TRUE(log.read_after(1, 10).overrun);
  const auto read = log.read_after(2, 10);
  EXPECT_FALSE(read.overrun);
  EXPECT_EQ(read.first, 3U);
  EXPECT_EQ(read.entries.size(), 3U);
}

TEST(EventLog, ACursorFromTheFutureIsNoCursorOfThisLog) {
  EventLog<int> log(3);
  log.append(1);
  EXPECT_TRUE(log.read_after(2, 10).overrun);
}

TEST(EventLog, TheBoundInBytesLetsTheOldestGoButKeepsTheNewest) {
  EventLog<std::string> log(100, 10, [](const std::string& text) { return text.size(); });
  log.append("aaaa");
  log.append("bbbb");
  log.append("cccc");
  EXPECT_EQ(log.read_after(1, 10).entries.size(), 2U);
  log.append(std::string(50, 'd'));
  EXPECT_EQ(log.read_after(3, 10).entries.size(), 1U);
  EXPECT_TRUE(log.read_after(2, 10).overrun);
}

TEST(EventLog, TheListenerIsCalledOutsideTheLock) {
  EventLog<int> log(3);
  std::uint64_t seen = 0;
  log.on_append([&] { seen = log.last(); });
  log.append(1);
  EXPECT_EQ(seen, 1U);
}

TEST(EventLog, ReadersShareWhatIsInItAndKeepWhatTheyHold) {
  EventLog<std::string> log(1);
  log.append("kept");
  const auto one = log.read_after(0, 10);
  const auto two = log.read_after(0, 10);
  EXPECT_EQ(one.entries.front(), two.entries.front());
  log.append("next");
  EXPECT_EQ(log.first(), 2U);
  EXPECT_EQ(one.entries.front()->value, "kept");
}

TEST(EventLog, WhatIsMadeOfAnEntryIsMadeOnceWhoeverAsks) {
  EventLog<int> log(3);
  log.append(20);
  const auto entry = log.read_after(0, 1).entries.front();
  std::atomic<int> made{};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      EXPECT_EQ(entry->once<std::string>([&](int value) {
        ++made;
        return std::to_string(value);
      }),
                "20");
    });
  }
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(made, 1);
}

// The promise that watchers build on: a snapshot at r, then the log from r on, gives the same as
// the latest snapshot. Here the "snapshot" is the sum of all entries so far.
TEST(EventLog, ReadersOfSnapshotAndLogNeverSeeAHole) {
  struct Sum {
    std::uint64_t revision{};
    std::uint64_t total{};
  };
  constexpr std::uint64_t entries = 20'000;
  EventLog<std::uint64_t> log(64);
  Published<Sum> published(std::make_shared<const Sum>());
  std::atomic<bool> done{false};
  constexpr int reader_count = 3;
  std::latch begun{reader_count};
  std::latch overtaken{1};
  std::vector<std::thread> readers;
  for (int r = 0; r < reader_count; ++r) {
    readers.emplace_back([&] {
      Sum mine = *published.load();
      begun.count_down();
      overtaken.wait();
      while (!done || mine.revision < entries) {
        const auto read = log.read_after(mine.revision, 16);
        if (read.overrun) {
          mine = *published.load();
          continue;
        }
        for (const auto& entry : read.entries) {
          ASSERT_EQ(entry->position, mine.revision + 1);
          mine = {entry->position, mine.total + entry->value};
        }
        // The snapshot is never ahead of the log. Read in this order: both move on meanwhile.
        const std::uint64_t shown = published.load()->revision;
        ASSERT_LE(shown, log.last());
      }
      EXPECT_EQ(mine.total, entries * (entries + 1) / 2);
    });
  }
  begun.wait();
  Sum sum;
  for (std::uint64_t i = 1; i <= entries; ++i) {
    sum.revision = log.append(i);
    sum.total += i;
    published.store(std::make_shared<const Sum>(sum));
    if (i == 100) {
      overtaken.count_down();  // each reader was overtaken at least once
    }
  }
  done = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
}

}  // namespace
}  // namespace swim::runtime
