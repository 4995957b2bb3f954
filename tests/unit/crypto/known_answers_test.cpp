// Published vectors: we call the library as the standards say.
#include "core/crypto/checksum.hpp"
#include "core/crypto/kdf.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

struct GcmCase {
  const char* key;
  const char* nonce;
  const char* plaintext;
  const char* aad;
  const char* box;  // ciphertext ‖ tag
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", submitted to NIST: test cases 13 to 16.
constexpr GcmCase gcm_cases[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "00000000000000000000000000000000", "",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(KnownAnswers, aes_256_gcm) {
  for (const GcmCase& known : gcm_cases) {
    Aead aead(*Key::from_bytes(from_hex(known.key)));
    Nonce nonce{};
    std::ranges::copy(from_hex(known.nonce), nonce.begin());
    const ByteVector plaintext = from_hex(known.plaintext);
    const ByteVector aad = from_hex(known.aad);
    ByteVector box(plaintext.size() + tag_size);
    aead.seal(nonce, aad, plaintext, box);
    EXPECT_EQ(to_hex(box), known.box);
    ByteVector opened(plaintext.size());
    ASSERT_TRUE(aead.open(nonce, aad, box, opened));
    EXPECT_EQ(opened, plaintext);
  }
}

ByteVector sequence(std::uint8_t first, std::uint8_t last) {
  ByteVector bytes;
  for (int i = first; i <= last; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i));
  }
  return bytes;
}

std::string hkdf(Bytes secret, Bytes salt, Bytes info, std::size_t size) {
  ByteVector out(size);
  hkdf_sha256(secret, salt, info, out);
  return to_hex(out);
}

// RFC 5869, appendix A.1 to A.3.
TEST(KnownAnswers, hkdf_sha256) {
  const ByteVector secret(22, 0x0b);
  EXPECT_EQ(hkdf(secret, sequence(0x00, 0x0c), sequence(0xf0, 0xf9), 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hkdf(sequence(0x00, 0x4f), sequence(0x60, 0xaf), sequence(0xb0, 0xff), 82),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            "cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(hkdf(secret, {}, {}, 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

// FIPS 180-2, appendix B.
TEST(KnownAnswers, sha_256) {
  const auto hex = [](std::string_view text) { return to_hex(checksum_of(as_bytes(text))); };
  EXPECT_EQ(hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(KnownAnswers, sha_256_of_pieces_is_that_of_the_whole) {
  const std::string million(1'000'000, 'a');
  Checksummer checksummer;
  for (std::size_t at = 0; at < million.size(); at += 62'001) {
    checksummer.add(
        as_bytes(million).subspan(at, std::min<std::size_t>(62'001, million.size() - at)));
  }
  EXPECT_EQ(to_hex(checksummer.finish()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace swim::crypto::test
