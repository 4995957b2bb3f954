#include "cli/child.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace swim::cli {
namespace {

int exit_code(const std::string& script) {
  Child child;
  EXPECT_TRUE(child.start({"sh", "-c", script}));
  EXPECT_TRUE(child.runs());
  while (true) {
    if (const auto status = child.ended()) {
      EXPECT_FALSE(child.runs());
      EXPECT_FALSE(child.ended()) << "told once";
      return static_cast<int>(exit_code_of(*status));
    }
    std::this_thread::yield();
  }
}

TEST(CliChild, ItsExitCodeIsTheCommandsAsShellsTellIt) {
  EXPECT_EQ(exit_code("exit 0"), 0);
  EXPECT_EQ(exit_code("exit 42"), 42);
  EXPECT_EQ(exit_code("kill -KILL $$"), 137);
}

TEST(CliChild, SaysWhyItCannotBeStarted) {
  Child child;
  const auto missing = child.start({"/nowhere/at-all"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(static_cast<int>(missing.error().code), 127);
  const auto no_program = child.start({"/etc/passwd"});
  ASSERT_FALSE(no_program);
  EXPECT_EQ(static_cast<int>(no_program.error().code), 126);
  EXPECT_FALSE(child.runs());
}

TEST(CliChild, KnowsWhetherTheTerminalReachesIt) {
  Child near;
  ASSERT_TRUE(near.start({"sleep", "60"}));
  EXPECT_TRUE(near.is_of_our_group());
  Child far;
  ASSERT_TRUE(far.start({"setsid", "sleep", "60"}));
  while (far.is_of_our_group()) {  // until setsid has run
    std::this_thread::yield();
  }
  for (Child* child : {&near, &far}) {
    child->pass_on(SIGKILL);
    while (!child->ended()) {
      std::this_thread::yield();
    }
    EXPECT_FALSE(child->is_of_our_group());
  }
}

TEST(CliChild, NothingIsStartedWithoutACommand) {
  Child child;
  EXPECT_TRUE(child.start({}));
  EXPECT_FALSE(child.runs());
  EXPECT_FALSE(child.ended());
}

siginfo_t sent(int signal, int how) {
  siginfo_t about{};
  about.si_signo = signal;
  about.si_code = how;
  return about;
}

TEST(CliChild, KnowsWhatTheTerminalTellsTheCommandItself) {
  EXPECT_TRUE(is_from_terminal(sent(SIGINT, SI_KERNEL), false));
  EXPECT_TRUE(is_from_terminal(sent(SIGINT, SI_KERNEL), true));
  EXPECT_TRUE(is_from_terminal(sent(SIGQUIT, SI_KERNEL), true));
  EXPECT_TRUE(is_from_terminal(sent(SIGHUP, SI_KERNEL), false));
  EXPECT_FALSE(is_from_terminal(sent(SIGHUP, SI_KERNEL), true)) << "told to the leader alone";
  EXPECT_FALSE(is_from_terminal(sent(SIGINT, SI_USER), false));
  EXPECT_FALSE(is_from_terminal(sent(SIGTERM, SI_USER), true));
}

}  // namespace
}  // namespace swim::cli
