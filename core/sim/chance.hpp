// Draws that a world makes from its one generator. Integers only.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/prng.hpp"
#include "core/base/time.hpp"
#include "core/sim/types.hpp"

namespace swim::sim {

// Draws nothing where the answer is certain: switching a fault off must not change the rest.
inline bool happens(Prng& prng, std::uint32_t ppm) {
  return ppm != 0 && prng.below(ppm_max) < ppm;
}

// Uniform in [low, high]; `low`, without a draw, where the range is empty.
inline std::uint64_t between(Prng& prng, std::uint64_t low, std::uint64_t high) {
  return high <= low ? low : prng.between(low, high);
}

inline Duration between(Prng& prng, Duration low, Duration high) {
  return high <= low ? low : prng.between(low, high);
}

template <class T>
const T& one_of(Prng& prng, const std::vector<T>& choices) {
  return choices[static_cast<std::size_t>(prng.below(choices.size()))];
}

}  // namespace swim::sim
