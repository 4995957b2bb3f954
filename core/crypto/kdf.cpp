#include "core/crypto/kdf.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "core/base/assert.hpp"

namespace swim::crypto {
namespace {

struct FreeKdfContext {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

// Fetching walks OpenSSL's providers; once is enough. Never freed: it lives as long as the process.
EVP_KDF* hkdf() {
  static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  SWIM_ASSERT(kdf != nullptr);
  return kdf;
}

// OpenSSL's parameters are not const-correct; derivation only reads them.
OSSL_PARAM octets(const char* name, Bytes bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()),
                                           bytes.size());
}

}  // namespace

void hkdf_sha256(Bytes secret, Bytes salt, Bytes info, MutableBytes out) {
  SWIM_ASSERT(!secret.empty());
  const std::unique_ptr<EVP_KDF_CTX, FreeKdfContext> context(EVP_KDF_CTX_new(hkdf()));
  SWIM_ASSERT(context != nullptr);
  char digest[] = "SHA256";
  std::array<OSSL_PARAM, 5> parameters{};
  std::size_t count = 0;
  parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
  parameters[count++] = octets(OSSL_KDF_PARAM_KEY, secret);
  // Absent and empty are the same to RFC 5869, but not to OpenSSL.
  if (!salt.empty()) {
    parameters[count++] = octets(OSSL_KDF_PARAM_SALT, salt);
  }
  if (!info.empty()) {
    parameters[count++] = octets(OSSL_KDF_PARAM_INFO, info);
  }
  parameters[count] = OSSL_PARAM_construct_end();
  SWIM_ASSERT(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1);
}

}  // namespace swim::crypto
