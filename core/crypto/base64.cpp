#include "core/crypto/base64.hpp"

#include <openssl/evp.h>

#include "core/crypto/wipe.hpp"

namespace swim::crypto {

std::string base64_encode(Bytes bytes) {
  // EVP_EncodeBlock writes a closing NUL, which std::string has room for.
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                  static_cast<int>(bytes.size()));
  return text;
}

std::string_view without_margins(std::string_view text) {
  constexpr std::string_view white_space = " \t\r\n";
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::optional<ByteVector> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  ByteVector bytes(text.size() / 4 * 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), as_bytes(text).data(), static_cast<int>(text.size()));
  if (size < 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) < padding ? 0
                                                        : static_cast<std::size_t>(size) - padding);
  // OpenSSL forgives white space and stray bits; only what we would write ourselves is taken.
  std::string canonical = base64_encode(bytes);
  const bool same = canonical == text;
  wipe({reinterpret_cast<std::uint8_t*>(canonical.data()), canonical.size()});
  if (!same) {
    wipe(bytes);
    return std::nullopt;
  }
  return bytes;
}

}  // namespace swim::crypto
