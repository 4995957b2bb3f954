#include <set>

#include "core/crypto/random.hpp"
#include "tests/support/error_of.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using swim::test::code_of;

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Crypto, test_invalid_key_length_rejected) {
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 16, 24, 31, 33, 64}) {
    const auto key = Key::from_bytes(ByteVector(size));
    ASSERT_FALSE(key.has_value()) << size;
    EXPECT_EQ(key.error().code, Errc::invalid_key_length) << size;
  }
}

TEST(Crypto, valid_32_byte_key_is_accepted) {
  const ByteVector bytes =
      from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const auto key = Key::from_bytes(bytes);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(to_vector(key->bytes()), bytes);
}

TEST(Key, base64_is_read_back) {
  const Key key = Key::generate();
  EXPECT_EQ(key.to_base64().size(), 44U);
  EXPECT_EQ(*Key::from_base64(key.to_base64()), key);
}

TEST(Key, base64_may_have_white_space_round_it) {
  const Key key = key_of(7);
  EXPECT_EQ(*Key::from_base64("\r\n\t " + key.to_base64() + " \n"), key);
}

TEST(Key, base64_of_another_length_is_told_apart_from_what_is_not_base64) {
  EXPECT_EQ(code_of(Key::from_base64("AAAA")), Errc::invalid_key_length);
  EXPECT_EQ(code_of(Key::from_base64("")), Errc::invalid_key_length);
  for (const char* text : {"AAA", "A===", "AA=A", "AAAA====", "not base64 at all!!!", "AA AA",
                           "AAA-", "AAA_", "=", "A\nAA", "AAAA\n\nAAAA"}) {
    EXPECT_EQ(code_of(Key::from_base64(text)), Errc::invalid_key) << text;
  }
}

// 32 bytes leave two unused bits in the last character; a second text for one key would be a second
// key to whoever compares files.
TEST(Key, stray_bits_in_the_last_character_are_refused) {
  std::string text = key_of(0).to_base64();
  ASSERT_EQ(text.substr(42), "A=");
  text[42] = 'B';
  EXPECT_EQ(code_of(Key::from_base64(text)), Errc::invalid_key);
}

TEST(Key, generated_keys_differ) {
  std::set<std::string> keys;
  for (int i = 0; i < 1000; ++i) {
    keys.insert(Key::generate().to_base64());
  }
  EXPECT_EQ(keys.size(), 1000U);
}

TEST(Key, fingerprint_is_twelve_hex_digits_that_begin_with_the_id_on_the_wire) {
  const Key key = key_of(1);
  EXPECT_EQ(key.fingerprint().size(), 12U);
  EXPECT_EQ(key.fingerprint().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(key.fingerprint().substr(0, 2), to_hex(ByteVector{key.id()}));
  EXPECT_NE(key.fingerprint(), key_of(2).fingerprint());
}

TEST(Key, errors_hold_no_key_material) {
  const std::string secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
  for (const std::string& text : {secret, secret + "!"}) {
    const auto key = Key::from_base64(text);
    ASSERT_FALSE(key.has_value());
    EXPECT_THAT(std::string(key.error().what), Not(HasSubstr("c2Vj")));
    EXPECT_THAT(std::string(key.error().what), Not(HasSubstr("secret")));
  }
  const auto wrong = decrypt(key_of(0x41), ByteVector(40));
  EXPECT_THAT(std::string(wrong.error().what), Not(HasSubstr("AAAA")));
}

TEST(Random, bytes_differ_and_numbers_are_never_zero) {
  ByteVector one(32);
  ByteVector other(32);
  random_bytes(one);
  random_bytes(other);
  EXPECT_NE(one, other);
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    numbers.insert(random_u64());
  }
  EXPECT_EQ(numbers.size(), 1000U);
  EXPECT_EQ(numbers.count(0), 0U);
}

}  // namespace
}  // namespace swim::crypto::test
