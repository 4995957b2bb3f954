// Which of many items still has transmissions left, most left first: O(1) changes, no allocation
// once grown.
//
// Items are dense indices (slots). Within a level the order is first in, first out, so that every
// item gets its turn. Model-based test: tests/property/engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace swim {

class LevelQueue {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::size_t levels = 128;  // a higher count is kept at the top level

  // Puts the item at the end of its level; 0 takes it out.
  void set(std::uint32_t item, std::size_t left);
  void erase(std::uint32_t item) { set(item, 0); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The first item in order, and the one after another; `none` at the end. A walk must fetch the
  // next item before it changes the current one.
  std::uint32_t first() const { return first_at_or_below(levels - 1); }
  std::uint32_t after(std::uint32_t item) const;
  // The item with the fewest transmissions left, longest there; `none` when empty.
  std::uint32_t last() const;

 private:
  struct Node {
    std::uint32_t next{none};
    std::uint32_t previous{none};
    std::uint8_t level{};  // 0: not in the queue
  };
  struct Level {
    std::uint32_t head{none};
    std::uint32_t tail{none};
  };
  std::uint32_t first_at_or_below(std::size_t level) const;
  void unlink(std::uint32_t item);

  std::vector<Node> nodes_;
  std::array<Level, levels> levels_{};
  std::array<std::uint64_t, levels / 64> busy_{};  // a bit for each level that is not empty
  std::size_t size_{};
};

}  // namespace swim
