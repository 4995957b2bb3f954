#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/crypto/aead.hpp"
#include "tests/support/error_of.hpp"

namespace swim::crypto {
namespace {

using swim::test::code_of;

rc::Gen<ByteVector> gen_bytes() {
  return rc::gen::arbitrary<ByteVector>();
}

// As bytes, which rapidcheck may print; a key must not be printable.
rc::Gen<ByteVector> gen_key_bytes() {
  return rc::gen::container<ByteVector>(key_size, rc::gen::arbitrary<std::uint8_t>());
}

RC_GTEST_PROP(Crypto, test_crypto_roundtrip_of_any_data, ()) {
  const Key key = *Key::from_bytes(*gen_key_bytes());
  const ByteVector plaintext = *gen_bytes();
  const ByteVector aad = *gen_bytes();
  const ByteVector box = encrypt(key, plaintext, aad);
  RC_ASSERT(box.size() == plaintext.size() + overhead);
  const auto opened = decrypt(key, box, aad);
  RC_ASSERT(opened.has_value());
  RC_ASSERT(*opened == plaintext);
}

RC_GTEST_PROP(Crypto, test_invalid_key_length_rejected_for_any_length_but_32, ()) {
  const ByteVector bytes = *gen_bytes();
  RC_PRE(bytes.size() != key_size);
  const auto key = Key::from_bytes(bytes);
  RC_ASSERT(!key.has_value());
  RC_ASSERT(key.error().code == Errc::invalid_key_length);
}

RC_GTEST_PROP(Crypto, any_change_of_one_byte_is_refused, ()) {
  const Key key = *Key::from_bytes(ByteVector(key_size, 1));
  ByteVector box = encrypt(key, *gen_bytes());
  const auto place = *rc::gen::inRange<std::size_t>(0, box.size());
  box[place] ^= *rc::gen::nonZero<std::uint8_t>();
  RC_ASSERT(code_of(decrypt(key, box)) == Errc::decryption_failed);
}

RC_GTEST_PROP(Key, base64_of_any_key_is_read_back, ()) {
  const Key key = *Key::from_bytes(*gen_key_bytes());
  RC_ASSERT(*Key::from_base64(key.to_base64()) == key);
}

RC_GTEST_PROP(Key, any_text_gives_a_key_or_an_error, (const std::string& text)) {
  const auto key = Key::from_base64(text);
  const auto code = code_of(key);
  RC_ASSERT((!code || code == Errc::invalid_key || code == Errc::invalid_key_length));
}

}  // namespace
}  // namespace swim::crypto
