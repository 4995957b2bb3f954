// The public name of a key: a hash that says which key is meant and nothing about it. Private to
// core/crypto.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/crypto/aead.hpp"

namespace swim::crypto {

// Hashed in front of the key, so that no hash of a key that somebody takes for another purpose (an
// inventory of secrets, say) equals the one that we show. Part of the wire: key-id comes from it.
inline constexpr std::string_view key_hash_tag = "swim key id 1";

// SHA-256(key_hash_tag ‖ key). On the wire: the first byte. For people: the first six.
std::array<std::uint8_t, 32> key_hash(const Key& key);

}  // namespace swim::crypto
