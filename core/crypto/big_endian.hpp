// Numbers as they stand on the wire. Private to core/crypto, which must not include core/wire.
#pragma once

#include <concepts>
#include <cstddef>

#include "core/base/bytes.hpp"

namespace swim::crypto {

// `out` must hold sizeof(T) bytes.
template <std::unsigned_integral T>
void store_be(T value, MutableBytes out) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8U * (sizeof(T) - 1 - i)));
  }
}

// `in` must hold sizeof(T) bytes.
template <std::unsigned_integral T>
T load_be(Bytes in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = value << 8U | in[i];
  }
  return static_cast<T>(value);
}

template <std::unsigned_integral T>
void append_be(T value, ByteVector& out) {
  out.resize(out.size() + sizeof(T));
  store_be(value, MutableBytes(out).last(sizeof(T)));
}

}  // namespace swim::crypto
