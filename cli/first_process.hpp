// Process 1 of a container: the kernel drops the signals that it does not handle, so that a pod's
// end would wait out its whole grace period for a command that nothing but a signal ends.
#pragma once

namespace swim::cli {

// Before any other thread: as process 1, SIGHUP, SIGINT, SIGQUIT and SIGTERM end the program at
// once, with the exit code that a shell shows for them (128 + number). Any other process is left as
// it is, and so is a signal that is ignored.
void end_at_signals_if_first();

// Whether `handler` is what the kernel does by itself, or ours in its place.
bool is_default(void (*handler)(int));

// For the end of a handler: as if `number` had not been handled.
void end_by_signal(int number);

}  // namespace swim::cli
