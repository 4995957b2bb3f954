// OpenSSL's generator, for identifiers and keys. Any thread. Never for protocol choices: those come
// from the engine's seeded PRNG.
#pragma once

#include "core/base/bytes.hpp"

namespace swim::crypto {

// Fills with cryptographic random bytes; ends the process if the generator fails, which would mean
// a machine that can't be used safely.
void random_bytes(MutableBytes out);
std::uint64_t random_u64();  // never 0

}  // namespace swim::crypto
