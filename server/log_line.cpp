#include "server/log_line.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "server/http_text.hpp"

namespace swim::server {
namespace {

// Escapes may make six of each; whatever collects lines cuts them at 16 KiB.
constexpr std::size_t value_bytes_max = 2048;

std::string json_text(std::string_view value) {
  return nlohmann::json(std::string(value))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool needs_quotes(std::string_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F ||
                  c == '"' || c == '=' || c == '\\';
         });
}

// JSON's strings are valid in logfmt too.
std::string logfmt_text(std::string_view value) {
  return needs_quotes(value) ? json_text(value) : std::string(value);
}

}  // namespace

std::string time_text(WallTime time) {
  const auto seconds = static_cast<std::time_t>(time.unix_ms / 1000);
  const auto milliseconds = static_cast<int>(time.unix_ms % 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t used = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + used, text.size() - used, ".%03dZ", milliseconds);
  return text.data();
}

std::string format_log_line(LogFormat format, WallTime time, LogLevel level,
                            std::string_view message, std::span<const LogField> fields) {
  const bool json = format == LogFormat::json;
  std::string line;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (json) {
      line += line.empty() ? "{" : ",";
      line += json_text(key) + ":" + json_text(value);
    } else {
      line += line.empty() ? "" : " ";
      line += std::string(key) + "=" + logfmt_text(value);
    }
  };
  add("ts", time_text(time));
  add("level", to_text(level));
  add("msg", message);
  for (const auto& [key, value] : fields) {
    add(key, shortened(value, value_bytes_max));
  }
  return json ? line + "}" : line;
}

}  // namespace swim::server
