#include "server/resume_token.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "core/base/prng.hpp"

namespace swim::server {
namespace {

constexpr std::size_t fields = 4;
constexpr std::size_t digits = 16;

std::uint64_t checksum(const ResumeToken& token) {
  std::uint64_t state = 0x7377696D2D746F6BU;  // so that four zeros are no token
  for (const std::uint64_t field : {token.boot, token.position, token.filter}) {
    state ^= field;
    state = splitmix64(state);
  }
  return state;
}

std::optional<std::uint64_t> hex_at(std::string_view text, std::size_t field) {
  std::uint64_t value = 0;
  const char* const first = text.data() + field * digits;
  const auto [end, error] = std::from_chars(first, first + digits, value, 16);
  if (error != std::errc() || end != first + digits) {
    return std::nullopt;
  }
  return value;
}

std::optional<ResumeToken> decode(std::string_view text) {
  if (text.size() != fields * digits) {
    return std::nullopt;
  }
  const auto boot = hex_at(text, 0);
  const auto position = hex_at(text, 1);
  const auto filter = hex_at(text, 2);
  const auto sum = hex_at(text, 3);
  if (!boot || !position || !filter || !sum) {
    return std::nullopt;
  }
  const ResumeToken token{*boot, *position, *filter};
  if (*sum != checksum(token)) {
    return std::nullopt;
  }
  return token;
}

}  // namespace

std::string encode_token(const ResumeToken& token) {
  std::string text;
  for (const std::uint64_t field : {token.boot, token.position, token.filter, checksum(token)}) {
    std::array<char, digits + 1> hex{};
    std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(field));
    text += hex.data();
  }
  return text;
}

ReadToken read_token(std::string_view text, std::uint64_t boot, std::uint64_t filter,
                     std::uint64_t last) {
  if (text.empty()) {
    return {TokenVerdict::none, 0};
  }
  const auto token = decode(text);
  if (!token) {
    return {TokenVerdict::expired, 0};
  }
  if (token->boot != boot) {
    return {TokenVerdict::restarted, 0};
  }
  if (token->filter != filter || token->position > last) {
    return {TokenVerdict::expired, 0};
  }
  return {TokenVerdict::good, token->position};
}

}  // namespace swim::server
