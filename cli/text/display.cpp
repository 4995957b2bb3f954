#include "cli/text/display.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace swim::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode's combining marks and zero-width characters, as far as names and labels show them.
constexpr std::array<Range, 9> zero_width{{{0x0300, 0x036F},
                                           {0x0483, 0x0489},
                                           {0x0591, 0x05BD},
                                           {0x064B, 0x065F},
                                           {0x1AB0, 0x1AFF},
                                           {0x200B, 0x200F},
                                           {0x20D0, 0x20FF},
                                           {0xFE00, 0xFE0F},
                                           {0xFE20, 0xFE2F}}};

// East Asian Width W and F, and emoji.
constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0x303E},
                                     {0x3041, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& range) { return c >= range.first && c <= range.last; });
}

std::size_t bytes_announced(unsigned char lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead < 0xE0) {
    return 2;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    return 3;
  }
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

std::size_t width_of(const Character& c) {
  if (!c.valid) {
    return 1;
  }
  if (contains(zero_width, c.code)) {
    return 0;
  }
  return contains(wide, c.code) ? 2 : 1;
}

std::string escaped(std::string_view bytes) {
  if (bytes == "\n") {
    return "\\n";
  }
  if (bytes == "\t") {
    return "\\t";
  }
  std::string text;
  for (const char byte : bytes) {
    std::array<char, 8> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "\\x%02x", static_cast<unsigned char>(byte));
    text += buffer.data();
  }
  return text;
}

}  // namespace

Character first_character(std::string_view text) {
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = bytes_announced(lead);
  if (size == 0 || size > text.size()) {
    return {};
  }
  char32_t code = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t at = 1; at < size; ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xC0U) != 0x80U) {
      return {};
    }
    code = (code << 6U) | (byte & 0x3FU);
  }
  if (code < least.at(size) || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    return {};
  }
  return {code, size, true};
}

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    width += width_of(c);
    text.remove_prefix(c.bytes);
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const Character c = first_character(text);
    const std::string_view bytes = text.substr(0, c.bytes);
    if (c.valid && !is_control(c.code)) {
      safe += bytes;
    } else {
      safe += escaped(bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return safe;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Character c = first_character(text);
    if (!c.valid) {
      return false;
    }
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string shortened(std::string_view text, std::size_t columns) {
  std::string safe = printable(text);
  if (display_width(safe) <= columns) {
    return safe;
  }
  std::string_view rest = safe;
  std::string kept;
  std::size_t width = 1;  // the ellipsis
  while (!rest.empty()) {
    const Character c = first_character(rest);
    if (width + width_of(c) > columns) {
      break;
    }
    width += width_of(c);
    kept += rest.substr(0, c.bytes);
    rest.remove_prefix(c.bytes);
  }
  return kept + "…";
}

std::string counted(std::uint64_t count, std::string_view noun) {
  const char* plural = !noun.empty() && noun.back() == 's' ? "es" : "s";
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : plural);
}

}  // namespace swim::cli
