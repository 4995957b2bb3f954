// The seed's rows swim-hc9 and swim-461: encrypt, decrypt, their sizes and their refusals.
#include "core/crypto/aead.hpp"

#include <set>

#include "tests/support/error_of.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using swim::test::code_of;

const ByteVector message = to_vector(as_bytes("the quick brown fox jumps over the lazy dog"));

TEST(Crypto, test_crypto_roundtrip) {
  const Key key = key_of(1);
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0, 1, 15, 16, 17, 1232, 1400, 65507, 1 << 20}) {
    ByteVector plaintext(size);
    for (std::size_t i = 0; i < size; ++i) {
      plaintext[i] = static_cast<std::uint8_t>(i * 7);
    }
    const auto opened = decrypt(key, encrypt(key, plaintext));
    ASSERT_TRUE(opened.has_value()) << size;
    EXPECT_EQ(*opened, plaintext) << size;
  }
}

TEST(Crypto, constants_are_those_of_the_seed) {
  EXPECT_EQ(nonce_size, 12U);
  EXPECT_EQ(tag_size, 16U);
  EXPECT_EQ(overhead, 28U);
}

TEST(Crypto, output_size_is_input_size_plus_28) {
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 16, 100, 1232}) {
    EXPECT_EQ(encrypt(key_of(1), ByteVector(size)).size(), size + 28);
  }
}

TEST(Crypto, nonce_is_prepended) {
  const Key key = key_of(1);
  const ByteVector box = encrypt(key, message);
  Nonce nonce{};
  std::copy_n(box.begin(), nonce_size, nonce.begin());
  ByteVector plaintext(message.size());
  ASSERT_TRUE(Aead(key).open(nonce, {}, Bytes(box).subspan(nonce_size), plaintext));
  EXPECT_EQ(plaintext, message);
}

TEST(Crypto, different_plaintexts_give_different_ciphertexts) {
  const Key key = key_of(1);
  const Nonce nonce{};
  Aead aead(key);
  ByteVector one(1 + tag_size);
  ByteVector other(1 + tag_size);
  aead.seal(nonce, {}, as_bytes("a"), one);
  aead.seal(nonce, {}, as_bytes("b"), other);
  EXPECT_NE(one, other);
  EXPECT_NE(encrypt(key, as_bytes("a")), encrypt(key, as_bytes("b")));
}

TEST(Crypto, ciphertext_differs_from_plaintext) {
  const ByteVector box = encrypt(key_of(1), message);
  EXPECT_EQ(text_of(box).find(text_of(message)), std::string::npos);
  EXPECT_FALSE(std::equal(message.begin(), message.end(), box.begin() + nonce_size));
}

TEST(Crypto, the_same_plaintext_never_gives_the_same_box) {
  EXPECT_NE(encrypt(key_of(1), message), encrypt(key_of(1), message));
}

