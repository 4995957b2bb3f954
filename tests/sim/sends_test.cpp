// Acknowledged sends at their bounds.
#include "core/base/limits.hpp"
#include "tests/sim/sim_test.hpp"
#include "tests/support/error_of.hpp"

namespace swim::sim {
namespace {

using swim::test::code_of;

class SendsTest : public SimTest {};

TEST_F(SendsTest, payloads_under_way_are_bounded_in_bytes_and_room_comes_back) {
  const auto nodes = cluster(3);
  const std::string payload(limits::send_payload_bytes_max, 'x');
  constexpr std::size_t most = limits::stream_payload_bytes_max / limits::send_payload_bytes_max;
  std::vector<OperationId> under_way;
  for (std::size_t i = 0; i < most; ++i) {
    const auto operation = world.send(nodes[0], nodes[1], "t", payload);
    ASSERT_TRUE(operation) << i;
    under_way.push_back(*operation);
  }
  EXPECT_EQ(code_of(world.send(nodes[0], nodes[1], "t", payload)), Errc::queue_full);
  ASSERT_TRUE(wait_for([&] {
    return std::ranges::all_of(under_way, [&](OperationId operation) {
      return world.completed(nodes[0], operation) != nullptr;
    });
  }));
  const auto again = world.send(nodes[0], nodes[1], "t", payload);
  ASSERT_TRUE(again);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *again) != nullptr; }));
  EXPECT_FALSE(world.completed(nodes[0], *again)->error);
}

TEST_F(SendsTest, to_one_that_just_died_there_is_no_way) {
  const auto nodes = cluster(3);
  world.crash(nodes[1]);
  const auto operation = world.send(nodes[0], nodes[1], "t", "x");
  ASSERT_TRUE(operation);
  ASSERT_TRUE(wait_for([&] { return world.completed(nodes[0], *operation) != nullptr; }));
  ASSERT_TRUE(world.completed(nodes[0], *operation)->error);
  EXPECT_EQ(world.completed(nodes[0], *operation)->error->code, Errc::unreachable);
}

}  // namespace
}  // namespace swim::sim
