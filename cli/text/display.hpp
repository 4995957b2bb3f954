// Text for a terminal: how wide it is, and what must not reach it. Pure; text is UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace swim::cli {

struct Character {
  char32_t code{};
  std::size_t bytes{1};
  bool valid{};  // else it is one byte that is not UTF-8
};
// The character at the front of a text that is not empty.
Character first_character(std::string_view text);

// Whether a terminal obeys it rather than shows it: C0, C1 (U+009B begins a sequence as ESC [
// does), and the overrides of direction, which make a name look like another.
bool is_control(char32_t code);

// Columns that the text takes: combining marks none, East Asian wide characters and emoji two. A
// byte that is not UTF-8 counts one.
std::size_t display_width(std::string_view text);

// What others wrote (names, labels, payloads), safe to show: control characters and bytes that are
// not UTF-8 become \n, \t or \x1b; anything else stays.
std::string printable(std::string_view text);

bool is_utf8(std::string_view text);

// printable(), and at most `columns` wide; a cut shows as "…".
std::string shortened(std::string_view text, std::size_t columns);

// "1 member", "3 members", "2 addresses".
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace swim::cli
