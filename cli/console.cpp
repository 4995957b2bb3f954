#include "cli/console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "cli/exit_code.hpp"
#include "cli/text/duration.hpp"

namespace swim::cli {
namespace {

using namespace std::chrono_literals;

Style style_for(ColorMode mode, bool terminal) {
  return Style(wants_color(mode, terminal, std::getenv("NO_COLOR"), std::getenv("TERM")));
}

}  // namespace

Console::Console(ColorMode mode)
    : out_is_terminal_(isatty(STDOUT_FILENO) == 1),
      err_is_terminal_(isatty(STDERR_FILENO) == 1),
      style_(style_for(mode, out_is_terminal_)),
      err_style_(style_for(mode, err_is_terminal_)) {}

void Console::out(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    if (errno != EPIPE) {
      note("swimctl: can't write standard output: " + std::generic_category().message(errno));
    }
    std::_Exit(static_cast<int>(ExitCode::failed));
  }
}

void Console::note(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

void Console::end_with_the_reader() const {
  struct stat output {};
  if (fstat(STDOUT_FILENO, &output) != 0 || !S_ISFIFO(output.st_mode)) {
    return;
  }
  std::thread([] {
    pollfd pipe{STDOUT_FILENO, 0, 0};
    while (poll(&pipe, 1, -1) < 0 && errno == EINTR) {
    }
    std::_Exit(static_cast<int>(ExitCode::failed));
  }).detach();
}

std::size_t Console::rows() const {
  winsize size{};
  return out_is_terminal_ && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

Progress::Progress(Console& console, std::string what) : what_(std::move(what)) {
  if (console.err_is_terminal()) {
    thread_ = std::thread([this] { run(); });
  }
}

Progress::~Progress() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Progress::run() {
  const auto began = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  bool shown = false;
  while (!changed_.wait_for(lock, shown ? 1s : 2s, [this] { return done_; })) {
    const auto elapsed = std::chrono::steady_clock::now() - began;
    std::fprintf(stderr, "\r\x1b[K%s … %s", what_.c_str(), age(elapsed).c_str());
    std::fflush(stderr);
    shown = true;
  }
  if (shown) {
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
  }
}

}  // namespace swim::cli
