// One writer publishes immutable values; any number of threads read the latest.
//
// A mutex round a shared_ptr: 20 ns uncontended, clean under ThreadSanitizer, which rejects
// std::atomic<std::shared_ptr> of GCC 12 (DESIGN §9).
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace swim::runtime {

template <class T>
class Published {
 public:
  using Ptr = std::shared_ptr<const T>;

  explicit Published(Ptr initial) : value_(std::move(initial)) {}

  // Any thread. Never null.
  Ptr load() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  // The writer only. The old value dies outside the lock.
  void store(Ptr next) {
    {
      const std::lock_guard lock(mutex_);
      value_.swap(next);
    }
  }

 private:
  mutable std::mutex mutex_;
  Ptr value_;
};

}  // namespace swim::runtime
