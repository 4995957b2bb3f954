#include "core/base/prng.hpp"

#include <algorithm>
#include <bit>

namespace swim {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

// splitmix64 is a bijection of its counter: of four successive words at most one is 0.
Prng::Prng(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    word = splitmix64(seed);
  }
}

// All zero is the one state that the generator never leaves.
Prng::Prng(const State& state) : state_(state) {
  SWIM_ASSERT(
      std::any_of(state.begin(), state.end(), [](std::uint64_t word) { return word != 0; }));
}

std::uint64_t Prng::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Prng::below(std::uint64_t n) {
  SWIM_ASSERT(n > 0);
  std::uint64_t drawn = next();
  // 2^64 mod n values at the bottom would make some remainders likelier than others. They are fewer
  // than n: a draw from n on need not know how many, which would be a second division.
  if (drawn < n) {
    const std::uint64_t surplus = (0 - n) % n;
    while (drawn < surplus) {
      drawn = next();
    }
  }
  return drawn % n;
}

std::uint64_t Prng::between(std::uint64_t low, std::uint64_t high) {
  SWIM_ASSERT(low <= high);
  const std::uint64_t values = high - low + 1;  // 0: all 2^64 of them
  return values == 0 ? next() : low + below(values);
}

Duration Prng::between(Duration low, Duration high) {
  SWIM_ASSERT(low <= high);
  // In unsigned arithmetic the width of any two durations fits.
  const auto first = static_cast<std::uint64_t>(low.count());
  const std::uint64_t width = static_cast<std::uint64_t>(high.count()) - first;
  return Duration(static_cast<Duration::rep>(first + between(0, width)));
}

bool Prng::chance(std::uint64_t numerator, std::uint64_t denominator) {
  return below(denominator) < numerator;
}

Duration Prng::jitter(Duration d, std::uint32_t percent) {
  SWIM_ASSERT(d >= Duration::zero() && percent <= 100);
  // In two parts: d * percent would overflow for the longest durations.
  const Duration spread = d / 100 * percent + d % 100 * percent / 100;
  return between(d - spread, d > Duration::max() - spread ? Duration::max() : d + spread);
}

}  // namespace swim
