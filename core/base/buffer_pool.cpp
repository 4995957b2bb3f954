#include "core/base/buffer_pool.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/assert.hpp"

namespace swim {
namespace {

std::size_t checked_bytes(std::size_t count, std::size_t size) {
  SWIM_ASSERT(count > 0 && size > 0);
  SWIM_ASSERT(count <= std::numeric_limits<std::uint32_t>::max());
  SWIM_ASSERT(size <= std::numeric_limits<std::size_t>::max() / count);
  return count * size;
}

}  // namespace

BufferPool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, {})) {}

BufferPool::Lease& BufferPool::Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    release();
    pool_ = std::exchange(other.pool_, nullptr);
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

void BufferPool::Lease::release() {
  if (pool_ != nullptr) {
    std::exchange(pool_, nullptr)->take_back(std::exchange(bytes_, {}));
  }
}

BufferPool::BufferPool(std::size_t count, std::size_t size)
    : total_(count), size_(size), storage_(checked_bytes(count, size)), free_(count) {
  // Buffer 0 on top, so that a lightly used pool stays in few pages.
  std::iota(free_.rbegin(), free_.rend(), Number{0});
}

BufferPool::~BufferPool() {
  SWIM_ASSERT(available() == total_);
}

BufferPool::Lease BufferPool::acquire() {
  std::unique_lock lock(mutex_);
  if (free_.empty()) {
    ++misses_;
    returned_.wait(lock, [this] { return !free_.empty(); });
  } else {
    ++hits_;
  }
  const Number number = free_.back();
  free_.pop_back();
  lock.unlock();
  return lend(number);
}

std::optional<BufferPool::Lease> BufferPool::try_acquire() {
  std::unique_lock lock(mutex_);
  if (free_.empty()) {
    ++misses_;
    return std::nullopt;
  }
  ++hits_;
  const Number number = free_.back();
  free_.pop_back();
  lock.unlock();
  return lend(number);
}

void BufferPool::release(Lease lease) {
  SWIM_ASSERT(lease.pool_ == nullptr || lease.pool_ == this);
  lease.release();
}

std::size_t BufferPool::available() const {
  const std::lock_guard lock(mutex_);
  return free_.size();
}

std::uint64_t BufferPool::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

std::uint64_t BufferPool::misses() const {
  const std::lock_guard lock(mutex_);
  return misses_;
}

// Cleared outside the lock: the buffer is already the caller's alone.
BufferPool::Lease BufferPool::lend(Number number) {
  const MutableBytes bytes = MutableBytes(storage_).subspan(number * size_, size_);
  std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
  return {this, bytes};
}

void BufferPool::take_back(MutableBytes bytes) {
  const auto offset = static_cast<std::size_t>(bytes.data() - storage_.data());
  // Notified under the lock: without it another thread may see the pool whole and destroy it in
  // between.
  const std::lock_guard lock(mutex_);
  SWIM_ASSERT(free_.size() < total_);
  free_.push_back(static_cast<Number>(offset / size_));
  returned_.notify_one();
}

}  // namespace swim
