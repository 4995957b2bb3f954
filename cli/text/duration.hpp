// Durations as people type and read them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace swim::cli {

using Nanoseconds = std::chrono::nanoseconds;

// "250ms", "1m30s", "2h", "1.5s"; units ns, us, ms, s, m, h, d. A unit is needed, 0 excepted.
// nullopt for anything else, negative ones and what does not fit included.
std::optional<Nanoseconds> parse_duration(std::string_view text);

// Three digits or so, for measured times: "812 ns", "41.2 µs", "1.93 ms", "12.4 s", "3m20s".
std::string measured(Nanoseconds value);

// An age, coarse, at most two units: "0s", "45s", "3m20s", "5h", "2d4h", "31d". Negative counts
// as 0.
std::string age(Nanoseconds value);

}  // namespace swim::cli
