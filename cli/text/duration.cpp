#include "cli/text/duration.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace swim::cli {
namespace {

using std::chrono::seconds;

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::array<Unit, 7> units{{{"ns", 1},
                                     {"us", 1'000},
                                     {"ms", 1'000'000},
                                     {"s", 1'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"h", 3'600'000'000'000},
                                     {"d", 86'400'000'000'000}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

const Unit* unit_named(std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) {
      return &unit;
    }
  }
  return nullptr;
}

// The number and unit at the front of `text`, taken off it.
std::optional<std::int64_t> take_part(std::string_view& text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (!is_digit(text.front()) || error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  std::size_t length = 0;
  while (length < text.size() && !is_digit(text[length])) {
    ++length;
  }
  const Unit* unit = unit_named(text.substr(0, length));
  text.remove_prefix(length);
  constexpr auto most = static_cast<double>(std::numeric_limits<std::int64_t>::max()) / 2;
  if (unit == nullptr || number * static_cast<double>(unit->nanoseconds) > most) {
    return std::nullopt;
  }
  return std::llround(number * static_cast<double>(unit->nanoseconds));
}

std::string with_digits(double value, const char* unit) {
  std::array<char, 48> buffer{};
  const int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  std::snprintf(buffer.data(), buffer.size(), "%.*f %s", digits, value, unit);
  return buffer.data();
}

std::string two_units(std::int64_t big, const char* big_name, std::int64_t small,
                      const char* small_name) {
  std::string text = std::to_string(big) + big_name;
  if (small > 0) {
    text += std::to_string(small) + small_name;
  }
  return text;
}

}  // namespace

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  if (text == "0") {
    return Nanoseconds(0);
  }
  if (text.empty()) {
    return std::nullopt;
  }
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || __builtin_add_overflow(total, *part, &total)) {
      return std::nullopt;
    }
  }
  return Nanoseconds(total);
}

std::string measured(Nanoseconds value) {
  const auto count = static_cast<double>(value.count());
  if (value.count() < 1'000) {
    return std::to_string(value.count()) + " ns";
  }
  if (count < 999.5e3) {
    return with_digits(count / 1e3, "µs");
  }
  if (count < 999.5e6) {
    return with_digits(count / 1e6, "ms");
  }
  if (value < seconds(100)) {
    return with_digits(count / 1e9, "s");
  }
  return age(value);
}

std::string age(Nanoseconds value) {
  const std::int64_t total = value.count() < 0 ? 0 : value / seconds(1);
  if (total < 60) {
    return std::to_string(total) + "s";
  }
  if (total < 3600) {
    return two_units(total / 60, "m", total % 60, "s");
  }
  if (total < 86'400) {
    return two_units(total / 3600, "h", total % 3600 / 60, "m");
  }
  if (total < 10 * 86'400) {
    return two_units(total / 86'400, "d", total % 86'400 / 3600, "h");
  }
  return std::to_string(total / 86'400) + "d";
}

}  // namespace swim::cli
