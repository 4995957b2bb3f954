// Which counters of a session were accepted already (DESIGN §5: 4,096 counters). Exact: no counter
// is accepted twice, and one that is less than 4,096 behind the greatest is refused only if it was
// accepted before.
//
// Ask refuses() before authenticating, since that is cheap, and accept() only after: a forged
// packet must not move the window, or anybody could shut out a sender. A plain value. No errors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/limits.hpp"

namespace swim::crypto {

class ReplayWindow {
 public:
  static constexpr std::uint32_t size = limits::replay_window;

  // Accepted before, or so old that we can't tell.
  bool refuses(std::uint32_t counter) const {
    if (empty_ || counter > greatest_) {
      return false;
    }
    return greatest_ - counter >= size || (word_of(counter) & bit_of(counter)) != 0;
  }

  void accept(std::uint32_t counter) {
    if (empty_ || counter > greatest_) {
      move_to(counter);
    }
    word_of(counter) |= bit_of(counter);
  }

 private:
  static constexpr std::uint32_t word_bits = 64;
  static constexpr std::uint32_t words = size / word_bits;
  static_assert(size % word_bits == 0 && (words & (words - 1)) == 0);

  // A counter's place is its value modulo the size: nothing is shifted when the window moves.
  std::uint64_t& word_of(std::uint32_t counter) { return bits_[counter / word_bits % words]; }
  const std::uint64_t& word_of(std::uint32_t counter) const {
    return bits_[counter / word_bits % words];
  }
  static std::uint64_t bit_of(std::uint32_t counter) {
    return std::uint64_t{1} << counter % word_bits;
  }

  // The places between the old greatest and the new one belong to counters that fell out of the
  // window.
  void move_to(std::uint32_t counter) {
    const std::uint32_t steps = empty_ ? 0 : counter - greatest_;
    if (steps >= size) {
      bits_.fill(0);
    } else {
      for (std::uint32_t i = 1; i <= steps; ++i) {
        word_of(greatest_ + i) &= ~bit_of(greatest_ + i);
      }
    }
    greatest_ = counter;
    empty_ = false;
  }

  std::array<std::uint64_t, words> bits_{};
  std::uint32_t greatest_{};
  bool empty_{true};
};

}  // namespace swim::crypto
