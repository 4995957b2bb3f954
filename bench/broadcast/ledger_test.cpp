// The checker of the broadcast bench notices what must not happen; the histogram's quantiles are
// right.
#include "bench/broadcast/ledger.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "bench/broadcast/histogram.hpp"

namespace swim::bench {
namespace {

void take(Order& order, std::uint32_t publisher, std::uint64_t number) {
  std::array<char, 64> payload{};
  write_stamp({.sent_ns = now_ns(), .number = number, .publisher = publisher},
              std::span<char, 64>(payload).first<kStampBytes>());
  order.take(payload);
}

TEST(Order, each_once_and_in_order_is_no_fault) {
  Ledger ledger(2, 1, 10);
  ledger.begin();
  Order order(ledger, 2);
  for (std::uint64_t number = 0; number < 10; ++number) {
    take(order, 0, number);
    take(order, 1, number);
  }
  EXPECT_EQ(order.faults.skipped + order.faults.repeated_or_late + order.faults.strange, 0U);
  EXPECT_EQ(ledger.complete(), 20U);
  EXPECT_EQ(order.each.total(), 20U);
}

TEST(Order, what_is_skipped_is_counted) {
  Ledger ledger(1, 1, 10);
  Order order(ledger, 1);
  take(order, 0, 0);
  take(order, 0, 4);
  EXPECT_EQ(order.faults.skipped, 3U);
  EXPECT_EQ(ledger.complete(), 2U);
}

TEST(Order, what_comes_twice_or_late_is_counted_and_completes_nothing) {
  Ledger ledger(1, 2, 10);
  Order order(ledger, 1);
  take(order, 0, 0);
  take(order, 0, 0);
  take(order, 0, 2);
  take(order, 0, 1);
  EXPECT_EQ(order.faults.repeated_or_late, 2U);
  EXPECT_EQ(order.faults.skipped, 1U);
  EXPECT_EQ(ledger.complete(), 0U);
}

TEST(Order, foreign_payloads_are_counted) {
  Ledger ledger(1, 1, 10);
  Order order(ledger, 1);
  order.take(std::array<char, 3>{});
  take(order, 7, 0);
  take(order, 0, 10);
  EXPECT_EQ(order.faults.strange, 3U);
}

TEST(Ledger, complete_is_what_all_subscribers_have) {
  Ledger ledger(1, 2, 10);
  Order first(ledger, 1);
  Order second(ledger, 1);
  take(first, 0, 0);
  take(first, 0, 1);
  EXPECT_EQ(ledger.complete(), 0U);
  take(second, 0, 0);
  EXPECT_EQ(ledger.complete(), 1U);
}

TEST(Histogram, quantiles_are_right_to_two_percent) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 100'000; ++value) {
    histogram.add(value);
  }
  for (const auto& [share, wanted] :
       {std::pair{0.5, 50'000.0}, {0.99, 99'000.0}, {0.999, 99'900.0}}) {
    EXPECT_NEAR(static_cast<double>(histogram.quantile(share)), wanted, 0.02 * wanted);
  }
  EXPECT_EQ(histogram.greatest(), 100'000U);
  EXPECT_EQ(Histogram().quantile(0.5), 0U);
}

TEST(Histogram, small_values_are_exact) {
  Histogram histogram;
  histogram.add(3);
  histogram.add(5);
  histogram.add(7);
  EXPECT_EQ(histogram.quantile(0.5), 5U);
  EXPECT_EQ(histogram.quantile(1), 7U);
}

}  // namespace
}  // namespace swim::bench
