// A running hash over everything that happens in a world: two runs with one seed must end with the
// same value (DESIGN §8). Plain value.
#pragma once

#include <cstdint>

namespace swim::sim {

class TraceHash {
 public:
  void add(std::uint64_t value) {
    // Multiply and fold: order matters, and one changed bit reaches all of them.
    state_ ^= value + 0x9E3779B97F4A7C15ULL;
    state_ *= 0xD6E8FEB86659FD93ULL;
    state_ ^= state_ >> 32U;
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_{0xCBF29CE484222325ULL};
};

}  // namespace swim::sim
