// A bounded ring of events that one writer appends to and any number of cursors read (DESIGN §7).
//
// A slow reader costs a cursor, never a queue: when the ring has overtaken it, it is told so and
// starts again from a snapshot. Positions start at 1 and grow by one an entry; a cursor is the
// position last read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace swim::runtime {

template <class T>
class EventLog {
 public:
  // At most `entries` entries and, by `weigh`, about `bytes` bytes; the oldest go first.
  explicit EventLog(std::size_t entries, std::size_t bytes = SIZE_MAX,
                    std::function<std::size_t(const T&)> weigh = {})
      : entries_max_(entries), bytes_max_(bytes), weigh_(std::move(weigh)) {}

  struct Read {
    std::vector<std::pair<std::uint64_t, T>> entries;  // position and value, in order
    bool overrun{};         // the entry after `cursor` is gone; `entries` is empty then
    std::uint64_t first{};  // the oldest position still here (last + 1 when empty)
    std::uint64_t last{};   // the newest position; 0 before the first
  };

  // The writer only. Returns the position. The listener runs outside the lock, on the writer's
  // thread.
  std::uint64_t append(T value);
  // Any thread.
  Read read_after(std::uint64_t cursor, std::size_t max) const;
  std::uint64_t last() const;
  // Called after each append; must be quick (it wakes somebody). May be set while the writer runs:
  // what was appended before is for the reader to fetch. What it refers to must outlive the writer.
  void on_append(std::function<void()> listener) {
    auto next = std::make_shared<const std::function<void()>>(std::move(listener));
    const std::lock_guard lock(mutex_);
    listener_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::deque<T> ring_;
  std::uint64_t first_{1};
  std::size_t bytes_{};
  std::size_t entries_max_;
  std::size_t bytes_max_;
  std::function<std::size_t(const T&)> weigh_;
  std::shared_ptr<const std::function<void()>> listener_;
};

template <class T>
std::uint64_t EventLog<T>::append(T value) {
  std::uint64_t position = 0;
  std::shared_ptr<const std::function<void()>> listener;
  {
    const std::lock_guard lock(mutex_);
    listener = listener_;
    bytes_ += weigh_ ? weigh_(value) : 0;
    ring_.push_back(std::move(value));
    while (ring_.size() > entries_max_ || (bytes_ > bytes_max_ && ring_.size() > 1)) {
      bytes_ -= weigh_ ? weigh_(ring_.front()) : 0;
      ring_.pop_front();
      ++first_;
    }
    position = first_ + ring_.size() - 1;
  }
  if (listener) {
    (*listener)();
  }
  return position;
}

template <class T>
typename EventLog<T>::Read EventLog<T>::read_after(std::uint64_t cursor, std::size_t max) const {
  Read result;
  const std::lock_guard lock(mutex_);
  result.first = first_;
  result.last = first_ + ring_.size() - 1;
  if (cursor + 1 < first_ || cursor > result.last) {
    result.overrun = true;
    return result;
  }
  for (std::uint64_t at = cursor + 1; at <= result.last && result.entries.size() < max; ++at) {
    result.entries.emplace_back(at, ring_[static_cast<std::size_t>(at - first_)]);
  }
  return result;
}

template <class T>
std::uint64_t EventLog<T>::last() const {
  const std::lock_guard lock(mutex_);
  return first_ + ring_.size() - 1;
}

}  // namespace swim::runtime
