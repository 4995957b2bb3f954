#include "core/crypto/checksum.hpp"

#include <openssl/evp.h>

#include "core/base/assert.hpp"

namespace swim::crypto {
namespace {

struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetching walks OpenSSL's providers; once is enough. Never freed: it lives as long as the process.
EVP_MD* sha256() {
  static EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  SWIM_ASSERT(digest != nullptr);
  return digest;
}

}  // namespace

struct Checksummer::State {
  std::unique_ptr<EVP_MD_CTX, FreeDigestContext> context{EVP_MD_CTX_new()};
};

Checksummer::Checksummer() : state_(std::make_unique<State>()) {
  SWIM_ASSERT(state_->context != nullptr);
  SWIM_ASSERT(EVP_DigestInit_ex2(state_->context.get(), sha256(), nullptr) == 1);
}

Checksummer::~Checksummer() = default;
Checksummer::Checksummer(Checksummer&&) noexcept = default;
Checksummer& Checksummer::operator=(Checksummer&&) noexcept = default;

void Checksummer::add(Bytes bytes) {
  SWIM_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Checksum Checksummer::finish() {
  Checksum checksum{};
  SWIM_ASSERT(EVP_DigestFinal_ex(state_->context.get(), checksum.data(), nullptr) == 1);
  return checksum;
}

Checksum checksum_of(Bytes bytes) {
  Checksummer checksummer;
  checksummer.add(bytes);
  return checksummer.finish();
}

}  // namespace swim::crypto