TEST(Crypto, nonces_are_unique) {
  std::set<ByteVector> nonces;
  for (int i = 0; i < 10'000; ++i) {
    const ByteVector box = encrypt(key_of(1), {});
    nonces.emplace(box.begin(), box.begin() + nonce_size);
  }
  EXPECT_EQ(nonces.size(), 10'000U);
}

TEST(Crypto, tampered_ciphertext_is_refused_at_every_byte) {
  const Key key = key_of(1);
  const ByteVector box = encrypt(key, message);
  for (std::size_t i = 0; i < box.size(); ++i) {
    ByteVector tampered = box;
    tampered[i] ^= 0x01;
    const auto opened = decrypt(key, tampered);
    ASSERT_FALSE(opened.has_value()) << i;
    EXPECT_EQ(opened.error().code, Errc::decryption_failed) << i;
  }
}

TEST(Crypto, truncated_data_is_refused_at_every_length) {
  const Key key = key_of(1);
  const ByteVector box = encrypt(key, message);
  for (std::size_t size = 0; size < box.size(); ++size) {
    const auto opened = decrypt(key, Bytes(box).first(size));
    ASSERT_FALSE(opened.has_value()) << size;
    EXPECT_EQ(opened.error().code, size < overhead ? Errc::too_short : Errc::decryption_failed);
  }
}

TEST(Crypto, prolonged_data_is_refused) {
  ByteVector box = encrypt(key_of(1), message);
  box.push_back(0);
  EXPECT_EQ(code_of(decrypt(key_of(1), box)), Errc::decryption_failed);
}

TEST(Crypto, wrong_key_is_refused) {
  EXPECT_EQ(code_of(decrypt(key_of(2), encrypt(key_of(1), message))), Errc::decryption_failed);
}

TEST(Crypto, other_associated_data_is_refused) {
  const ByteVector box = encrypt(key_of(1), message, as_bytes("label"));
  EXPECT_TRUE(decrypt(key_of(1), box, as_bytes("label")).has_value());
  EXPECT_EQ(code_of(decrypt(key_of(1), box, as_bytes("labex"))), Errc::decryption_failed);
  EXPECT_EQ(code_of(decrypt(key_of(1), box)), Errc::decryption_failed);
}

TEST(Aead, seals_and_opens_in_place) {
  Aead aead(key_of(1));
  ByteVector buffer = message;
  buffer.resize(message.size() + tag_size);
  aead.seal({}, {}, Bytes(buffer).first(message.size()), buffer);
  EXPECT_NE(to_vector(Bytes(buffer).first(message.size())), message);
  ASSERT_TRUE(aead.open({}, {}, buffer, buffer));
  EXPECT_EQ(to_vector(Bytes(buffer).first(message.size())), message);
}

// One context serves both directions, so neither a refusal nor a change of direction may leave
// anything behind.
TEST(Aead, a_refused_box_and_a_change_of_direction_leave_nothing_behind) {
  Aead aead(key_of(1));
  Nonce nonce{};
  for (std::uint8_t i = 0; i < 20; ++i) {
    nonce[0] = i;
    ByteVector box(message.size() + tag_size);
    aead.seal(nonce, as_bytes("aad"), message, box);
    ByteVector fresh(box.size());
    Aead(key_of(1)).seal(nonce, as_bytes("aad"), message, fresh);
    EXPECT_EQ(box, fresh);
    ByteVector plaintext(message.size());
    ByteVector forged = box;
    forged.back() ^= 0x80;
    EXPECT_FALSE(aead.open(nonce, as_bytes("aad"), forged, plaintext));
    EXPECT_TRUE(aead.open(nonce, as_bytes("aad"), box, plaintext));
    EXPECT_EQ(plaintext, message);
  }
}

TEST(Aead, a_box_shorter_than_its_tag_is_too_short) {
  Aead aead(key_of(1));
  ByteVector out(64);
  for (std::size_t size = 0; size < tag_size; ++size) {
    EXPECT_EQ(code_of(aead.open({}, {}, ByteVector(size), out)), Errc::too_short);
  }
  EXPECT_EQ(code_of(aead.open({}, {}, ByteVector(tag_size), out)), Errc::decryption_failed);
}

TEST(Aead, moves_with_its_key) {
  Aead first(key_of(1));
  Aead second(std::move(first));
  ByteVector box(tag_size);
  second.seal({}, {}, {}, box);
  Aead third(key_of(2));
  third = std::move(second);
  EXPECT_TRUE(third.open({}, {}, box, {}));
}

TEST(DeriveKey, depends_on_secret_salt_and_info) {
  const Key base = derive_key(key_of(1), as_bytes("salt"), "info");
  EXPECT_EQ(base, derive_key(key_of(1), as_bytes("salt"), "info"));
  EXPECT_NE(base, derive_key(key_of(2), as_bytes("salt"), "info"));
  EXPECT_NE(base, derive_key(key_of(1), as_bytes("salu"), "info"));
  EXPECT_NE(base, derive_key(key_of(1), as_bytes("salt"), "infp"));
  EXPECT_NE(base, key_of(1));
}

}  // namespace
}  // namespace swim::crypto::test
