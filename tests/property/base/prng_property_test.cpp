#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/prng.hpp"

namespace swim {
namespace {

rc::Gen<std::uint64_t> gen_bound() {
  const auto any = rc::gen::nonZero<std::uint64_t>();
  return rc::gen::oneOf(
      rc::gen::inRange<std::uint64_t>(1, 100), rc::gen::noShrink(any),
      rc::gen::map(rc::gen::inRange(0, 64), [](int bit) { return std::uint64_t{1} << bit; }),
      rc::gen::just<std::uint64_t>(UINT64_MAX), rc::gen::just<std::uint64_t>((1ULL << 63) + 1));
}

// The model: of the raw numbers, the first below the greatest multiple of n that 64 bits hold.
RC_GTEST_PROP(Prng, below_takes_the_first_raw_number_that_is_fair, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto n = *gen_bound();
  Prng raw(seed);
  Prng prng(seed);
  const std::uint64_t surplus = (UINT64_MAX % n + 1) % n;
  for (int i = 0; i < 20; ++i) {
    std::uint64_t expected = raw.next();
    while (expected < surplus) {
      expected = raw.next();
    }
    const std::uint64_t drawn = prng.below(n);
    RC_ASSERT(drawn == expected % n);
    RC_ASSERT(drawn < n);
  }
}

RC_GTEST_PROP(Prng, between_stays_between, (std::uint64_t seed, std::int64_t a, std::int64_t b)) {
  Prng prng(seed);
  const auto [low, high] = std::minmax(a, b);
  for (int i = 0; i < 20; ++i) {
    const Duration drawn = prng.between(Duration(low), Duration(high));
    RC_ASSERT(drawn >= Duration(low));
    RC_ASSERT(drawn <= Duration(high));
  }
}

RC_GTEST_PROP(Prng, jitter_stays_within_its_percentage, (std::uint64_t seed)) {
  Prng prng(seed);
  const auto d = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
  const auto percent = *rc::gen::inRange<std::uint32_t>(0, 101);
  for (int i = 0; i < 20; ++i) {
    const std::int64_t drawn = prng.jitter(Duration(d), percent).count();
    RC_ASSERT(drawn * 100 >= d * (100 - percent));
    RC_ASSERT(drawn * 100 <= d * (100 + percent));
  }
}

RC_GTEST_PROP(Prng, shuffle_keeps_the_items, (std::uint64_t seed, std::vector<int> items)) {
  Prng prng(seed);
  auto shuffled = items;
  prng.shuffle(std::span(shuffled));
  RC_ASSERT(std::is_permutation(shuffled.begin(), shuffled.end(), items.begin(), items.end()));
}

RC_GTEST_PROP(Prng, seeds_that_differ_in_one_bit_part_at_once, (std::uint64_t seed)) {
  const auto bit = *rc::gen::inRange(0, 64);
  RC_ASSERT(Prng(seed).next() != Prng(seed ^ (1ULL << bit)).next());
}

}  // namespace
}  // namespace swim
