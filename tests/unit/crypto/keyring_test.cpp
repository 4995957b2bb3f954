#include "core/crypto/keyring.hpp"

#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Files = std::vector<std::pair<std::string, std::string>>;

std::string error_of(const Files& files) {
  const auto ring = Keyring::parse(files);
  return ring ? "" : ring.error();
}

TEST(Keyring, primary_alone) {
  const auto ring = Keyring::parse(Files{{"primary", key_of(1).to_base64() + "\n"}});
  ASSERT_TRUE(ring) << ring.error();
  EXPECT_EQ(ring->primary(), key_of(1));
  EXPECT_EQ(ring->keys().size(), 1U);
}

TEST(Keyring, primary_first_then_secondaries_by_their_names) {
  const auto ring = Keyring::parse(Files{{"secondary-2", key_of(3).to_base64()},
                                         {"secondary-1", key_of(2).to_base64()},
                                         {"primary", key_of(1).to_base64()}});
  ASSERT_TRUE(ring) << ring.error();
  EXPECT_EQ(*ring, Keyring(key_of(1), {key_of(2), key_of(3)}));
}

TEST(Keyring, other_names_are_ignored_those_of_a_mounted_secret_too) {
  const auto ring = Keyring::parse(Files{{"..data", "x"},
                                         {"..2026_01_01", "x"},
                                         {".primary.swp", "x"},
                                         {"README", "x"},
                                         {"primary.bak", "x"},
                                         {"secondary", "x"},
                                         {"primary", key_of(1).to_base64()}});
  ASSERT_TRUE(ring) << ring.error();
  EXPECT_EQ(*ring, Keyring(key_of(1)));
}

TEST(Keyring, a_key_that_stands_in_several_files_counts_once) {
  const auto ring = Keyring::parse(Files{{"primary", key_of(1).to_base64()},
                                         {"secondary-a", key_of(1).to_base64()},
                                         {"secondary-b", key_of(2).to_base64()},
                                         {"secondary-c", key_of(2).to_base64()}});
  ASSERT_TRUE(ring) << ring.error();
  EXPECT_EQ(*ring, Keyring(key_of(1), {key_of(2)}));
}

TEST(Keyring, test_invalid_key_length_rejected_with_file_and_length) {
  for (const std::size_t size : std::initializer_list<std::size_t>{1, 31, 33, 64}) {
    ByteVector bytes(size, 9);
    // A key of any length, written the way a key is written.
    std::string text;
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < size; i += 3) {
      std::uint32_t block = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        block = block << 8U | (i + j < size ? bytes[i + j] : 0U);
      }
      for (std::size_t j = 0; j < 4; ++j) {
        text += i + j <= size ? alphabet[block >> (18 - 6 * j) & 0x3FU] : '=';
      }
    }
    EXPECT_EQ(error_of({{"primary", text}}),
              "primary: holds " + std::to_string(size) + (size == 1 ? " byte" : " bytes") +
                  " after base64 decoding, but a key has 32; make one with: swimctl keys generate");
  }
}

TEST(Keyring, an_empty_file_is_named) {
  const std::string wanted =
      "primary: is empty, but a key file holds 32 bytes in base64; make one with: swimctl keys "
      "generate";
  EXPECT_EQ(error_of({{"primary", ""}}), wanted);
  EXPECT_EQ(error_of({{"primary", " \n\n"}}), wanted);
}

TEST(Keyring, a_missing_primary_is_said) {
  const std::string wanted =
      "primary: is missing, but it is the key that seals; make one with: swimctl keys generate";
  EXPECT_EQ(error_of({}), wanted);
  EXPECT_EQ(error_of({{"secondary-1", key_of(1).to_base64()}}), wanted);
  EXPECT_EQ(error_of({{"Primary", key_of(1).to_base64()}}), wanted);
}

TEST(Keyring, malformed_base64_is_named) {
  EXPECT_EQ(error_of({{"primary", key_of(1).to_base64()}, {"secondary-old", "not*base64"}}),
            "secondary-old: is not base64 (A-Z a-z 0-9 + / on one line, padded with =); make one "
            "with: swimctl keys generate");
}

TEST(Keyring, raw_key_bytes_are_recognised) {
  EXPECT_EQ(error_of({{"primary", std::string(32, '\x80')}}),
            "primary: holds 32 bytes as they are, but a key is written in base64; make one with: "
            "swimctl keys generate");
}

TEST(Keyring, one_bad_secondary_refuses_the_whole_ring) {
  EXPECT_THAT(error_of({{"primary", key_of(1).to_base64()}, {"secondary-1", "AAAA"}}),
              HasSubstr("secondary-1: holds 3 bytes"));
}

TEST(Keyring, errors_hold_no_key_material) {
  const std::string good = key_of(0x5A).to_base64();
  for (const std::string& bad : {good + "!", good.substr(4), good + good, "x" + good}) {
    const std::string error = error_of({{"primary", bad}});
    ASSERT_FALSE(error.empty());
    EXPECT_THAT(error, Not(HasSubstr(good.substr(0, 6))));
    EXPECT_THAT(error, Not(HasSubstr("ZZZZ")));
  }
}

TEST(Keyring, equality_is_that_of_the_keys_and_their_order) {
  EXPECT_EQ(Keyring(key_of(1), {key_of(2)}), Keyring(key_of(1), {key_of(2), key_of(1)}));
  EXPECT_NE(Keyring(key_of(1), {key_of(2)}), Keyring(key_of(2), {key_of(1)}));
}

}  // namespace
}  // namespace swim::crypto::test
