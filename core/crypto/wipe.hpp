// Overwriting of secrets that the compiler must not optimise away. Private to core/crypto.
#pragma once

#include <openssl/crypto.h>

#include "core/base/bytes.hpp"

namespace swim::crypto {

inline void wipe(MutableBytes secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
}

}  // namespace swim::crypto
