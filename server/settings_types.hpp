// The types that a setting can have, each with its text form: parse and print are inverses.
// Pure; errors are half sentences that fit behind the setting's name ("is not a duration: …").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/wire/labels.hpp"

namespace swim::server {

template <class T>
using Parsed = tl::expected<T, std::string>;

struct FileMode {
  std::uint32_t bits{};  // permission bits only
  friend bool operator==(const FileMode&, const FileMode&) = default;
};

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { logfmt, json };

// An address to listen on, or none at all (`off`).
struct OptionalListen {
  bool off{};
  std::optional<Endpoint> address;  // nullopt and not off: derived from other settings
  friend bool operator==(const OptionalListen&, const OptionalListen&) = default;
};

// "100ms", "1m30s", "2h"; units ns, us, ms, s, m, h. A unit is needed, 0 excepted; no sign.
Parsed<Duration> parse_duration(std::string_view text);
std::string to_text(Duration value);  // the largest units that are exact: "1m30s", "0s"

Parsed<std::uint64_t> parse_number(std::string_view text, std::uint64_t max);
Parsed<bool> parse_bool(std::string_view text);           // true, false
Parsed<FileMode> parse_file_mode(std::string_view text);  // octal: 0660
std::string to_text(FileMode value);
Parsed<LogLevel> parse_log_level(std::string_view text);
std::string_view to_text(LogLevel value);
Parsed<LogFormat> parse_log_format(std::string_view text);
std::string_view to_text(LogFormat value);

// "host:port" as parse_endpoint takes it; port 0 = the kernel chooses.
Parsed<Endpoint> parse_listen(std::string_view text);
Parsed<OptionalListen> parse_optional_listen(std::string_view text);

Parsed<std::vector<SeedSpec>> parse_seeds(const std::vector<std::string>& items);
// Items "key=value". Checked for keys, lengths and the encoded size as the wire wants it.
Parsed<wire::Labels> parse_labels(const std::vector<std::string>& items);

// "a,b , c" → a | b | c; empty parts are dropped.
std::vector<std::string> split_list(std::string_view text);

}  // namespace swim::server
