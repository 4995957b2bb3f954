// What the crypto targets share: an input that is read as a script, and promises whose breach ends
// the process, which is how a fuzzer sees it.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/crypto/aead.hpp"

namespace swim::crypto::test {

inline void require(bool good, const char* what) {
  if (good) {
    return;
  }
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

inline Key key_of(std::uint8_t fill) {
  return *Key::from_bytes(ByteVector(key_size, fill));
}

// At its end it gives zeros and empty pieces for ever.
class Script {
 public:
  explicit Script(Bytes input) : rest_(input) {}

  bool done() const { return rest_.empty(); }
  std::uint8_t byte() {
    const Bytes one = piece(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  Bytes piece(std::size_t size) {
    const Bytes taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  Bytes rest() { return piece(rest_.size()); }

 private:
  Bytes rest_;
};

}  // namespace swim::crypto::test
