// SHA-256 of bytes that come piece by piece: what was announced is compared with what came. Whoever
// knows a checksum of it can't make other bytes that have it. Any thread, one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "core/base/bytes.hpp"

namespace swim::crypto {

using Checksum = std::array<std::uint8_t, 32>;

class Checksummer {
 public:
  Checksummer();
  ~Checksummer();
  Checksummer(Checksummer&&) noexcept;
  Checksummer& operator=(Checksummer&&) noexcept;

  void add(Bytes bytes);
  // Of all that was added; nothing may be added afterwards.
  Checksum finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Checksum checksum_of(Bytes bytes);

}  // namespace swim::crypto
