#include "core/runtime/mailbox.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace swim::runtime {
namespace {

TEST(Mailbox, WakesOnceForABatch) {
  int wakes = 0;
  Mailbox<int> mailbox(8, [&] { ++wakes; });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(mailbox.push(int{i}), Posted::accepted);
  }
  EXPECT_EQ(wakes, 1);
  std::vector<int> batch;
  mailbox.take(batch);
  EXPECT_EQ(batch, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(mailbox.push(3), Posted::accepted);
  EXPECT_EQ(wakes, 2);
}

TEST(Mailbox, RefusesAndCountsWhatDoesNotFit) {
  Mailbox<int> mailbox(2, [] {});
  EXPECT_EQ(mailbox.push(1), Posted::accepted);
  EXPECT_EQ(mailbox.push(2), Posted::accepted);
  EXPECT_EQ(mailbox.push(3), Posted::full);
  EXPECT_EQ(mailbox.rejected(), 1U);
  std::vector<int> batch;
  mailbox.take(batch);
  EXPECT_EQ(batch.size(), 2U);
  EXPECT_EQ(mailbox.push(4), Posted::accepted);
}

TEST(Mailbox, RefusesMoreBytesThanItMayHoldButNeverTheFirst) {
  Mailbox<int> mailbox(
      8, [] {}, 100);
  EXPECT_EQ(mailbox.push(1, 60), Posted::accepted);
  EXPECT_EQ(mailbox.push(2, 41), Posted::full);
  EXPECT_EQ(mailbox.push(3, 40), Posted::accepted);
  EXPECT_EQ(mailbox.push(4), Posted::accepted);
  EXPECT_EQ(mailbox.push(5, 1), Posted::full);
  std::vector<int> batch;
  mailbox.take(batch);
  EXPECT_EQ(batch, (std::vector<int>{1, 3, 4}));
  EXPECT_EQ(mailbox.push(6, 1000), Posted::accepted);
  EXPECT_EQ(mailbox.push(7, 1), Posted::full);
  EXPECT_EQ(mailbox.rejected(), 3U);
}

TEST(Mailbox, AfterCloseWhatIsInsideCanStillBeTaken) {
  Mailbox<int> mailbox(2, [] {});
  EXPECT_EQ(mailbox.push(1), Posted::accepted);
  mailbox.close();
  EXPECT_EQ(mailbox.push(2), Posted::closed);
  std::vector<int> batch;
  mailbox.take(batch);
  EXPECT_EQ(batch, std::vector<int>{1});
}

TEST(Mailbox, LosesAndDoublesNothingUnderManyProducers) {
  constexpr int producers = 4;
  constexpr int each = 5000;
  std::atomic<int> wakes{0};
  Mailbox<int> mailbox(static_cast<std::size_t>(producers * each), [&] { ++wakes; });
  std::vector<std::thread> threads;
  for (int p = 0; p < producers; ++p) {
    threads.emplace_back([&mailbox, p] {
      for (int i = 0; i < each; ++i) {
        ASSERT_EQ(mailbox.push(p * each + i), Posted::accepted);
      }
    });
  }
  std::vector<int> next(producers, 0);
  int batches = 0;
  for (int taken = 0; taken < producers * each;) {
    std::vector<int> batch;
    mailbox.take(batch);
    batches += batch.empty() ? 0 : 1;
    for (const int item : batch) {
      // In order for each producer.
      EXPECT_EQ(item % each, next[static_cast<std::size_t>(item / each)]++);
    }
    taken += static_cast<int>(batch.size());
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wakes.load(), batches);
}

}  // namespace
}  // namespace swim::runtime
