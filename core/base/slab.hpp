// A pool of objects that are addressed by handles which tell when their object is gone.
//
// A handle is a place and the generation of its tenant: after erase() it finds nothing, whoever
// lives there now, so it may be kept in timers and answers that come late. All memory is taken by
// the constructor and objects never move: a pointer from get() holds until its object is erased. A
// place whose generations are used up is never let again; an old handle can't come true by wrapping
// round. Owns its objects. One thread at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"

namespace swim {

template <class T, class Generation = std::uint32_t>
class Slab {
 public:
  // A plain value, of this slab's type only. The default one finds nothing in any slab.
  struct Handle {
    std::uint32_t place{};
    Generation generation{};
    friend auto operator<=>(const Handle&, const Handle&) = default;
  };

  // 0 < capacity < 2^32 - 1.
  explicit Slab(std::size_t capacity) : rooms_(capacity) {
    SWIM_ASSERT(capacity > 0 && capacity < none);
    for (std::size_t i = capacity; i-- > 0;) {
      rooms_[i].next_free = std::exchange(free_, static_cast<std::uint32_t>(i));
    }
  }

  std::size_t capacity() const { return rooms_.size(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return free_ == none; }

  // nullopt where the slab is full; the arguments are then untouched.
  template <class... Args>
  std::optional<Handle> emplace(Args&&... args) {
    if (full()) {
      return std::nullopt;
    }
    Room& room = rooms_[free_];
    room.tenant.emplace(std::forward<Args>(args)...);
    const Handle handle{free_, room.generation};
    free_ = room.next_free;
    ++size_;
    return handle;
  }

  // nullptr where the object is gone. Any handle value may be asked for.
  T* get(Handle handle) { return find(rooms_, handle); }
  const T* get(Handle handle) const { return find(rooms_, handle); }
  bool contains(Handle handle) const { return get(handle) != nullptr; }

  // False where it was gone already.
  bool erase(Handle handle) {
    if (!contains(handle)) {
      return false;
    }
    Room& room = rooms_[handle.place];
    room.tenant.reset();
    --size_;
    if (room.generation != std::numeric_limits<Generation>::max()) {
      ++room.generation;
      room.next_free = std::exchange(free_, handle.place);
    }
    return true;
  }

  // fn(Handle, T&) for each object, in the order of places. fn may erase the object it was given,
  // nothing else.
  template <class F>
  void for_each(F&& fn) {
    for (std::size_t i = 0; i < rooms_.size(); ++i) {
      if (rooms_[i].tenant) {
        fn(Handle{static_cast<std::uint32_t>(i), rooms_[i].generation}, *rooms_[i].tenant);
      }
    }
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  struct Room {
    std::optional<T> tenant;
    Generation generation{1};  // 0 is the default handle's
    std::uint32_t next_free{none};
  };

  template <class Rooms>
  static auto find(Rooms& rooms, Handle handle) -> decltype(&*rooms[0].tenant) {
    if (handle.place >= rooms.size()) {
      return nullptr;
    }
    auto& room = rooms[handle.place];
    return room.tenant && room.generation == handle.generation ? &*room.tenant : nullptr;
  }

  std::vector<Room> rooms_;
  std::uint32_t free_{none};
  std::size_t size_{};
};

}  // namespace swim
