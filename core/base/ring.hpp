// A queue of fixed capacity. All memory is taken by the constructor; who pushes onto a full one
// says in the call what is to happen: try_push refuses, push_over_oldest makes room.
//
// Owns its items and destroys each when it leaves. One thread at a time. No errors: an access
// outside of the queue is the caller's bug and asserts.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"

namespace swim {

template <class T>
class Ring {
 public:
  // capacity > 0.
  explicit Ring(std::size_t capacity) : slots_(capacity) { SWIM_ASSERT(capacity > 0); }

  std::size_t capacity() const { return slots_.size(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == slots_.size(); }

  // False where the ring is full; `item` is then untouched, not even moved from.
  template <class U>
  bool try_push(U&& item) {
    if (full()) {
      return false;
    }
    slot(size_).emplace(std::forward<U>(item));
    ++size_;
    return true;
  }

  // Always takes the item. Returns the oldest where it had to go for it. The item must not be one
  // of the ring's own.
  template <class U>
  std::optional<T> push_over_oldest(U&& item) {
    std::optional<T> displaced;
    if (full()) {
      displaced = pop();
    }
    try_push(std::forward<U>(item));
    return displaced;
  }

  // The oldest leaves. There must be one.
  T pop() {
    SWIM_ASSERT(!empty());
    std::optional<T>& oldest = slot(0);
    T item = std::move(*oldest);
    oldest.reset();
    first_ = wrapped(first_ + 1);
    --size_;
    return item;
  }

  void clear() {
    while (!empty()) {
      pop();
    }
  }

  // By age: [0] is the oldest, [size() - 1] the newest. Valid until the item leaves.
  T& operator[](std::size_t age) { return item_at(slots_, age); }
  const T& operator[](std::size_t age) const { return item_at(slots_, age); }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

 private:
  // No division: the capacity is any number, and a place is less than twice of it.
  std::size_t wrapped(std::size_t place) const {
    return place < slots_.size() ? place : place - slots_.size();
  }

  std::optional<T>& slot(std::size_t age) { return slots_[wrapped(first_ + age)]; }

  template <class Slots>
  auto& item_at(Slots& slots, std::size_t age) const {
    SWIM_ASSERT(age < size_);
    return *slots[wrapped(first_ + age)];
  }

  std::vector<std::optional<T>> slots_;
  std::size_t first_{};
  std::size_t size_{};
};

}  // namespace swim
