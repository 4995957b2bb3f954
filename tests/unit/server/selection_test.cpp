// Numbers in a log, and a selection of the even ones: what a stream with a filter gets of it.
#include "server/selection.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace swim::server {
namespace {

using Log = runtime::EventLog<int>;
using Positions = std::vector<std::uint64_t>;  // of the entries in a response

class Even final : public Selection<int, Positions> {
 public:
  explicit Even(const Log& log, std::size_t fits = SIZE_MAX) : Selection(log), fits_(fits) {}
  mutable std::atomic<int> judged{};
  mutable std::atomic<int> made{};

 protected:
  bool wants(const runtime::LogEntry<int>& entry) const override {
    ++judged;
    return entry.value % 2 == 0;
  }
  Made make(const std::vector<Entry>& entries, std::uint64_t next) const override {
    ++made;
    Made response;
    for (; response.taken < std::min(fits_, entries.size()); ++response.taken) {
      response.bytes.push_back(entries[response.taken]->position);
    }
    response.next = response.taken == entries.size() ? next : response.bytes.back();
    return response;
  }

 private:
  std::size_t fits_;
};

void append(Log& log, int from, int to) {
  for (int i = from; i <= to; ++i) {
    log.append(i);
  }
}

TEST(Selection, gives_what_is_wanted_and_moves_past_the_rest) {
  Log log(10);
  Even even(log);
  append(log, 1, 5);
  const auto batch = even.after(0);
  EXPECT_EQ(batch.bytes, (Positions{2, 4}));
  EXPECT_EQ(batch.next, 5U);
  EXPECT_FALSE(batch.more);
  EXPECT_EQ(even.after(5).count, 0U);
  EXPECT_EQ(even.after(5).next, 5U);
}

TEST(Selection, judges_each_entry_once_and_makes_one_response_however_many_read) {
  Log log(10'000);
  Even even(log);
  std::vector<std::uint64_t> cursors(256);
  for (int round = 0; round < 20; ++round) {
    append(log, 1, 10);
    for (std::uint64_t& cursor : cursors) {
      const auto batch = even.after(cursor);
      EXPECT_EQ(batch.count, 5U);
      cursor = batch.next;
    }
  }
  EXPECT_EQ(even.judged, 200);
  EXPECT_EQ(even.made, 20);
}

TEST(Selection, has_news_only_where_something_is_wanted_and_says_so_once) {
  Log log(10);
  Even even(log);
  EXPECT_FALSE(even.news());
  append(log, 1, 1);
  EXPECT_FALSE(even.news());
  append(log, 2, 3);
  EXPECT_TRUE(even.news());
  EXPECT_FALSE(even.news());
}

TEST(Selection, has_news_for_those_who_wait_also_where_a_reader_was_first) {
  Log log(10);
  Even even(log);
  append(log, 2, 2);
  EXPECT_EQ(even.after(0).count, 1U);
  EXPECT_TRUE(even.news());
}

TEST(Selection, who_wants_nothing_is_never_overrun) {
  Log log(4);
  Even even(log);
  for (int i = 0; i < 50; ++i) {
    append(log, 1, 1);
    EXPECT_FALSE(even.news());
  }
  const auto batch = even.after(0);
  EXPECT_FALSE(batch.overrun);
  EXPECT_EQ(batch.next, 50U);
}

TEST(Selection, who_missed_something_wanted_is_overrun_and_goes_on_before_the_first) {
  Log log(4);
  Even even(log);
  append(log, 1, 10);
  const auto batch = even.after(1);
  EXPECT_TRUE(batch.overrun);
  EXPECT_EQ(batch.first, 7U);
  EXPECT_EQ(even.after(6).bytes, (Positions{8, 10}));
}

TEST(Selection, a_log_that_was_faster_than_it_looked_is_news) {
  Log log(4);
  Even even(log);
  append(log, 1, 20);
  for (int i = 0; i < 4; ++i) {
    append(log, 1, 1);
  }
  EXPECT_TRUE(even.news()) << "what is gone may have been wanted";
  EXPECT_TRUE(even.after(0).overrun);
}

TEST(Selection, a_cursor_from_before_it_was_made_is_served_from_the_log) {
  Log log(10);
  append(log, 1, 4);
  Even even(log);
  append(log, 5, 6);
  const auto first = even.after(0);
  EXPECT_EQ(first.bytes, (Positions{2, 4, 6}));
  EXPECT_EQ(first.next, 6U);
}

TEST(Selection, a_response_holds_so_much_and_then_there_is_more) {
  Log log(10'000);
  Even even(log, 3);
  append(log, 1, 10);
  const auto first = even.after(0);
  EXPECT_EQ(first.bytes, (Positions{2, 4, 6}));
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.next, 6U);
  const auto rest = even.after(first.next);
  EXPECT_EQ(rest.bytes, (Positions{8, 10}));
  EXPECT_FALSE(rest.more);
}

TEST(Selection, a_shared_response_is_made_anew_when_there_is_more_to_put_in) {
  Log log(100);
  Even even(log);
  append(log, 1, 2);
  EXPECT_EQ(even.after(0).bytes, (Positions{2}));
  EXPECT_EQ(even.after(1).bytes, (Positions{2})) << "no other is wanted between";
  EXPECT_EQ(even.made, 1);
  append(log, 3, 4);
  EXPECT_EQ(even.after(0).bytes, (Positions{2, 4}));
  EXPECT_EQ(even.after(3).bytes, (Positions{4}));
  EXPECT_EQ(even.after(0).bytes, (Positions{2, 4})) << "it is not for one who is further behind";
}

TEST(Selection, who_is_far_behind_gets_everything_that_is_still_there) {
  Log log(10'000);
  Even even(log);
  append(log, 1, 8'000);
  Positions all;
  for (std::uint64_t cursor = 0; cursor < log.last();) {
    auto batch = even.after(cursor);
    ASSERT_FALSE(batch.overrun);
    ASSERT_LE(batch.count, Even::batch_max);
    all.insert(all.end(), batch.bytes.begin(), batch.bytes.end());
    cursor = batch.next;
  }
  ASSERT_EQ(all.size(), 4'000U);
  EXPECT_EQ(all.back(), 8'000U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
}

TEST(Shared, is_found_by_its_key_and_goes_with_its_last_user) {
  Log log(10);
  Shared<Even> shared;
  auto one = shared.get("a", log);
  EXPECT_EQ(shared.get("a", log), one);
  const auto other = shared.get("b", log);
  EXPECT_NE(other, one);
  EXPECT_EQ(shared.size(), 2U);
  one.reset();
  shared.get("c", log);
  EXPECT_EQ(shared.size(), 2U) << "b, and c that nobody kept";
}

// One writer, one that asks for news, readers of which some are slow: each gets what is wanted in
// order, and only what the log let go is missing.
TEST(Selection, is_shared_by_threads) {
  constexpr int entries = 20'000;
  Log log(512);
  Even even(log);
  std::atomic<bool> done{};
  std::vector<std::thread> threads;
  for (int r = 0; r < 4; ++r) {
    threads.emplace_back([&, r] {
      std::uint64_t cursor = 0;
      std::uint64_t last = 0;
      while (!done || cursor < entries) {
        const auto batch = even.after(cursor);
        if (batch.overrun) {
          ASSERT_GT(batch.first, cursor + 1);
          cursor = last = batch.first - 1;
          continue;
        }
        for (const std::uint64_t position : batch.bytes) {
          ASSERT_EQ(position % 2, 0U);
          ASSERT_EQ(position, last % 2 == 0 ? last + 2 : last + 1);
          last = position;
        }
        ASSERT_GE(batch.next, cursor);
        cursor = batch.next;
        if (r == 0) {
          std::this_thread::yield();
        }
      }
    });
  }
  threads.emplace_back([&] {
    while (!done) {
      even.news();
    }
  });
  append(log, 1, entries);
  done = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace swim::server
