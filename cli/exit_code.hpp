// How swimctl ends; scripts and probes rely on these numbers.
#pragma once

namespace swim::cli {

enum class ExitCode : int {
  ok = 0,
  failed = 1,       // the daemon said no, or what was asked for is not so
  usage = 2,        // the command line
  unreachable = 3,  // no daemon answered
  timed_out = 4,
  // Of `attach` alone, as shells have them. What its command ended with is an exit code too.
  not_executable = 126,
  not_found = 127,
};

}  // namespace swim::cli
