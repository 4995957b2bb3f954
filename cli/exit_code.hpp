// How swimctl ends; scripts and probes rely on these numbers.
#pragma once

namespace swim::cli {

enum class ExitCode : int {
  ok = 0,
  failed = 1,       // the daemon said no, or what was asked for is not so
  usage = 2,        // the command line
  unreachable = 3,  // no daemon answered
  timed_out = 4,
};

}  // namespace swim::cli
