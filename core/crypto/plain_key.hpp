// What stands in for encryption in simulated worlds: a plain key makes boxes that hide nothing and
// cost next to nothing, but a damaged, misdirected or foreign one is refused as a sealed one would
// be.
//
// Why that is safe to have here: nothing read from a file, a setting or the network makes a plain
// key. Only PlainKey::of() does, and it is defined in core/sim, which swimd does not link. A sealed
// and a plain box never open each other.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/crypto/aead.hpp"

namespace swim::crypto {

class PlainKey {
 public:
  // The plain counterpart of a key; keys that differ have counterparts that differ. Defined in
  // core/sim/plain_key.cpp.
  static Key of(const Key& key);
  // The counterpart of derive_key() for a plain secret.
  static Key derive(const Key& secret, Bytes salt, std::string_view info);
};

// Differs for texts that differ, a few bits or many, but for one pair in 2^64 for each 16 bytes. No
// secret at all.
std::uint64_t checksum(std::uint64_t start, Bytes bytes);

}  // namespace swim::crypto
