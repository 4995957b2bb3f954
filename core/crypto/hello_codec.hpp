// The first bytes of each side of a stream (DESIGN §5, Streams). Private to core/crypto. Pure but
// for the random nonce. Any thread.
//
//   type(1) key-id(1) length(2) | nonce(12) ‖ box        length: of what follows it
//   key = HKDF(cluster key, info = "hello");  AAD = type ‖ key-id ‖ length ‖ label ‖ side of the
//   sender(1) inside: random(16) name(2+n) boot(8) capabilities(4) session(8) target(2+n), then
//   fields of later versions
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/crypto/secure_stream.hpp"

namespace swim::crypto {

// ≥ 0x20 and ≠ 0xF4, as with datagrams, so that no memberlist node takes it for its own.
inline constexpr std::uint8_t hello_type = 0x48;
inline constexpr std::size_t hello_header_size = 4;

struct HelloHeader {
  std::uint8_t key_id{};
  std::size_t length{};  // of the box with its nonce
};

// From the first bytes of a stream, as soon as they tell. nullopt = more are needed.
// Errors: bad_magic (another type), too_large (limits::hello_bytes_max), malformed (shorter than
// any box).
Expected<std::optional<HelloHeader>> read_hello_header(Bytes bytes);

// Names must be within limits::name_bytes_max.
ByteVector seal_hello(const Key& cluster_key, std::string_view label, Side sender,
                      const Hello& hello);
// `frame` = header and box. Errors: decryption_failed, malformed (its sender has the key and is
// wrong).
Expected<Hello> open_hello(const Key& cluster_key, std::string_view label, Side sender,
                           Bytes frame);

}  // namespace swim::crypto
