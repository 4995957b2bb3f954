// The buffer pool's rows of the seed (swim-xoo, swim-szx) under their names, and what lies between.
#include "core/base/buffer_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/base/prng.hpp"

namespace swim {
namespace {

bool all_are(MutableBytes bytes, std::uint8_t value) {
  return std::all_of(bytes.begin(), bytes.end(), [=](std::uint8_t byte) { return byte == value; });
}

void fill(MutableBytes bytes, std::uint8_t value) {
  std::fill(bytes.begin(), bytes.end(), value);
}

// swim-szx: all acquired buffers released
TEST(BufferPool, test_buffer_pool_no_leaks) {
  BufferPool pool(4, 16);
  for (int round = 0; round < 100; ++round) {
    std::vector<BufferPool::Lease> leases;
    leases.push_back(pool.acquire());
    leases.push_back(*pool.try_acquire());
    leases.push_back(pool.acquire());
    EXPECT_EQ(pool.available(), 1U);
    pool.release(std::move(leases.back()));
    EXPECT_EQ(pool.available(), 2U);
    leases.front().release();
    EXPECT_EQ(pool.available(), 3U);
  }
  EXPECT_EQ(pool.available(), 4U);
  EXPECT_EQ(pool.total(), 4U);
}

// swim-szx: multiple threads acquiring and releasing. More threads than buffers, so that they wait.
TEST(BufferPool, test_buffer_pool_concurrent) {
  constexpr int threads = 8;
  constexpr int rounds = 2000;
  BufferPool pool(3, 64);
  std::atomic<int> spoiled = 0;
  const auto work = [&](std::uint8_t mark) {
    Prng prng(mark);
    for (int i = 0; i < rounds; ++i) {
      auto lease =
          prng.chance(1, 4) ? pool.try_acquire().value_or(BufferPool::Lease{}) : pool.acquire();
      const MutableBytes bytes = lease.bytes();
      spoiled += all_are(bytes, 0) ? 0 : 1;
      fill(bytes, mark);
      std::this_thread::yield();
      spoiled += all_are(bytes, mark) ? 0 : 1;
    }
  };
  std::vector<std::thread> workers;
  for (int i = 1; i <= threads; ++i) {
    workers.emplace_back(work, static_cast<std::uint8_t>(i));
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  EXPECT_EQ(spoiled, 0);
  EXPECT_EQ(pool.available(), pool.total());
  EXPECT_EQ(pool.hits() + pool.misses(), static_cast<std::uint64_t>(threads) * rounds);
}

// swim-szx: buffer released on exception
TEST(BufferPool, test_with_buffer_exception_safe) {
  BufferPool pool(1, 16);
  EXPECT_THROW(pool.with_buffer([&](MutableBytes) {
    EXPECT_EQ(pool.available(), 0U);
    throw std::runtime_error("inside");
  }),
               std::runtime_error);
  EXPECT_EQ(pool.available(), 1U);
  EXPECT_TRUE(pool.try_acquire());
}

TEST(BufferPool, with_buffer_hands_over_a_buffer_and_returns_the_result) {
  BufferPool pool(1, 16);
  const std::size_t size = pool.with_buffer([](MutableBytes bytes) { return bytes.size(); });
  EXPECT_EQ(size, 16U);
  EXPECT_EQ(pool.available(), 1U);
}

TEST(BufferPool, with_buffer_may_return_a_reference) {
  BufferPool pool(1, 1);
  int outside = 0;
  pool.with_buffer([&](MutableBytes) -> int& { return outside; }) = 5;
  EXPECT_EQ(outside, 5);
}

// swim-xoo: buffers properly recycled, reset before returning
TEST(BufferPool, a_buffer_comes_back_cleared) {
  BufferPool pool(2, 16);
  const std::uint8_t* first = nullptr;
  {
    const auto lease = pool.acquire();
    first = lease.bytes().data();
    fill(lease.bytes(), 0xab);
  }
  const auto again = pool.acquire();
  EXPECT_EQ(again.bytes().data(), first);
  EXPECT_TRUE(all_are(again.bytes(), 0));
}

TEST(BufferPool, buffers_are_apart_and_of_the_size_asked_for) {
  BufferPool pool(3, 100);
  std::vector<BufferPool::Lease> leases;
  for (std::uint8_t i = 0; i < 3; ++i) {
    leases.push_back(pool.acquire());
    ASSERT_EQ(leases.back().bytes().size(), 100U);
    fill(leases.back().bytes(), i);
  }
  for (std::uint8_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(all_are(leases[i].bytes(), i));
  }
  EXPECT_EQ(pool.buffer_size(), 100U);
}

TEST(BufferPool, try_acquire_goes_without_where_there_is_none) {
  BufferPool pool(1, 16);
  auto lease = pool.try_acquire();
  ASSERT_TRUE(lease);
  EXPECT_FALSE(pool.try_acquire());
  lease->release();
  EXPECT_TRUE(pool.try_acquire());
}

TEST(BufferPool, acquire_waits_for_a_release) {
  BufferPool pool(1, 16);
  auto held = pool.acquire();
  std::atomic<bool> served = false;
  std::thread waiter([&] {
    const auto lease = pool.acquire();
    served = true;
  });
  while (pool.misses() == 0) {  // counted before it waits
    std::this_thread::yield();
  }
  EXPECT_FALSE(served);
  held.release();
  waiter.join();
  EXPECT_TRUE(served);
  EXPECT_EQ(pool.available(), 1U);
}

// swim-xoo: stats accurate
TEST(BufferPool, a_hit_is_served_at_once_and_a_miss_is_not) {
  BufferPool pool(2, 16);
  const auto first = pool.acquire();
  const auto second = pool.try_acquire();
  EXPECT_EQ(pool.hits(), 2U);
  EXPECT_EQ(pool.misses(), 0U);
  EXPECT_FALSE(pool.try_acquire());
  EXPECT_EQ(pool.hits(), 2U);
  EXPECT_EQ(pool.misses(), 1U);
}

TEST(BufferPool, a_lease_moves_its_buffer_and_gives_it_back_once) {
  BufferPool pool(2, 16);
  auto a = pool.acquire();
  auto b = pool.acquire();
  const std::uint8_t* buffer = a.bytes().data();
  auto moved = std::move(a);
  EXPECT_TRUE(a.bytes().empty());
  EXPECT_EQ(moved.bytes().data(), buffer);
  b = std::move(moved);  // b's own buffer goes back
  EXPECT_EQ(pool.available(), 1U);
  EXPECT_EQ(b.bytes().data(), buffer);
  a.release();
  moved.release();
  EXPECT_EQ(pool.available(), 1U);
  b.release();
  b.release();
  EXPECT_EQ(pool.available(), 2U);
  EXPECT_TRUE(b.bytes().empty());
}

TEST(BufferPool, releasing_an_empty_lease_does_nothing) {
  BufferPool pool(1, 16);
  pool.release(BufferPool::Lease{});
  EXPECT_EQ(pool.available(), 1U);
}

TEST(BufferPool, wrong_use_is_the_callers_bug) {
  EXPECT_DEATH(BufferPool(0, 16), "assertion failed");
  EXPECT_DEATH(BufferPool(16, 0), "assertion failed");
  EXPECT_DEATH(BufferPool(4, SIZE_MAX / 2), "assertion failed");
  BufferPool pool(1, 16);
  BufferPool other(1, 16);
  EXPECT_DEATH(pool.release(other.acquire()), "assertion failed");
  EXPECT_DEATH(
      {
        BufferPool::Lease outlives;
        BufferPool gone(1, 16);
        outlives = gone.acquire();
        gone.~BufferPool();
      },
      "assertion failed: available\\(\\) == total_");
}

}  // namespace
}  // namespace swim
