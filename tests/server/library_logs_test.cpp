#include "server/library_logs.hpp"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include "tests/server/harness.hpp"

namespace swim::server {
namespace {

TEST(LibraryLogs, are_lines_of_the_daemons_log_while_there_is_one) {
  testing::Lines lines;
  Logger logger{LogLevel::info, LogFormat::logfmt, &testing::Lines::add, &lines};
  {
    const LibraryLogs libraries(logger);
    gpr_log(GPR_ERROR, "broken %d", 7);
    GOOGLE_LOG(WARNING) << "odd";
    EXPECT_EQ(
        lines.count("level=error msg=\"gRPC says\" text=\"broken 7\" at=library_logs_test.cpp:"),
        1U);
    EXPECT_EQ(lines.count("level=warn msg=\"protobuf says\" text=odd at=library_logs_test.cpp:"),
              1U);
  }
  gpr_log(GPR_ERROR, "after the end");
  EXPECT_EQ(lines.count(""), 2U);
}

}  // namespace
}  // namespace swim::server
