// Here and not in core/crypto, so that no program without a simulated world can make a plain key.
#include "core/crypto/plain_key.hpp"

namespace swim::crypto {

Key PlainKey::of(const Key& key) {
  Key plain = key;
  plain.plain_ = true;
  return plain;
}

}  // namespace swim::crypto
