#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/base64.hpp"
#include "core/crypto/kdf.hpp"
#include "core/crypto/key_tag.hpp"
#include "core/crypto/plain_key.hpp"
#include "core/crypto/random.hpp"
#include "core/crypto/wipe.hpp"

namespace swim::crypto {

std::array<std::uint8_t, 32> key_hash(const Key& key) {
  std::array<std::uint8_t, key_hash_tag.size() + key_size> input{};
  std::copy(key_hash_tag.begin(), key_hash_tag.end(), input.begin());
  std::copy(key.bytes().begin(), key.bytes().end(), input.begin() + key_hash_tag.size());
  std::array<std::uint8_t, 32> hash{};
  SWIM_ASSERT(EVP_Q_digest(nullptr, "SHA256", nullptr, input.data(), input.size(), hash.data(),
                           nullptr) == 1);
  wipe(input);
  return hash;
}

Expected<Key> Key::from_bytes(Bytes bytes) {
  if (bytes.size() != key_size) {
    return fail(Errc::invalid_key_length, "a key has 32 bytes");
  }
  Key key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

Expected<Key> Key::from_base64(std::string_view text) {
  auto bytes = base64_decode(without_margins(text));
  if (!bytes) {
    return fail(Errc::invalid_key, "not base64");
  }
  auto key = from_bytes(*bytes);
  wipe(*bytes);
  return key;
}

Key Key::generate() {
  Key key;
  random_bytes(key.bytes_);
  return key;
}

Key::~Key() {
  wipe(bytes_);
}

std::string Key::to_base64() const {
  return base64_encode(bytes_);
}

std::string Key::fingerprint() const {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto hash = key_hash(*this);
  std::string text;
  for (const std::uint8_t byte : Bytes(hash).first(6)) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

std::uint8_t Key::id() const {
  return key_hash(*this).front();
}

bool operator==(const Key& a, const Key& b) {
  return a.plain_ == b.plain_ && CRYPTO_memcmp(a.bytes_.data(), b.bytes_.data(), key_size) == 0;
}

Key derive_key(const Key& secret, Bytes salt, std::string_view info) {
  if (secret.plain()) {
    return PlainKey::derive(secret, salt, info);
  }
  std::array<std::uint8_t, key_size> bytes{};
  hkdf_sha256(secret.bytes(), salt, as_bytes(info), bytes);
  Key key = *Key::from_bytes(bytes);
  wipe(bytes);
  return key;
}

}  // namespace swim::crypto
