// What a probe costs when nothing else happens: no heap allocation at all (DESIGN §6; the seed asks
// for fewer than five).
#include <gtest/gtest.h>

#include "tests/support/alloc_counter.hpp"
#include "tests/unit/engine/engine_pair.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;

TEST(ProbeCycleTest, a_steady_probe_cycle_allocates_nothing) {
  test::EnginePair pair;
  pair.join();
  ASSERT_EQ(pair.a().snapshot().members.size(), 2U);
  ASSERT_EQ(pair.b().snapshot().members.size(), 2U);
  pair.run_for(10s);  // whatever grows once has grown
  pair.keep_events(false);
  const std::uint64_t probes = pair.a().stats().probes_acked_direct;
  const std::uint64_t datagrams = pair.datagrams();
  const test::AllocationCount allocations;
  pair.run_for(10s);
  const std::uint64_t allocated = allocations.count();
  EXPECT_GE(pair.a().stats().probes_acked_direct - probes, 90U);
  EXPECT_GE(pair.datagrams() - datagrams, 360U);
  EXPECT_EQ(allocated, 0U);
}

}  // namespace
}  // namespace swim
