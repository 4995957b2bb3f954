#include "server/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace swim::server {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// The number behind `key` in lines "key number".
std::optional<std::uint64_t> number_of(const std::string& text, std::string_view key) {
  std::istringstream lines(text);
  std::string word;
  std::uint64_t value = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (words >> word >> value && word == key) {
      return value;
    }
  }
  return std::nullopt;
}

void read_cpu(ProcessStats& stats) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    stats.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
}

void read_memory(const std::string& proc, ProcessStats& stats) {
  const auto text = read_file(proc + "/self/statm");
  if (!text) {
    return;
  }
  std::istringstream words(*text);
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (words >> total >> resident) {
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    stats.virtual_bytes = total * page;
    stats.resident_bytes = resident * page;
  }
}

void read_descriptors(const std::string& proc, ProcessStats& stats) {
  std::error_code error;
  std::filesystem::directory_iterator entry(proc + "/self/fd", error);
  std::uint64_t count = 0;
  while (!error && entry != std::filesystem::directory_iterator()) {
    ++count;
    entry.increment(error);
  }
  if (!error) {
    stats.open_fds = count;
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    stats.max_fds = limit.rlim_cur;
  }
}

void read_start(const std::string& proc, ProcessStats& stats) {
  const auto stat = read_file(proc + "/self/stat");
  const auto boot = number_of(read_file(proc + "/stat").value_or(""), "btime");
  // The name in brackets may hold spaces and brackets itself; the fields behind it are numbers.
  const std::size_t name_end = stat ? stat->rfind(')') : std::string::npos;
  if (!boot || name_end == std::string::npos) {
    return;
  }
  constexpr int start_time_field = 22;
  constexpr int first_field_behind_name = 3;
  std::istringstream words(stat->substr(name_end + 1));
  std::string word;
  for (int field = first_field_behind_name; field < start_time_field; ++field) {
    words >> word;
  }
  std::uint64_t ticks = 0;
  if (words >> ticks) {
    stats.start_time_seconds =
        static_cast<double>(*boot) +
        static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
}

struct CgroupFile {
  std::string path;
  bool v2{};
};

// Where cpu.stat may be, by a line of /proc/self/cgroup "id:controllers:path". The path is as seen
// from the host where the cgroup namespace is not our own, so the mount's root comes second.
std::vector<CgroupFile> cpu_stat_files(const std::string& line, const std::string& cgroups) {
  const std::size_t first = line.find(':');
  const std::size_t second = line.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) {
    return {};
  }
  const std::string controllers = line.substr(first + 1, second - first - 1);
  const std::string path = line.substr(second + 1);
  if (controllers.empty()) {
    return {{cgroups + path + "/cpu.stat", true}, {cgroups + "/cpu.stat", true}};
  }
  if (("," + controllers + ",").find(",cpu,") == std::string::npos) {
    return {};
  }
  std::vector<CgroupFile> files;
  for (const std::string& mount : {"/" + controllers, std::string("/cpu")}) {
    files.push_back({cgroups + mount + path + "/cpu.stat", false});
    files.push_back({cgroups + mount + "/cpu.stat", false});
  }
  return files;
}

std::optional<CpuThrottling> read_cpu_stat(const CgroupFile& file) {
  const auto text = read_file(file.path);
  if (!text) {
    return std::nullopt;
  }
  const auto time = number_of(*text, file.v2 ? "throttled_usec" : "throttled_time");
  const auto periods = number_of(*text, "nr_periods");
  const auto throttled = number_of(*text, "nr_throttled");
  if (!time || !periods || !throttled) {
    return std::nullopt;
  }
  return CpuThrottling{static_cast<double>(*time) / (file.v2 ? 1e6 : 1e9), *periods, *throttled};
}

void read_throttling(const std::string& proc, const std::string& cgroups, ProcessStats& stats) {
  std::istringstream lines(read_file(proc + "/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    for (const CgroupFile& file : cpu_stat_files(line, cgroups)) {
      if (auto found = read_cpu_stat(file)) {
        stats.throttling = found;
        return;
      }
    }
  }
}

}  // namespace

ProcessStats read_process_stats(const std::string& proc, const std::string& cgroups) {
  ProcessStats stats;
  read_cpu(stats);
  read_memory(proc, stats);
  read_descriptors(proc, stats);
  read_start(proc, stats);
  read_throttling(proc, cgroups, stats);
  return stats;
}

}  // namespace swim::server
