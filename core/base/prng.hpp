// The one source of protocol randomness: seeded, so that a run can be repeated from its seed, and
// integers only, so that it is the same on every platform and compiler (<random>'s distributions
// are not).
//
// NOT for keys, nonces or identifiers that must be unpredictable: those come from the RandomIds
// seam or from OpenSSL. Algorithm: xoshiro256** 1.0, its state filled by splitmix64, as Blackman
// and Vigna published them (prng.di.unimi.it). Changing any draw changes every recorded trace: the
// golden tests say so.
//
// A plain value: a copy continues the same sequence independently. One thread at a time. Never
// allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/time.hpp"

namespace swim {

// One step of splitmix64: advances `state` and returns the value for it. Also a good 64-bit mixer.
std::uint64_t splitmix64(std::uint64_t& state);

class Prng {
 public:
  using State = std::array<std::uint64_t, 4>;

  // Any seed is good, 0 too. Seeds that differ in one bit give unrelated sequences.
  explicit Prng(std::uint64_t seed);
  // To continue a stored sequence. At least one word must differ from 0.
  explicit Prng(const State& state);

  // Uniform over all 64-bit values.
  std::uint64_t next();

  // Uniform in [0, n), without bias for any n. n > 0. Draws one number, rarely more.
  std::uint64_t below(std::uint64_t n);

  // Uniform in [low, high], both included. low <= high.
  std::uint64_t between(std::uint64_t low, std::uint64_t high);
  Duration between(Duration low, Duration high);

  // True in `numerator` of `denominator` cases: a ratio, not a float. denominator > 0; a numerator
  // at or above it is always. Always draws, so that a changed ratio does not shift the draws after
  // it.
  bool chance(std::uint64_t numerator, std::uint64_t denominator);

  // Uniform in d ± percent of d, rounded inwards to the nanosecond. d >= 0, percent <= 100.
  Duration jitter(Duration d, std::uint32_t percent);

  // Each order equally likely (Fisher and Yates).
  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t left = items.size(); left > 1; --left) {
      using std::swap;
      swap(items[left - 1], items[static_cast<std::size_t>(below(left))]);
    }
  }

  // One of the items, each equally likely. There must be one.
  template <class T>
  T& pick(std::span<T> items) {
    SWIM_ASSERT(!items.empty());
    return items[static_cast<std::size_t>(below(items.size()))];
  }

  const State& state() const { return state_; }

 private:
  State state_{};
};

}  // namespace swim
