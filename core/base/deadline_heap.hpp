// The earliest of many deadlines, each owned by a small integer: an indexed 4-ary heap.
//
// For timers that are set, moved and cleared all the time: set and clear are O(log n), earliest is
// O(1). Indices are dense (slots, timer ids): memory is proportional to the greatest index ever
// set. Equal deadlines come in the order of their indices, so that a run depends on nothing but its
// inputs. Once an index was set, setting any index up to it again allocates nothing. One thread at
// a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/time.hpp"

namespace swim {

class DeadlineHeap {
 public:
  using Index = std::uint32_t;

  // Room for the indices [0, count), so that none of them allocates later.
  void reserve(std::size_t count);

  // Sets or moves the deadline of `index`.
  void set(Index index, TimePoint when);
  // Forgets it; nothing happens where there is none.
  void clear(Index index);
  // Forgets all, keeps the memory.
  void clear_all();

  std::optional<std::pair<TimePoint, Index>> earliest() const;
  bool contains(Index index) const;
  std::optional<TimePoint> deadline_of(Index index) const;
  std::size_t size() const { return heap_.size(); }
  bool empty() const { return heap_.empty(); }

  // For tests and SWIM_DEBUG_ASSERT: whether the order and the index agree. O(n).
  bool is_consistent() const;

 private:
  struct Entry {
    TimePoint when;
    Index index{};
  };
  using Place = std::uint32_t;
  static constexpr Place nowhere = UINT32_MAX;

  static bool sooner(const Entry& a, const Entry& b);
  void grow_to(std::size_t count);
  void put(std::size_t place, const Entry& entry);
  // Moves an entry from a hole at `place` to where it belongs.
  void sift_up(std::size_t place, const Entry& entry);
  void sift_down(std::size_t place, const Entry& entry);
  void settle(std::size_t place, const Entry& entry);

  std::vector<Entry> heap_;
  std::vector<Place> place_;  // of each index in heap_, or nowhere
};

}  // namespace swim
