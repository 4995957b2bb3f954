// Commands on their way to the engine thread: bounded, any number of producers, one consumer.
//
// The wake-up is called once for each batch, not for each item: handing work to the loop from a
// foreign thread costs an allocation and a system call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace swim::runtime {

enum class Posted : std::uint8_t { accepted, full, closed };

template <class T>
class Mailbox {
 public:
  // `wake` runs on a producer's thread, outside the lock.
  Mailbox(std::size_t capacity, std::function<void()> wake, std::size_t bytes_max = SIZE_MAX)
      : capacity_(capacity), bytes_max_(bytes_max), wake_(std::move(wake)) {}

  // Any thread. An item that is not accepted is left as it was. `bytes`: what it holds beside
  // itself; an empty mailbox takes any.
  Posted push(T&& item, std::size_t bytes = 0) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) {
        return Posted::closed;
      }
      if (items_.size() >= capacity_ || (bytes_ > 0 && bytes > bytes_max_ - bytes_)) {
        ++rejected_;
        return Posted::full;
      }
      bytes_ = std::min(bytes_max_, bytes_ + bytes);
      first = items_.empty();
      items_.push_back(std::move(item));
    }
    if (first) {
      wake_();
    }
    return Posted::accepted;
  }

  // The consumer. `batch` must be empty; its capacity is reused for the items to come.
  void take(std::vector<T>& batch) {
    const std::lock_guard lock(mutex_);
    items_.swap(batch);
    bytes_ = 0;
  }

  // Any thread. Nothing is accepted from here on; what is inside can still be taken.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  std::uint64_t rejected() const {
    const std::lock_guard lock(mutex_);
    return rejected_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<T> items_;
  std::size_t capacity_;
  std::size_t bytes_max_;
  std::size_t bytes_{};
  std::function<void()> wake_;
  std::uint64_t rejected_{};
  bool closed_{};
};

}  // namespace swim::runtime
