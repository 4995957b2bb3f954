#include "cli/text/style.hpp"

namespace swim::cli {
namespace {

std::string_view code_of(Color color) {
  switch (color) {
    case Color::green:
      return "32";
    case Color::yellow:
      return "33";
    case Color::red:
      return "31";
    case Color::blue:
      return "36";
    case Color::dim:
      return "2";
    case Color::bold:
      return "1";
    case Color::plain:
      break;
  }
  return {};
}

}  // namespace

std::optional<ColorMode> parse_color_mode(std::string_view text) {
  if (text == "auto") {
    return ColorMode::automatic;
  }
  if (text == "always") {
    return ColorMode::always;
  }
  if (text == "never") {
    return ColorMode::never;
  }
  return std::nullopt;
}

bool wants_color(ColorMode mode, bool terminal, const char* no_color, const char* term) {
  if (mode != ColorMode::automatic) {
    return mode == ColorMode::always;
  }
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  return terminal && !refused && !dumb;
}

std::string Style::paint(std::string_view text, Color color) const {
  const std::string_view code = code_of(color);
  if (!color_ || code.empty() || text.empty()) {
    return std::string(text);
  }
  std::string painted = "\x1b[";
  painted += code;
  painted += 'm';
  painted += text;
  painted += "\x1b[0m";
  return painted;
}

}  // namespace swim::cli
