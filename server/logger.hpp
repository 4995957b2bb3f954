// The daemon's log: structured lines to standard error, written by a thread of its own, so that a
// reader who stops reading never stops the protocol. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/log_line.hpp"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace swim::server {

class Logger {
 public:
  Logger(LogLevel level, LogFormat format);
  // For tests: lines go to `sink` in place of standard error, at once.
  using Sink = void (*)(void* context, LogLevel level, const std::string& line);
  Logger(LogLevel level, LogFormat format, Sink sink, void* context);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // `message` is the constant part, which also is what the rate limit counts by: at most
  // `burst` lines of one message in `window`; the next one after it says how many were left out.
  // Never holds keys or payloads.
  void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});
  // Without limit and whatever the level: the audit.
  void always(LogLevel level, std::string_view message, const std::vector<LogField>& fields);

  void set_level(LogLevel level) { level_ = level; }
  LogLevel level() const { return level_; }
  // Lines so far by level; those below the level are not counted.
  std::uint64_t written(LogLevel level) const { return written_[static_cast<std::size_t>(level)]; }
  // The end, by the last user: writes what is queued. False where that takes longer than
  // `patience`, as nobody reads: then the writing thread goes on, and only _exit() ends the process
  // for sure. Later lines are lost.
  bool close(std::chrono::milliseconds patience);

  static constexpr std::uint32_t burst = 20;
  static constexpr std::int64_t window_ms = 10'000;

 private:
  struct Allowance {
    std::int64_t since_ms{};
    std::uint32_t used{};
    std::uint64_t left_out{};
  };
  bool allowed(std::string_view message, std::int64_t now_ms, std::uint64_t& left_out);
  void write(LogLevel level, std::string_view message, const std::vector<LogField>& fields);

  std::atomic<LogLevel> level_;
  const LogFormat format_;
  Sink sink_{};
  void* sink_context_{};
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::logger> out_;
  std::array<std::atomic<std::uint64_t>, 4> written_{};
  std::mutex mutex_;
  std::map<std::string, Allowance, std::less<>> allowances_;
};

}  // namespace swim::server
