#include <algorithm>
#include <utility>

#include "core/wire/native/byte_reader.hpp"
#include "core/wire/native/codec.hpp"
#include "core/wire/native/layout.hpp"
#include "core/wire/native/message_io.hpp"
#include "core/wire/native/tags.hpp"

namespace swim::wire {
namespace {

class FieldReader {
 public:
  static constexpr bool reading = true;

  explicit FieldReader(ByteReader& in) : in_(in) {}

  void number(std::uint8_t& value) { value = in_.read_byte(); }
  void number(std::uint16_t& value) { value = in_.read_int16_be(); }
  void number(std::uint32_t& value) { value = in_.read_int32_be(); }
  void number(std::uint64_t& value) { value = in_.read_int64_be(); }
  void boolean(bool& value) {
    const std::uint8_t byte = in_.read_byte();
    check(byte <= 1, "a boolean that is neither 0 nor 1");
    value = byte == 1;
  }
  template <class Enum>
  void choice(Enum& value, Enum last) {
    const std::uint8_t byte = in_.read_byte();
    check(byte <= static_cast<std::uint8_t>(last), "unknown enum value");
    value = static_cast<Enum>(byte);
  }
  void text(std::string_view& value, std::size_t max) { value = in_.read_string(max); }
  void blob(Bytes& value, std::size_t max) { value = in_.read_blob(max); }
  void long_blob(Bytes& value, std::size_t max) { value = in_.read_long_blob(max); }
  void optional_blob(std::optional<Bytes>& value, std::size_t max) {
    bool present = false;
    boolean(present);
    if (present) value = in_.read_blob(max);
  }
  void raw(MutableBytes value) {
    const Bytes bytes = in_.read_bytes(value.size());
    std::copy(bytes.begin(), bytes.end(), value.begin());
  }
  void endpoint(Endpoint& value) {
    const std::uint8_t family = in_.read_byte();
    if (family == 4) {
      const Bytes a = in_.read_bytes(4);
      if (in_.ok()) value = Endpoint::v4(a[0], a[1], a[2], a[3], 0);
    } else {
      check(family == 6, "unknown address family");
      const Bytes a = in_.read_bytes(value.address.size());
      std::copy(a.begin(), a.end(), value.address.begin());
    }
    value.port = in_.read_int16_be();
  }
  void marks(Marks& value) {
    const std::uint8_t count = in_.read_byte();
    at_most(count, value.items.size());
    if (!in_.ok()) return;
    value.count = count;
    for (std::size_t i = 0; i < count; ++i) {
      value.items[i].boot = in_.read_int64_be();
      value.items[i].sequence = in_.read_int64_be();
    }
  }
  void spans(Spans& value) {
    const std::uint8_t count = in_.read_byte();
    at_most(count, value.items.size());
    if (!in_.ok()) return;
    value.count = count;
    for (std::size_t i = 0; i < count; ++i) {
      value.items[i].first = in_.read_int64_be();
      value.items[i].last = in_.read_int64_be();
    }
  }
  void at_most(std::size_t value, std::size_t max) {
    if (value > max) in_.fail(Errc::too_large);
  }
  void check(bool good, std::string_view what) {
    if (!good) in_.fail(Errc::malformed, what);
  }

 private:
  ByteReader& in_;
};

template <class M>
bool decode_as(const RawMessage& raw, ByteReader& in, std::optional<Message>& out) {
  if (raw.tag != static_cast<std::uint8_t>(tag_of<M>)) return false;
  FieldReader fields(in);
  layout::body(fields, std::get<M>(out.emplace(std::in_place_type<M>)));
  return true;
}

// Finds the message of the tag among the alternatives of Message; false if there is none.
template <std::size_t... Index>
bool decode_known(const RawMessage& raw, ByteReader& in, std::optional<Message>& out,
                  std::index_sequence<Index...>) {
  return (decode_as<std::variant_alternative_t<Index, Message>>(raw, in, out) || ...);
}

}  // namespace

Expected<RawMessage> split_message(Bytes bytes) {
  ByteReader in(bytes);
  RawMessage raw;
  raw.tag = in.read_byte();
  const std::size_t length = raw.tag >= first_stream_tag ? in.read_int32_be() : in.read_int16_be();
  if (length > body_max(raw.tag)) in.fail(Errc::too_large);
  raw.body = in.read_bytes(length);
  if (!in.ok()) return tl::unexpected<Error>(in.error());
  raw.size = header_size(raw.tag) + length;
  return raw;
}

Expected<void> decode_body(const RawMessage& raw, std::optional<Message>& out) {
  ByteReader in(raw.body);
  constexpr auto alternatives = std::make_index_sequence<std::variant_size_v<Message>>{};
  if (!decode_known(raw, in, out, alternatives)) out.reset();
  if (!in.ok()) return tl::unexpected<Error>(in.error());
  return {};
}

Expected<DecodedMessage> decode_message(Bytes bytes) {
  const auto raw = split_message(bytes);
  if (!raw) return tl::unexpected<Error>(raw.error());
  std::optional<Message> message;
  if (const auto decoded = decode_body(*raw, message); !decoded) {
    return tl::unexpected<Error>(decoded.error());
  }
  if (!message) return fail(Errc::bad_tag);
  return DecodedMessage{*message, raw->size};
}

}  // namespace swim::wire
