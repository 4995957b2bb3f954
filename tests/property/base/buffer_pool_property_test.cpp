// The pool beside two counters, on one thread; threads are in the unit tests.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/buffer_pool.hpp"

namespace swim {
namespace {

struct Loan {
  BufferPool::Lease lease;
  std::uint8_t mark{};
};

bool all_are(MutableBytes bytes, std::uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [=](std::uint8_t byte) { return byte == value; });
}

void borrow(BufferPool& pool, std::vector<Loan>& loans, std::uint8_t mark) {
  const bool free = loans.size() < pool.total();
  auto lease = pool.try_acquire();
  RC_ASSERT(lease.has_value() == free);
  if (lease) {
    RC_ASSERT(all_are(lease->bytes(), 0));
    std::fill(lease->bytes().begin(), lease->bytes().end(), mark);
    loans.push_back({std::move(*lease), mark});
  }
}

RC_GTEST_PROP(BufferPool, lends_each_buffer_to_one_holder_and_counts_right, ()) {
  BufferPool pool(*rc::gen::inRange<std::size_t>(1, 6), *rc::gen::inRange<std::size_t>(1, 20));
  std::vector<Loan> loans;
  std::uint64_t refused = 0;
  std::uint64_t asked = 0;
  for (const auto choice : *rc::gen::arbitrary<std::vector<std::uint16_t>>()) {
    if (choice % 5 < 3 || loans.empty()) {
      ++asked;
      refused += loans.size() == pool.total() ? 1 : 0;
      borrow(pool, loans, static_cast<std::uint8_t>(choice | 1));
    } else {
      loans.erase(loans.begin() + choice % static_cast<std::ptrdiff_t>(loans.size()));
    }
    RC_ASSERT(pool.available() == pool.total() - loans.size());
    RC_ASSERT(pool.misses() == refused);
    RC_ASSERT(pool.hits() == asked - refused);
    for (const Loan& loan : loans) {
      RC_ASSERT(all_are(loan.lease.bytes(), loan.mark));
    }
  }
}

}  // namespace
}  // namespace swim
