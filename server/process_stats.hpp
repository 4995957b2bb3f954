// What the kernel knows of this process: the usual process_* metrics, and how often its cgroup was
// throttled, which explains suspicions that nobody else can explain.
// Reads a few small files at each call; any thread. What can't be read is absent, never zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace swim::server {

struct CpuThrottling {
  double seconds{};           // time that was waited for CPU quota
  std::uint64_t periods{};    // all enforcement periods so far
  std::uint64_t throttled{};  // those in which the quota ran out
};

struct ProcessStats {
  std::optional<double> cpu_seconds;
  std::optional<double> start_time_seconds;  // Unix time
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> open_fds;
  std::optional<std::uint64_t> max_fds;
  std::optional<CpuThrottling> throttling;  // absent without a cgroup that can have a quota
};

// The folders are for tests.
ProcessStats read_process_stats(const std::string& proc = "/proc",
                                const std::string& cgroups = "/sys/fs/cgroup");

}  // namespace swim::server
