#include "tests/support/alloc_counter.hpp"

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SWIM_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SWIM_TEST_SANITIZED 1
#endif
#endif

namespace {

// Constant-initialised and in static TLS: counting never allocates itself.
thread_local constinit std::uint64_t allocations = 0;
thread_local constinit std::int64_t live_bytes = 0;

void* taken(void* memory) {
  ++allocations;
  live_bytes += static_cast<std::int64_t>(malloc_usable_size(memory));
  return memory;
}

void given_back(void* memory) {
  live_bytes -= static_cast<std::int64_t>(malloc_usable_size(memory));
}

}  // namespace

namespace swim::test {

std::uint64_t thread_allocations() {
  return allocations;
}

std::int64_t thread_live_bytes() {
  return live_bytes;
}

}  // namespace swim::test

#ifdef SWIM_TEST_SANITIZED

namespace {

void* counted(std::size_t size) {
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return taken(memory);
  throw std::bad_alloc();
}

void* counted_aligned(std::size_t size, std::align_val_t alignment) {
  void* memory = nullptr;
  if (posix_memalign(&memory, static_cast<std::size_t>(alignment), size == 0 ? 1 : size) == 0) {
    return taken(memory);
  }
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, std::align_val_t a) {
  return counted_aligned(size, a);
}
void* operator new[](std::size_t size, std::align_val_t a) {
  return counted_aligned(size, a);
}
void operator delete(void* memory) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  given_back(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  given_back(memory);
  std::free(memory);
}

#else

// glibc exports its own allocator under these names, for programs that wrap it.
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void free(void* memory) {
  given_back(memory);
  __libc_free(memory);
}

void* malloc(std::size_t size) {
  return taken(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) {
  return taken(__libc_calloc(count, size));
}

void* realloc(void* memory, std::size_t size) {
  const auto before = static_cast<std::int64_t>(malloc_usable_size(memory));
  void* moved = __libc_realloc(memory, size);
  live_bytes -= moved != nullptr || size == 0 ? before : 0;
  return taken(moved);
}

void* memalign(std::size_t alignment, std::size_t size) {
  return taken(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return taken(__libc_memalign(alignment, size));
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = taken(__libc_memalign(alignment, size));
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif
