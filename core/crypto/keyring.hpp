// The keys of a cluster: one primary that seals, and secondaries that only open (DESIGN §5,
// Keyring).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/crypto/aead.hpp"

namespace swim::crypto {

// A value; cheap enough to copy (a handful of keys). Reading files is the runtime's business.
class Keyring {
 public:
  explicit Keyring(const Key& primary, const std::vector<Key>& secondaries = {});

  // From (file name, content) pairs as they stand in the keyring folder: `primary` is needed,
  // `secondary-*` are optional, other names are ignored. On failure the text names the file and
  // what is wrong with it, and never holds key material.
  static tl::expected<Keyring, std::string> parse(
      std::span<const std::pair<std::string, std::string>> files);

  const Key& primary() const { return keys_.front(); }
  std::span<const Key> keys() const { return keys_; }  // the primary first
  friend bool operator==(const Keyring&, const Keyring&) = default;

 private:
  std::vector<Key> keys_;
};

}  // namespace swim::crypto
