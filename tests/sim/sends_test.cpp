// Sends at their bounds, and those that cannot go.
#include "core/base/limits.hpp"
#include "tests/sim/sim_test.hpp"
#include "tests/support/error_of.hpp"

namespace swim::sim {
namespace {

using swim::test::code_of;

class SendsTest : public SimTest {};

TEST_F(SendsTest, sends_to_nobody_to_the_dead_and_too_large_ones_are_refused_at_once) {
  const auto nodes = cluster(3);
  const NodeId stranger = world.add_node("stranger");
  EXPECT_EQ(code_of(world.send(nodes[0], stranger, "t", "x")), Errc::unknown_member);
  EXPECT_EQ(code_of(world.send_datagram(nodes[0], nodes[1], "t", std::string(70'000, 'x'))),
            Errc::too_large);
  const std::string too_much(limits::broadcast_payload_bytes_max + 1, 'x');
  EXPECT_EQ(code_of(world.broadcast(nodes[0], "t", too_much)), Errc::too_large);
  world.crash(nodes[2]);
  ASSERT_TRUE(all_list(nodes[2], MemberStatus::failed, 10s));
  EXPECT_EQ(code_of(world.send(nodes[0], nodes[2], "t", "x")), Errc::not_alive);
  EXPECT_EQ(code_of(world.send_datagram(nodes[0], nodes[2], "t", "x")), Errc::not_alive);
}

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
