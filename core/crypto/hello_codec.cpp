#include "core/crypto/hello_codec.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/crypto/big_endian.hpp"

namespace swim::crypto {
namespace {

Key hello_key(const Key& cluster_key) {
  return derive_key(cluster_key, {}, "hello");
}

// The side keeps a hello from being played back to who sent it.
ByteVector hello_aad(Bytes header, std::string_view label, Side sender) {
  ByteVector aad = to_vector(header);
  aad.insert(aad.end(), label.begin(), label.end());
  aad.push_back(static_cast<std::uint8_t>(sender));
  return aad;
}

void append_text(std::string_view text, ByteVector& out) {
  SWIM_ASSERT(text.size() <= limits::name_bytes_max);
  append_be(static_cast<std::uint16_t>(text.size()), out);
  out.insert(out.end(), text.begin(), text.end());
}

ByteVector encode(const Hello& hello) {
  ByteVector out(hello.random.begin(), hello.random.end());
  append_text(hello.name, out);
  append_be(hello.boot, out);
  append_be(hello.capabilities, out);
  append_be(hello.session, out);
  append_text(hello.target, out);
  return out;
}

// Reads field after field; after the first that is not there or too long, ok() is false.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  Bytes bytes(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) {
      return {};
    }
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <class T>
  T number() {
    const Bytes taken = bytes(sizeof(T));
    return ok_ ? load_be<T>(taken) : T{};
  }
  std::string text() {
    const auto size = number<std::uint16_t>();
    ok_ = ok_ && size <= limits::name_bytes_max;
    return std::string(as_text(bytes(size)));
  }

 private:
  Bytes rest_;
  bool ok_{true};
};

Expected<Hello> decode(Bytes plaintext) {
  Reader reader(plaintext);
  Hello hello;
  const Bytes random = reader.bytes(hello.random.size());
  std::copy(random.begin(), random.end(), hello.random.begin());
  hello.name = reader.text();
  hello.boot = reader.number<std::uint64_t>();
  hello.capabilities = reader.number<std::uint32_t>();
  hello.session = reader.number<std::uint64_t>();
  hello.target = reader.text();
  // What follows was written by a later version, for others than us.
  if (!reader.ok()) {
    return fail(Errc::malformed, "hello");
  }
  return hello;
}

}  // namespace

Expected<std::optional<HelloHeader>> read_hello_header(Bytes bytes) {
  if (!bytes.empty() && bytes[0] != hello_type) {
    return fail(Errc::bad_magic, "not a hello");
  }
  if (bytes.size() < hello_header_size) {
    return std::nullopt;
  }
  const HelloHeader header{bytes[1], load_be<std::uint16_t>(bytes.subspan(2, 2))};
  if (header.length > limits::hello_bytes_max) {
    return fail(Errc::too_large, "hello");
  }
  if (header.length < overhead) {
    return fail(Errc::malformed, "hello");
  }
  return header;
}

ByteVector seal_hello(const Key& cluster_key, std::string_view label, Side sender,
                      const Hello& hello) {
  const ByteVector plaintext = encode(hello);
  const std::size_t length = plaintext.size() + overhead;
  SWIM_ASSERT(length <= limits::hello_bytes_max);
  ByteVector frame{hello_type, cluster_key.id()};
  append_be(static_cast<std::uint16_t>(length), frame);
  const ByteVector box =
      encrypt(hello_key(cluster_key), plaintext, hello_aad(frame, label, sender));
  frame.insert(frame.end(), box.begin(), box.end());
  return frame;
}

Expected<Hello> open_hello(const Key& cluster_key, std::string_view label, Side sender,
                           Bytes frame) {
  SWIM_ASSERT(frame.size() >= hello_header_size);
  const auto plaintext = decrypt(hello_key(cluster_key), frame.subspan(hello_header_size),
                                 hello_aad(frame.first(hello_header_size), label, sender));
  if (!plaintext) {
    return tl::unexpected(plaintext.error());
  }
  return decode(*plaintext);
}

}  // namespace swim::crypto
