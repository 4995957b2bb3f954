// While it lives this process can open nothing more: each try ends with EMFILE. Not beside
// UndefinedBehaviorSanitizer, which looks at an object through a pipe and takes one that it can't
// look at for damaged: what needs this is built where SWIM_NO_MORE_FILES says so.
#pragma once

#ifndef __SANITIZE_ADDRESS__
#define SWIM_NO_MORE_FILES
#endif

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace swim::runtime::testing {

class NoMoreFiles {
 public:
  NoMoreFiles() {
    // The lowest that is free; what is open already is below it, or not needed anew.
    const int next = ::dup(STDERR_FILENO);
    EXPECT_GE(next, 0);
    ::close(next);
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_{};
};

}  // namespace swim::runtime::testing
