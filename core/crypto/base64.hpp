// Standard base64 (RFC 4648 §4) for keys. Private to core/crypto. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace swim::crypto {

std::string base64_encode(Bytes bytes);

// `text` without the white space round it, which editors and shells leave in files.
std::string_view without_margins(std::string_view text);

// Strict: the standard alphabet, padded, no space, no stray bits. nullopt for anything else, so
// that a key has exactly one text.
std::optional<ByteVector> base64_decode(std::string_view text);

}  // namespace swim::crypto
