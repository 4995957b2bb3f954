#include "core/engine/level_queue.hpp"

#include <algorithm>
#include <bit>

namespace swim {

void LevelQueue::set(std::uint32_t item, std::size_t left) {
  if (item >= nodes_.size()) {
    if (left == 0) {
      return;
    }
    nodes_.resize(item + 1);
  }
  if (nodes_[item].level != 0) {
    unlink(item);
  }
  if (left == 0) {
    return;
  }
  const std::size_t level = std::min(left, levels - 1);
  Level& list = levels_[level];
  Node& node = nodes_[item];
  node = {none, list.tail, static_cast<std::uint8_t>(level)};
  (list.tail == none ? list.head : nodes_[list.tail].next) = item;
  list.tail = item;
  busy_[level / 64] |= std::uint64_t{1} << (level % 64);
  ++size_;
}

void LevelQueue::unlink(std::uint32_t item) {
  Node& node = nodes_[item];
  Level& list = levels_[node.level];
  (node.previous == none ? list.head : nodes_[node.previous].next) = node.next;
  (node.next == none ? list.tail : nodes_[node.next].previous) = node.previous;
  if (list.head == none) {
    busy_[node.level / 64U] &= ~(std::uint64_t{1} << (node.level % 64U));
  }
  node = {};
  --size_;
}

std::uint32_t LevelQueue::first_at_or_below(std::size_t level) const {
  std::size_t word = level / 64;
  std::uint64_t bits = busy_[word] & (~std::uint64_t{0} >> (63 - level % 64));
  while (bits == 0 && word > 0) {
    bits = busy_[--word];
  }
  return bits == 0 ? none
                   : levels_[word * 64 + static_cast<std::size_t>(std::bit_width(bits)) - 1].head;
}

std::uint32_t LevelQueue::after(std::uint32_t item) const {
  const Node& node = nodes_[item];
  return node.next != none ? node.next : first_at_or_below(node.level - std::size_t{1});
}

std::uint32_t LevelQueue::last() const {
  for (const Level& level : levels_) {
    if (level.head != none) {
      return level.head;
    }
  }
  return none;
}

}  // namespace swim
