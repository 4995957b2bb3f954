// Sequence numbers that an answer is awaited for, each with what to do about it. A fixed number of
// places: what is registered is completed, cancelled or timed out, so nothing leaks (the seed's
// pending_acks).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace swim::engine {

template <class Waiter, std::size_t Capacity>
class PendingAcks {
 public:
  // The place of the new waiter; nullopt when all are taken.
  std::optional<std::size_t> add(std::uint32_t seq, Waiter waiter) {
    for (std::size_t place = 0; place < Capacity; ++place) {
      if (!entries_[place].used) {
        entries_[place] = {true, seq, std::move(waiter)};
        ++size_;
        return place;
      }
    }
    return std::nullopt;
  }
  std::optional<std::size_t> find(std::uint32_t seq) const {
    return find_if([seq](std::uint32_t other, const Waiter&) { return other == seq; });
  }
  // The first waiter, by place, for which fits(seq, waiter) holds. New ones take the lowest place,
  // so that a walk sees little more than those who wait.
  template <class Fits>
  std::optional<std::size_t> find_if(Fits fits) const {
    for (std::size_t place = 0, left = size_; left > 0; ++place) {
      const Entry& entry = entries_[place];
      if (entry.used) {
        if (fits(entry.seq, entry.waiter)) {
          return place;
        }
        --left;
      }
    }
    return std::nullopt;
  }
  bool used(std::size_t place) const { return place < Capacity && entries_[place].used; }
  Waiter& at(std::size_t place) { return entries_[place].waiter; }
  const Waiter& at(std::size_t place) const { return entries_[place].waiter; }
  std::uint32_t seq(std::size_t place) const { return entries_[place].seq; }
  // Completion, cancellation and expiry alike: the waiter is taken out.
  Waiter take(std::size_t place) {
    entries_[place].used = false;
    --size_;
    return std::move(entries_[place].waiter);
  }
  std::size_t size() const { return size_; }
  static constexpr std::size_t capacity() { return Capacity; }

 private:
  struct Entry {
    bool used{};
    std::uint32_t seq{};
    Waiter waiter{};
  };
  std::array<Entry, Capacity> entries_{};
  std::size_t size_{};
};

}  // namespace swim::engine
