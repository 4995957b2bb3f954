#include "server/library_logs.hpp"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

namespace swim::server {
namespace {

// Their handlers get no context.
std::mutex mutex;
Logger* target = nullptr;

std::string place(const char* file, int line) {
  const std::string_view path(file);
  return std::string(path.substr(path.rfind('/') + 1)) + ":" + std::to_string(line);
}

void pass_on(LogLevel level, std::string_view message, const char* file, int line,
             const std::string& text) {
  const std::lock_guard lock(mutex);
  if (target != nullptr) {
    target->log(level, message, {{"text", text}, {"at", place(file, line)}});
  }
}

// The process is ended by abort(), and the log's own thread with it.
void last_words(const char* file, int line, const std::string& text) {
  std::fprintf(stderr, "swimd: %s (%s)\n", text.c_str(), place(file, line).c_str());
}

void from_grpc(gpr_log_func_args* said) {
  if (std::string_view(said->message).starts_with("assertion failed")) {
    last_words(said->file, said->line, said->message);
    return;
  }
  const LogLevel level = said->severity == GPR_LOG_SEVERITY_ERROR  ? LogLevel::error
                         : said->severity == GPR_LOG_SEVERITY_INFO ? LogLevel::info
                                                                   : LogLevel::debug;
  pass_on(level, "gRPC says", said->file, said->line, said->message);
}

void from_protobuf(google::protobuf::LogLevel level, const char* file, int line,
                   const std::string& text) {
  if (level == google::protobuf::LOGLEVEL_FATAL) {
    last_words(file, line, text);
    return;
  }
  const LogLevel mapped = level == google::protobuf::LOGLEVEL_ERROR     ? LogLevel::error
                          : level == google::protobuf::LOGLEVEL_WARNING ? LogLevel::warn
                                                                        : LogLevel::info;
  pass_on(mapped, "protobuf says", file, line, text);
}

}  // namespace

LibraryLogs::LibraryLogs(Logger& logger) {
  const std::lock_guard lock(mutex);
  target = &logger;
  gpr_log_verbosity_init();  // else nothing is said before gRPC's first server
  gpr_set_log_function(&from_grpc);
  google::protobuf::SetLogHandler(&from_protobuf);
}

// The handlers stay: to exchange them is not for when there are other threads.
LibraryLogs::~LibraryLogs() {
  const std::lock_guard lock(mutex);
  target = nullptr;
}

}  // namespace swim::server
