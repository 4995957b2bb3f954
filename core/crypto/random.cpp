#include "core/crypto/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <limits>

#include "core/base/assert.hpp"

namespace swim::crypto {

void random_bytes(MutableBytes out) {
  SWIM_ASSERT(out.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  SWIM_ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  while (value == 0) {
    std::array<std::uint8_t, sizeof(value)> bytes{};
    random_bytes(bytes);
    for (const std::uint8_t byte : bytes) {
      value = value << 8U | byte;
    }
  }
  return value;
}

}  // namespace swim::crypto
