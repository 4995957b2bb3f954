#include "cli/text/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace swim::cli {
namespace {

TEST(CliNearest, FindsTheWordBehindASlip) {
  const std::vector<std::string> known{"members", "watch", "leave", "drain", "reload"};
  EXPECT_EQ(meant("memebrs", known), "members");
  EXPECT_EQ(meant("wach", known), "watch");
  EXPECT_EQ(meant("leav", known), "leave");
  EXPECT_EQ(meant("frobnicate", known), "");
}

}  // namespace
}  // namespace swim::cli
