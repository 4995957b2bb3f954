// How much of the real thing a quick look does. `run.py --quick` sets the variable.
#pragma once

#include <cstdlib>

namespace swim::bench {

inline bool quick() {
  return std::getenv("SWIM_BENCH_QUICK") != nullptr;
}

template <class T>
T scaled(T full, T little) {
  return quick() ? little : full;
}

}  // namespace swim::bench
