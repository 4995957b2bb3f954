// Colours, for who wants them. A colour never says what a word does not say too. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace swim::cli {

enum class Color : std::uint8_t { plain, green, yellow, red, blue, dim, bold };

enum class ColorMode : std::uint8_t { automatic, always, never };

// What --color takes: auto, always, never.
std::optional<ColorMode> parse_color_mode(std::string_view text);

// no-color.org: NO_COLOR, when it is set and not empty, turns automatic colour off.
bool wants_color(ColorMode mode, bool terminal, const char* no_color, const char* term);

class Style {
 public:
  explicit Style(bool color = false) : color_(color) {}
  bool color() const { return color_; }
  std::string paint(std::string_view text, Color color) const;

 private:
  bool color_;
};

}  // namespace swim::cli
