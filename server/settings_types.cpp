#include "server/settings_types.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>

#include "server/http_text.hpp"

namespace swim::server {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
// Largest first, for printing. "m" comes after "ms" when a text is read, see unit_at().
constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};

tl::unexpected<std::string> wrong(std::string text) {
  return tl::unexpected<std::string>(std::move(text));
}

// What is said behind it is read too where the text is endless.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown_bytes_max = 256;
  std::string result = "\"";
  result += shortened(text, shown_bytes_max);
  return result += '"';
}

const Unit* unit_at(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && (text[length] < '0' || text[length] > '9')) {
    ++length;
  }
  for (const Unit& unit : units) {
    if (unit.name == text.substr(0, length)) {
      text.remove_prefix(length);
      return &unit;
    }
  }
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n\r");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}

}  // namespace

Parsed<Duration> parse_duration(std::string_view text) {
  const auto bad = [whole = text] {
    return wrong("is not a duration: " + quoted(whole) +
                 "; write a number and a unit, as in 100ms, 2s, 1m30s or 24h");
  };
  if (text == "0") {
    return Duration(0);
  }
  if (text.empty()) {
    return bad();
  }
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0) {
      return bad();
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = unit_at(text);
    std::int64_t part = 0;
    if (unit == nullptr || __builtin_mul_overflow(number, unit->nanoseconds, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return bad();
    }
  }
  return Duration(total);
}

std::string to_text(Duration value) {
  std::int64_t rest = value.count();
  if (rest == 0) {
    return "0s";
  }
  std::string text;
  for (const Unit& unit : units) {
    if (const std::int64_t count = rest / unit.nanoseconds; count != 0) {
      text += std::to_string(count);
      text += unit.name;
      rest %= unit.nanoseconds;
    }
  }
  return text;
}

Parsed<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range || (error == std::errc() && number > max)) {
    return wrong("is too large: " + quoted(text) + "; the most is " + std::to_string(max));
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    return wrong("is not a whole number: " + quoted(text));
  }
  return number;
}

Parsed<bool> parse_bool(std::string_view text) {
  if (text == "true") {
    return true;
  }
  if (text == "false") {
    return false;
  }
  return wrong("is neither true nor false: " + quoted(text));
}

Parsed<FileMode> parse_file_mode(std::string_view text) {
  std::uint32_t bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 8);
  if (error != std::errc() || end != text.data() + text.size() || bits > 0777) {
    return wrong("is not a file mode: " + quoted(text) + "; write octal digits, as in 0660");
  }
  return FileMode{bits};
}

std::string to_text(FileMode value) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04o", value.bits);
  return buffer.data();
}

Parsed<LogLevel> parse_log_level(std::string_view text) {
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
    if (to_text(level) == text) {
      return level;
    }
  }
  return wrong("is not a log level: " + quoted(text) + "; there are debug, info, warn and error");
}

std::string_view to_text(LogLevel value) {
  switch (value) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

Parsed<LogFormat> parse_log_format(std::string_view text) {
  if (text == "logfmt") {
    return LogFormat::logfmt;
  }
  if (text == "json") {
    return LogFormat::json;
  }
  return wrong("is not a log format: " + quoted(text) + "; there are logfmt and json");
}

std::string_view to_text(LogFormat value) {
  return value == LogFormat::json ? "json" : "logfmt";
}

Parsed<Endpoint> parse_listen(std::string_view text) {
  const auto endpoint = parse_endpoint(text, true);
  if (!endpoint) {
    return wrong("is not an address with a port: " + quoted(text) + " (" +
                 std::string(endpoint.error().what) +
                 "); write it as in 10.0.0.7:7946 or [fd00::7]:7946");
  }
  return *endpoint;
}

Parsed<OptionalListen> parse_optional_listen(std::string_view text) {
  if (text == "off") {
    return OptionalListen{true, std::nullopt};
  }
  const auto endpoint = parse_listen(text);
  if (!endpoint) {
    return wrong(endpoint.error() + ", or off");
  }
  return OptionalListen{false, *endpoint};
}

Parsed<std::vector<SeedSpec>> parse_seeds(const std::vector<std::string>& items) {
  std::vector<SeedSpec> seeds;
  for (const std::string& item : items) {
    auto seed = parse_seed(item);
    if (!seed) {
      return wrong("holds a seed that can't be used: " + quoted(item) + " (" +
                   std::string(seed.error().what) +
                   "); write host:port, [v6]:port or dns+name:port");
    }
    seeds.push_back(std::move(*seed));
  }
  return seeds;
}

Parsed<wire::Labels> parse_labels(const std::vector<std::string>& items) {
  wire::Labels labels;
  for (const std::string& item : items) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
      return wrong("holds a label that is not key=value: " + quoted(item));
    }
    if (!labels.emplace(item.substr(0, equals), item.substr(equals + 1)).second) {
      return wrong("names a label twice: " + quoted(item.substr(0, equals)));
    }
  }
  if (const auto encoded = wire::encode_labels(labels); !encoded) {
    return wrong("can't be used: " + std::string(encoded.error().what.empty()
                                                     ? to_string(encoded.error().code)
                                                     : encoded.error().what));
  }
  return labels;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const auto comma = text.find(',');
    if (const auto item = trimmed(text.substr(0, comma)); !item.empty()) {
      items.emplace_back(item);
    }
    if (comma == std::string_view::npos) {
      return items;
    }
    text.remove_prefix(comma + 1);
  }
}

}  // namespace swim::server
