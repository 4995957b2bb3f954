// Checks on what we computed ourselves. Never on what the network, a file or a user said: that is
// an Expected (error.hpp).
//
// SWIM_ASSERT stays on in every build: a process whose own state is wrong must stop, its peers
// notice and a restart heals it, while wrong state would be gossiped. <cassert> is silent in
// release builds. SWIM_DEBUG_ASSERT is for checks too dear to keep there (a walk over a container).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace swim {

// Straight to stderr, without allocation or log: nothing of the process is to be trusted any more.
[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace swim

// Variadic, so that a comma in the expression (template arguments, braces) needs no extra
// parentheses.
#define SWIM_ASSERT(...)                \
  ((__VA_ARGS__) ? static_cast<void>(0) \
                 : ::swim::assertion_failed(#__VA_ARGS__, __FILE__, __LINE__))

// In release builds the expression is compiled but not run, so that it can't rot.
#ifdef NDEBUG
#define SWIM_DEBUG_ASSERT(...) static_cast<void>(sizeof(static_cast<bool>(__VA_ARGS__)))
#else
#define SWIM_DEBUG_ASSERT(...) SWIM_ASSERT(__VA_ARGS__)
#endif
