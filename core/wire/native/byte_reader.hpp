// A reading cursor over received bytes (the seed's Decoder). Big-endian. Pure, any thread. Strings
// and byte strings are views into the input.
//
// Failure is sticky: after the first one every read gives zero or an empty view and the reader is
// empty, so that a sequence of reads is checked once, at its end, and a loop over the rest always
// stops.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

namespace swim::wire {

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  std::uint8_t read_byte() { return read_be<std::uint8_t>(); }
  std::uint16_t read_int16_be() { return read_be<std::uint16_t>(); }
  std::uint32_t read_int32_be() { return read_be<std::uint32_t>(); }
  std::uint64_t read_int64_be() { return read_be<std::uint64_t>(); }

  // Length (u16), then the bytes. A length above `max` fails with too_large, whether the bytes are
  // there or not: what is over a limit can't become right by more bytes.
  std::string_view read_string(std::size_t max = std::numeric_limits<std::uint16_t>::max()) {
    return as_text(read_blob(max));
  }
  Bytes read_blob(std::size_t max = std::numeric_limits<std::uint16_t>::max()) {
    return read_limited(read_int16_be(), max);
  }
  // The same with a length of four bytes.
  Bytes read_long_blob(std::size_t max) { return read_limited(read_int32_be(), max); }

  // The next `size` bytes.
  Bytes read_bytes(std::size_t size) {
    if (size > rest_.size()) {
      fail(Errc::truncated);
      return {};
    }
    const Bytes bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }
  // Everything that is left.
  Bytes read_rest() { return read_bytes(rest_.size()); }

  std::size_t remaining() const { return rest_.size(); }
  bool is_empty() const { return rest_.empty(); }

  bool ok() const { return !error_.has_value(); }
  // Only when !ok().
  const Error& error() const { return *error_; }
  // Lets who interprets the values report what is wrong with them. The first failure stays.
  void fail(Errc code, std::string_view what = {}) {
    if (!error_) error_ = Error{code, what};
    rest_ = {};
  }

 private:
  template <std::unsigned_integral T>
  T read_be() {
    const Bytes bytes = read_bytes(sizeof(T));
    if (bytes.size() < sizeof(T)) return 0;
    // As many steps for each T as it has bytes: a compiler makes one load and one swap of them.
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = value << 8 | bytes[i];
    return static_cast<T>(value);
  }

  Bytes read_limited(std::size_t size, std::size_t max) {
    if (size > max) {
      fail(Errc::too_large);
      return {};
    }
    return read_bytes(size);
  }

  Bytes rest_;
  std::optional<Error> error_;
};

}  // namespace swim::wire
