// Runs that more than one experiment needs: E05 (crash), E07 (interval), E10 (starved).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "bench/protocol/measured.hpp"
#include "core/base/time.hpp"
#include "core/engine/config.hpp"

namespace swim::bench {

// One member after the other is killed at a random time and started again; latency 1–3 ms.
struct Crash {
  std::size_t nodes{};
  double loss_percent{};
  bool host_too{};
  int kills{10};
  Duration every{};  // from one to the next at least; else as soon as the one before is back
};
Measured run_crash(const Crash& crash, const Config& config, std::uint64_t seed);

// `anomalous` of 128 members are blocked and run again, in step, for two minutes at least.
struct Anomaly {
  std::size_t anomalous{};  // C
  Duration blocked{};       // D
  Duration normal{};        // I
  bool frozen{};            // stopped altogether, in place of blocked
  static Anomaly hardest(bool frozen = false) {
    return {32, std::chrono::milliseconds(16384), std::chrono::milliseconds(1024), frozen};
  }
  friend bool operator==(const Anomaly&, const Anomaly&) = default;
};
Measured run_interval(const Anomaly& anomaly, const Config& config, std::uint64_t seed);

// Some read late for two minutes, a healthy one is killed after the first; latency 1–3 ms.
struct Starved {
  std::size_t nodes{};
  double loss_percent{};
  std::uint32_t starved_percent{};
  bool streams_late{true};
  std::size_t starved() const {
    return starved_percent == 0 ? 0
                                : std::max<std::size_t>(1, (nodes * starved_percent + 50) / 100);
  }
};
Measured run_starved(const Starved& setup, const Config& config, std::uint64_t seed);

// What a few members send, or what is sent to them, is lost four times of five, from 90 s on.
struct HalfMute {
  std::size_t nodes{200};
  std::size_t faulty{4};
  bool egress{};
  Duration until{std::chrono::seconds(400)};  // since the cluster formed
};
Measured run_half_mute(const HalfMute& setup, const Config& config, std::uint64_t seed);

// 15 of 50 are killed at once.
Measured run_kill_many(const Config& config, std::uint64_t seed);

// 4 of 50 are stopped for 1–5 s, again and again.
Measured run_pause_storm(const Config& config, std::uint64_t seed);

}  // namespace swim::bench
