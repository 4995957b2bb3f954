#include "server/logger.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "core/runtime/clock.hpp"

namespace swim::server {
namespace {

constexpr std::size_t queue_lines = 8192;
constexpr std::size_t messages_remembered = 256;

}  // namespace

Logger::Logger(LogLevel level, LogFormat format) : level_(level), format_(format) {
  pool_ = std::make_shared<spdlog::details::thread_pool>(queue_lines, 1);
  out_ = std::make_shared<spdlog::async_logger>(
      "swimd", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
      // A log nobody reads loses its oldest lines; the daemon goes on.
      spdlog::async_overflow_policy::overrun_oldest);
  out_->set_pattern("%v");
  out_->set_level(spdlog::level::trace);
}

Logger::Logger(LogLevel level, LogFormat format, Sink sink, void* context)
    : level_(level), format_(format), sink_(sink), sink_context_(context) {}

// The pool's destructor writes what is queued.
Logger::~Logger() = default;

bool Logger::allowed(std::string_view message, std::int64_t now_ms, std::uint64_t& left_out) {
  const std::lock_guard lock(mutex_);
  auto found = allowances_.find(message);
  if (found == allowances_.end()) {
    if (allowances_.size() >= messages_remembered) {
      allowances_.clear();  // messages are constants, so this is never reached in practice
    }
    found = allowances_.emplace(message, Allowance{now_ms, 0, 0}).first;
  }
  Allowance& allowance = found->second;
  if (now_ms - allowance.since_ms >= window_ms || now_ms < allowance.since_ms) {
    allowance.since_ms = now_ms;
    allowance.used = 0;
  }
  if (allowance.used >= burst) {
    ++allowance.left_out;
    return false;
  }
  ++allowance.used;
  left_out = std::exchange(allowance.left_out, 0);
  return true;
}

void Logger::log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < level_) {
    return;
  }
  std::uint64_t left_out = 0;
  if (!allowed(message, runtime::wall_now().unix_ms, left_out)) {
    return;
  }
  std::vector<LogField> all(fields);
  if (left_out != 0) {
    all.emplace_back("left_out", std::to_string(left_out));
  }
  write(level, message, all);
}

void Logger::always(LogLevel level, std::string_view message, const std::vector<LogField>& fields) {
  write(level, message, fields);
}

void Logger::write(LogLevel level, std::string_view message, const std::vector<LogField>& fields) {
  ++written_[static_cast<std::size_t>(level)];
  const std::string line = format_log_line(format_, runtime::wall_now(), level, message, fields);
  if (sink_ != nullptr) {
    sink_(sink_context_, level, line);
  } else if (out_) {
    out_->log(spdlog::level::info, line);
  }
}

// The worker may be in a write that never ends, and the pool's destructor waits for the worker.
bool Logger::close(std::chrono::milliseconds patience) {
  const auto done = std::make_shared<std::promise<void>>();
  const auto written = done->get_future();
  std::thread([out = std::move(out_), pool = std::move(pool_), done]() mutable {
    out.reset();
    pool.reset();
    done->set_value();
  }).detach();
  return written.wait_for(patience) == std::future_status::ready;
}

}  // namespace swim::server
