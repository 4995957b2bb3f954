#include "core/base/assert.hpp"
#include "core/wire/native/byte_writer.hpp"
#include "core/wire/native/codec.hpp"
#include "core/wire/native/layout.hpp"
#include "core/wire/native/message_io.hpp"
#include "core/wire/native/tags.hpp"

namespace swim::wire {
namespace {

// Counts the bytes of a body and judges its values, so that writing it afterwards can't fail.
class Sizer {
 public:
  static constexpr bool reading = false;

  template <std::unsigned_integral T>
  void number(T) {
    size_ += sizeof(T);
  }
  void boolean(bool) { size_ += 1; }
  template <class Enum>
  void choice(Enum value, Enum last) {
    check(value <= last, "unknown enum value");
    size_ += 1;
  }
  void text(std::string_view value, std::size_t max) { blob(as_bytes(value), max); }
  void blob(Bytes value, std::size_t max) { prefixed(sizeof(std::uint16_t), value, max); }
  void long_blob(Bytes value, std::size_t max) { prefixed(sizeof(std::uint32_t), value, max); }
  void optional_blob(const std::optional<Bytes>& value, std::size_t max) {
    size_ += 1;
    if (value) blob(*value, max);
  }
  void raw(Bytes value) { size_ += value.size(); }
  void endpoint(const Endpoint& value) { size_ += 1 + (value.is_v4() ? 4 : 16) + 2; }
  void marks(const Marks& value) {
    at_most(value.count, value.items.size());
    size_ += 1 + value.count * sizeof(Mark);
  }
  void spans(const Spans& value) {
    at_most(value.count, value.items.size());
    size_ += 1 + value.count * sizeof(Span);
  }
  void at_most(std::size_t value, std::size_t max) {
    if (value > max && !error_) error_ = Error{Errc::too_large};
  }
  void check(bool good, std::string_view what) {
    if (!good && !error_) error_ = Error{Errc::malformed, what};
  }

  std::size_t size() const { return size_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  void prefixed(std::size_t prefix, Bytes value, std::size_t max) {
    at_most(value.size(), max);
    size_ += prefix + value.size();
  }

  std::size_t size_{};
  std::optional<Error> error_;
};
static_assert(sizeof(Mark) == 16 && sizeof(Span) == 16, "two numbers of 8 bytes on the wire");

class FieldWriter {
 public:
  static constexpr bool reading = false;

  explicit FieldWriter(ByteWriter& out) : out_(out) {}

  void number(std::uint8_t value) { out_.write_byte(value); }
  void number(std::uint16_t value) { out_.write_int16_be(value); }
  void number(std::uint32_t value) { out_.write_int32_be(value); }
  void number(std::uint64_t value) { out_.write_int64_be(value); }
  void boolean(bool value) { out_.write_byte(value ? 1 : 0); }
  template <class Enum>
  void choice(Enum value, Enum) {
    out_.write_byte(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value, std::size_t) { out_.write_string(value); }
  void blob(Bytes value, std::size_t) { out_.write_blob(value); }
  void long_blob(Bytes value, std::size_t) { out_.write_long_blob(value); }
  void optional_blob(const std::optional<Bytes>& value, std::size_t) {
    boolean(value.has_value());
    if (value) out_.write_blob(*value);
  }
  void raw(Bytes value) { out_.write_bytes(value); }
  void endpoint(const Endpoint& value) {
    const Bytes address = value.address;
    out_.write_byte(value.is_v4() ? 4 : 6);
    out_.write_bytes(value.is_v4() ? address.last(4) : address);
    out_.write_int16_be(value.port);
  }
  void marks(const Marks& value) {
    out_.write_byte(value.count);
    for (const Mark& mark : value.view()) {
      out_.write_int64_be(mark.boot);
      out_.write_int64_be(mark.sequence);
    }
  }
  void spans(const Spans& value) {
    out_.write_byte(value.count);
    for (const Span& span : value.view()) {
      out_.write_int64_be(span.first);
      out_.write_int64_be(span.last);
    }
  }
  void at_most(std::size_t, std::size_t) {}
  void check(bool, std::string_view) {}

 private:
  ByteWriter& out_;
};

struct Measured {
  std::uint8_t tag{};
  std::size_t body{};
  std::optional<Error> error;
  std::size_t size() const { return header_size(tag) + body; }
};

Measured measure(const Message& message) {
  return std::visit(
      []<class M>(const M& m) {
        const auto tag = static_cast<std::uint8_t>(tag_of<M>);
        Sizer sizer;
        layout::body(sizer, m);
        sizer.at_most(sizer.size(), body_max(tag));
        return Measured{tag, sizer.size(), sizer.error()};
      },
      message);
}

}  // namespace

std::size_t encoded_size(const Message& message) {
  return measure(message).size();
}

Expected<std::size_t> encode_message(const Message& message, MutableBytes out) {
  const Measured measured = measure(message);
  if (measured.error) return tl::unexpected<Error>(*measured.error);
  if (measured.size() > out.size()) return fail(Errc::buffer_too_small);
  ByteWriter writer(out);
  writer.write_byte(measured.tag);
  if (measured.tag >= first_stream_tag) {
    writer.write_int32_be(static_cast<std::uint32_t>(measured.body));
  } else {
    writer.write_int16_be(static_cast<std::uint16_t>(measured.body));
  }
  FieldWriter fields(writer);
  std::visit([&fields](const auto& m) { layout::body(fields, m); }, message);
  SWIM_ASSERT(writer.ok() && writer.written().size() == measured.size());
  return measured.size();
}

}  // namespace swim::wire
