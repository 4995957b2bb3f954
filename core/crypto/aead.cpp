#include "core/crypto/aead.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/base/assert.hpp"
#include "core/crypto/big_endian.hpp"
#include "core/crypto/plain_key.hpp"
#include "core/crypto/random.hpp"
#include "core/crypto/wipe.hpp"

namespace swim::crypto {
namespace {

// Fetching walks OpenSSL's providers; once is enough. Never freed: it lives as long as the process.
const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  SWIM_ASSERT(cipher != nullptr);
  return cipher;
}

int as_int(std::size_t size) {
  SWIM_ASSERT(size <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(size);
}

// A plain key's: as long as a real one, so that a plain world's packets are as large.
std::array<std::uint8_t, tag_size> plain_tag(std::uint64_t start, const Nonce& nonce, Bytes aad,
                                             Bytes text) {
  std::array<std::uint8_t, tag_size> tag{};
  store_be(checksum(checksum(checksum(start, nonce), aad), text),
           MutableBytes(tag).first(sizeof start));
  return tag;
}

}  // namespace

// One context serves both directions: GCM's key schedule is the same for sealing and opening, so
// that only the nonce and the direction are set again for each box.
struct Aead::Contexts {
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> cipher{EVP_CIPHER_CTX_new()};

  // Direction, nonce and AAD of the next box.
  void begin(bool sealing, const Nonce& nonce, Bytes aad) {
    SWIM_ASSERT(EVP_CipherInit_ex2(cipher.get(), nullptr, nullptr, nonce.data(), sealing ? 1 : 0,
                                   nullptr) == 1);
    update(aad, nullptr);
  }
  void update(Bytes in, std::uint8_t* out) {
    int written = 0;
    if (!in.empty()) {
      SWIM_ASSERT(EVP_CipherUpdate(cipher.get(), out, &written, in.data(), as_int(in.size())) == 1);
    }
  }
  // False: the tag does not fit. GCM writes nothing here.
  bool finish() {
    std::array<std::uint8_t, 16> nothing{};
    int written = 0;
    return EVP_CipherFinal_ex(cipher.get(), nothing.data(), &written) == 1;
  }
};

Aead::Aead(const Key& key) {
  if (key.plain()) {
    plain_ = checksum(0, key.bytes());
    return;
  }
  contexts_ = std::make_unique<Contexts>();
  SWIM_ASSERT(contexts_->cipher != nullptr);
  SWIM_ASSERT(EVP_CipherInit_ex2(contexts_->cipher.get(), aes_256_gcm(), key.bytes().data(),
                                 nullptr, 1, nullptr) == 1);
}

Aead::~Aead() = default;
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;

void Aead::seal(const Nonce& nonce, Bytes aad, Bytes plaintext, MutableBytes out) {
  SWIM_ASSERT(out.size() >= plaintext.size() + tag_size);
  if (contexts_ == nullptr) {
    const std::size_t size = plaintext.size();
    if (out.data() != plaintext.data()) {
      std::memmove(out.data(), plaintext.data(), size);
    }
    const auto tag = plain_tag(plain_, nonce, aad, out.first(size));
    std::copy(tag.begin(), tag.end(), out.begin() + static_cast<std::ptrdiff_t>(size));
    return;
  }
  contexts_->begin(true, nonce, aad);
  contexts_->update(plaintext, out.data());
  SWIM_ASSERT(contexts_->finish());
  SWIM_ASSERT(EVP_CIPHER_CTX_ctrl(contexts_->cipher.get(), EVP_CTRL_AEAD_GET_TAG, as_int(tag_size),
                                  out.data() + plaintext.size()) == 1);
}

Expected<void> Aead::open(const Nonce& nonce, Bytes aad, Bytes box, MutableBytes out) {
  if (box.size() < tag_size) {
    return fail(Errc::too_short);
  }
  const std::size_t size = box.size() - tag_size;
  SWIM_ASSERT(out.size() >= size);
  // A copy, because OpenSSL takes the tag by a pointer to non-const.
  std::array<std::uint8_t, tag_size> tag{};
  std::copy_n(box.begin() + static_cast<std::ptrdiff_t>(size), tag_size, tag.begin());
  if (contexts_ == nullptr) {
    if (tag != plain_tag(plain_, nonce, aad, box.first(size))) {
      return fail(Errc::decryption_failed);
    }
    if (out.data() != box.data()) {
      std::memmove(out.data(), box.data(), size);
    }
    return {};
  }
  contexts_->begin(false, nonce, aad);
  contexts_->update(box.first(size), out.data());
  SWIM_ASSERT(EVP_CIPHER_CTX_ctrl(contexts_->cipher.get(), EVP_CTRL_AEAD_SET_TAG, as_int(tag_size),
                                  tag.data()) == 1);
  if (!contexts_->finish()) {
    return fail(Errc::decryption_failed);
  }
  return {};
}

ByteVector encrypt(const Key& key, Bytes plaintext, Bytes aad) {
  ByteVector box(plaintext.size() + overhead);
  Nonce nonce{};
  random_bytes(nonce);
  std::copy(nonce.begin(), nonce.end(), box.begin());
  Aead(key).seal(nonce, aad, plaintext, MutableBytes(box).subspan(nonce_size));
  return box;
}

Expected<ByteVector> decrypt(const Key& key, Bytes box, Bytes aad) {
  if (box.size() < overhead) {
    return fail(Errc::too_short);
  }
  Nonce nonce{};
  std::copy_n(box.begin(), nonce_size, nonce.begin());
  ByteVector plaintext(box.size() - overhead);
  if (auto opened = Aead(key).open(nonce, aad, box.subspan(nonce_size), plaintext); !opened) {
    // What OpenSSL left there is unauthenticated.
    wipe(plaintext);
    return tl::unexpected(opened.error());
  }
  return plaintext;
}

}  // namespace swim::crypto
