// A run of worlds that did not try something says so.
#include "tests/sim/swarm_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swim::sim {
namespace {

using testing::Contains;
using testing::Not;

TEST(SwarmReportTest, what_no_world_tried_is_named_until_one_of_them_does) {
  SwarmResult first;
  first.faults.fill(1);
  first.faults[static_cast<std::size_t>(FaultKind::drift)] = 0;
  first.network.in_tail = 1;
  nlohmann::json sum;
  add(sum, to_json(first));
  EXPECT_THAT(not_covered(sum), Contains("drift"));
  EXPECT_THAT(not_covered(sum), Contains("trip between far zones"));
  EXPECT_THAT(not_covered(sum), Contains("remembered peers asked"));
  EXPECT_THAT(not_covered(sum), Not(Contains("crash")));
  EXPECT_THAT(not_covered(sum), Not(Contains("trip in the long tail")));
  SwarmResult second;
  second.faults[static_cast<std::size_t>(FaultKind::drift)] = 1;
  second.network.far = 1;
  second.coverage.peers_asked = 1;
  add(sum, to_json(second));
  EXPECT_THAT(not_covered(sum), Not(Contains("drift")));
  EXPECT_THAT(not_covered(sum), Not(Contains("trip between far zones")));
  EXPECT_THAT(not_covered(sum), Not(Contains("remembered peers asked")));
}

TEST(SwarmReportTest, a_run_without_any_fault_lacks_every_kind) {
  nlohmann::json sum;
  add(sum, to_json({}));
  const auto missing = not_covered(sum);
  for (std::size_t kind = 0; kind < fault_kinds; ++kind) {
    EXPECT_THAT(missing, Contains(to_string(static_cast<FaultKind>(kind))));
  }
  EXPECT_GT(missing.size(), fault_kinds + 50);
}

}  // namespace
}  // namespace swim::sim
