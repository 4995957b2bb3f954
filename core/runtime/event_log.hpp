// A bounded ring of events that one writer appends to and any number of cursors read (DESIGN §7).
//
// A slow reader costs a cursor, never a queue: when the ring has overtaken it, it is told so and
// starts again from a snapshot. Positions start at 1 and grow by one an entry; a cursor is the
// position last read. Entries are shared: a reader gets pointers, nobody copies what is in them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace swim::runtime {

// Immutable, any thread. It stays while anybody holds it, also after the ring let it go.
template <class T>
class LogEntry {
 public:
  LogEntry(std::uint64_t at, T what) : position(at), value(std::move(what)) {}

  const std::uint64_t position;
  const T value;

  // What readers make of the value (its form on the wire, say), made by the first who asks, once,
  // and kept with the entry. All readers of a log must ask for the same type.
  template <class Made, class Make>
  const Made& once(const Make& make) const {
    std::call_once(made_flag_, [&] { made_ = std::make_shared<const Made>(make(value)); });
    return *static_cast<const Made*>(made_.get());
  }

 private:
  mutable std::once_flag made_flag_;
  mutable std::shared_ptr<const void> made_;
};

template <class T>
class EventLog {
 public:
  using Entry = std::shared_ptr<const LogEntry<T>>;

  // At most `entries` entries and, by `weigh`, about `bytes` bytes; the oldest go first.
  explicit EventLog(std::size_t entries, std::size_t bytes = SIZE_MAX,
                    std::function<std::size_t(const T&)> weigh = {})
      : entries_max_(entries), bytes_max_(bytes), weigh_(std::move(weigh)) {}

  struct Read {
    std::vector<Entry> entries;  // in order
    bool overrun{};              // the entry after `cursor` is gone; `entries` is empty then
    std::uint64_t first{};       // the oldest position still here (last + 1 when empty)
    std::uint64_t last{};        // the newest position; 0 before the first
  };

  // The writer only. Returns the position. The listener runs outside the lock, on the writer's
  // thread.
  std::uint64_t append(T value);
  // Any thread.
  Read read_after(std::uint64_t cursor, std::size_t max) const;
  std::uint64_t first() const;
  std::uint64_t last() const;
  // Called after each append; must be quick (it wakes somebody). May be set while the writer runs:
  // what was appended before is for the reader to fetch. What it refers to must outlive the writer.
  void on_append(std::function<void()> listener) {
    auto next = std::make_shared<const std::function<void()>>(std::move(listener));
    const std::lock_guard lock(mutex_);
    listener_ = std::move(next);
  }

 private:
  // The weight stands beside the entry: what the ring lets go lies cold in memory.
  struct Slot {
    Entry entry;
    std::size_t bytes{};
  };

  mutable std::mutex mutex_;
  std::deque<Slot> ring_;
  std::uint64_t first_{1};
  std::size_t bytes_{};
  std::size_t entries_max_;
  std::size_t bytes_max_;
  std::function<std::size_t(const T&)> weigh_;
  std::shared_ptr<const std::function<void()>> listener_;
  std::uint64_t appended_{};  // the writer's
};

template <class T>
std::uint64_t EventLog<T>::append(T value) {
  const std::uint64_t position = ++appended_;
  auto entry = std::make_shared<const LogEntry<T>>(position, std::move(value));
  const std::size_t bytes = weigh_ ? weigh_(entry->value) : 0;
  std::shared_ptr<const std::function<void()>> listener;
  {
    const std::lock_guard lock(mutex_);
    listener = listener_;
    bytes_ += bytes;
    ring_.push_back({std::move(entry), bytes});
    while (ring_.size() > entries_max_ || (bytes_ > bytes_max_ && ring_.size() > 1)) {
      bytes_ -= ring_.front().bytes;
      ring_.pop_front();
      ++first_;
    }
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
  const auto from = ring_.begin() + static_cast<std::ptrdiff_t>(cursor + 1 - first_);
  const auto count =
      static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(result.last - cursor, max));
  result.entries.reserve(static_cast<std::size_t>(count));
  std::ranges::transform(from, from + count, std::back_inserter(result.entries), &Slot::entry);
  return result;
}

template <class T>
std::uint64_t EventLog<T>::first() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

template <class T>
std::uint64_t EventLog<T>::last() const {
  const std::lock_guard lock(mutex_);
  return first_ + ring_.size() - 1;
}

}  // namespace swim::runtime
