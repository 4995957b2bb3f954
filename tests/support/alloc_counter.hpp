// Counts heap allocations of the calling thread, so that a test can say "none happened here".
//
// A program that includes this header must have tests/support/alloc_counter.cpp among its sources.
// There malloc, calloc, realloc and the aligned variants are replaced by counting ones, so that C
// libraries (OpenSSL) and operator new are both seen. Under a sanitizer, which owns malloc itself,
// only operator new is counted.
//
//   const AllocationCount allocations;   // counts from here on
//   work();
//   const auto count = allocations.count();  // taken before an EXPECT, which may allocate
//   EXPECT_EQ(count, 0U);
#pragma once

#include <cstdint>

namespace swim::test {

// Allocations of this thread since its start.
std::uint64_t thread_allocations();

// Bytes that this thread has allocated and not freed, as far as it was the one to free them: usable
// sizes, the allocator's own bookkeeping not counted.
std::int64_t thread_live_bytes();

class AllocationCount {
 public:
  AllocationCount() : start_(thread_allocations()) {}
  std::uint64_t count() const { return thread_allocations() - start_; }

 private:
  std::uint64_t start_;
};

}  // namespace swim::test
