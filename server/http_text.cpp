#include "server/http_text.hpp"

#include <algorithm>
#include <cstddef>

namespace swim::server {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";
// Of one character.
constexpr std::size_t utf8_bytes_max = 4;

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

// Length of the well-formed sequence (RFC 3629) that starts at `at`; 0: there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80U) {
    return 1;
  }
  const std::size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || first > 0xF4U) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text, at + i)) {
      return 0;
    }
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool bad = (first == 0xE0U && second < 0xA0U) || (first == 0xEDU && second > 0x9FU) ||
                   (first == 0xF0U && second < 0x90U) || (first == 0xF4U && second > 0x8FU);
  return bad ? 0 : length;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; })) {
    return std::string(text);
  }
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text, at);
    result += length == 0 ? replacement : text.substr(at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return result;
}

std::string shortened(std::string_view text, std::size_t bytes_max) {
  // What is far beyond the bound need not be looked at: no text gets shorter by becoming valid.
  std::string result = valid_utf8(text.substr(0, bytes_max + utf8_bytes_max));
  if (result.size() <= bytes_max) {
    return result;
  }
  std::size_t end = bytes_max - ellipsis.size();
  while (continues(result, end)) {
    --end;
  }
  return result.replace(end, std::string::npos, ellipsis);
}

std::string html_escaped(std::string_view text) {
  std::string result;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        // Control characters are not allowed in a page.
        if ((static_cast<unsigned char>(c) < 0x20U && c != '\n') || c == '\x7F') {
          result += replacement;
        } else {
          result += c;
        }
    }
  }
  return result;
}

std::string lower_case(std::string_view ascii) {
  std::string result(ascii);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

}  // namespace swim::server
