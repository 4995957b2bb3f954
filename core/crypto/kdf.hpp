// HKDF-SHA256 (RFC 5869). Private to core/crypto, apart so that it can be tested against the RFC's
// own vectors, whose secrets are not keys of ours. Any thread.
#pragma once

#include "core/base/bytes.hpp"

namespace swim::crypto {

// Fills `out` (1 to 8,160 bytes). `secret` must not be empty; `salt` and `info` may be.
void hkdf_sha256(Bytes secret, Bytes salt, Bytes info, MutableBytes out);

}  // namespace swim::crypto
