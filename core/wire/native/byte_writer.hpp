// A writing cursor over the caller's buffer (the seed's Encoder). Big-endian. Pure, any thread.
//
// Failure is sticky: the first write that does not fit writes nothing and makes every later one do
// nothing, so that a sequence of writes is checked once, at its end.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "core/base/bytes.hpp"

namespace swim::wire {

class ByteWriter {
 public:
  // `out` must outlive the writer and every view that written() gave.
  explicit ByteWriter(MutableBytes out) : out_(out) {}

  void write_byte(std::uint8_t value) { write_be(value); }
  void write_int16_be(std::uint16_t value) { write_be(value); }
  void write_int32_be(std::uint32_t value) { write_be(value); }
  void write_int64_be(std::uint64_t value) { write_be(value); }

  // Length (u16), then the bytes. Fails above 65,535 bytes.
  void write_string(std::string_view text) { write_blob(as_bytes(text)); }
  void write_blob(Bytes bytes) { write_prefixed<std::uint16_t>(bytes); }
  // The same with a length of four bytes, for payloads of stream messages.
  void write_long_blob(Bytes bytes) { write_prefixed<std::uint32_t>(bytes); }
  // The bytes alone.
  void write_bytes(Bytes bytes) {
    if (!reserve(bytes.size())) return;
    append(bytes);
  }

  // A view of what was written, no copy.
  Bytes written() const { return out_.first(position_); }
  std::size_t remaining() const { return ok_ ? out_.size() - position_ : 0; }
  bool ok() const { return ok_; }
  // Back to the start of the buffer, failure forgotten.
  void reset() {
    position_ = 0;
    ok_ = true;
  }

 private:
  bool reserve(std::size_t size) {
    ok_ = ok_ && size <= out_.size() - position_;
    return ok_;
  }

  template <std::unsigned_integral T>
  void write_be(T value) {
    if (!reserve(sizeof(T))) return;
    // Through a pointer of its own, which no byte written can change: one swap and one store.
    std::uint8_t* const at = out_.data() + position_;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      at[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
    }
    position_ += sizeof(T);
  }

  template <std::unsigned_integral Length>
  void write_prefixed(Bytes bytes) {
    ok_ = ok_ && bytes.size() <= std::numeric_limits<Length>::max();
    if (!reserve(sizeof(Length) + bytes.size())) return;
    write_be(static_cast<Length>(bytes.size()));
    append(bytes);
  }

  void append(Bytes bytes) {
    // memcpy must not be given the null pointer of an empty view.
    if (bytes.empty()) return;
    std::memcpy(out_.data() + position_, bytes.data(), bytes.size());
    position_ += bytes.size();
  }

  MutableBytes out_;
  std::size_t position_{};
  bool ok_{true};
};

}  // namespace swim::wire
