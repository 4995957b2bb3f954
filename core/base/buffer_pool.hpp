// A fixed number of equal buffers for network I/O, allocated once and lent out again and again.
//
// A Lease owns its buffer until it is released, moved from or destroyed; the bytes are the holder's
// alone meanwhile, and all zero at first. The pool must outlive its leases: it aborts where it
// doesn't. Safe under threads. This is the one part of core/base that takes a lock, because
// acquire() waits by its contract (seed, swim-xoo); nothing below core/runtime may use it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"

namespace swim {

class BufferPool {
 public:
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { release(); }

    // The whole buffer; empty once the lease was released or moved from.
    MutableBytes bytes() const { return bytes_; }
    // Gives the buffer back early. Again, or after a move: nothing.
    void release();

   private:
    friend class BufferPool;
    Lease(BufferPool* pool, MutableBytes bytes) : pool_(pool), bytes_(bytes) {}

    BufferPool* pool_{};
    MutableBytes bytes_;
  };

  // `count` buffers of `size` bytes each, count first as in std::vector. Both > 0.
  BufferPool(std::size_t count, std::size_t size);
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // Waits until there is a buffer. A thread that holds leases of a small pool may wait for itself.
  Lease acquire();
  // nullopt where none is free now.
  std::optional<Lease> try_acquire();
  // The same as lease.release(), for those who look for the seed's name. The lease is of this pool.
  void release(Lease lease);

  // fn(MutableBytes) with a buffer that goes back when fn returns or throws. Waits like acquire().
  template <class F>
  decltype(auto) with_buffer(F&& fn) {
    const Lease lease = acquire();
    return std::forward<F>(fn)(lease.bytes());
  }

  std::size_t available() const;
  std::size_t total() const { return total_; }
  std::size_t buffer_size() const { return size_; }

  // A hit was served at once. A miss found no buffer: it waited (acquire) or went without
  // (try_acquire). Reuse rate = hits / (hits + misses).
  std::uint64_t hits() const;
  std::uint64_t misses() const;

 private:
  using Number = std::uint32_t;  // of a buffer

  Lease lend(Number number);
  void take_back(MutableBytes bytes);

  const std::size_t total_;
  const std::size_t size_;
  ByteVector storage_;

  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Number> free_;  // a stack: the buffer used last is the likeliest in the cache
  std::uint64_t hits_{};
  std::uint64_t misses_{};
};

}  // namespace swim
