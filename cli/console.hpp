// The terminal, or what stands in its place. One thread writes to each stream at a time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "cli/text/style.hpp"

namespace swim::cli {

class Console {
 public:
  // Looks at the streams, $NO_COLOR and $TERM.
  explicit Console(ColorMode mode = ColorMode::automatic);

  // To standard output, at once. Ends the process with ExitCode::failed where that can't be: in
  // silence if nobody reads it any more, else with the cause on standard error.
  void out(std::string_view text);
  // A line to standard error; "\n" is added.
  void note(std::string_view line);

  bool out_is_terminal() const { return out_is_terminal_; }
  bool err_is_terminal() const { return err_is_terminal_; }
  const Style& style() const { return style_; }          // of standard output
  const Style& err_style() const { return err_style_; }  // of standard error
  // From now on the process ends as soon as nobody reads standard output any more, even while there
  // is nothing to write: what comes rarely would keep `swimctl watch | head -1` for ever.
  void end_with_the_reader() const;
  // Rows of the terminal; 0 if it is none.
  std::size_t rows() const;

 private:
  bool out_is_terminal_;
  bool err_is_terminal_;
  Style style_;
  Style err_style_;
};

// Says on standard error, if that is a terminal, what takes more than two seconds, until destroyed.
class Progress {
 public:
  Progress(Console& console, std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void run();

  std::string what_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_{};
  std::thread thread_;
};

}  // namespace swim::cli
