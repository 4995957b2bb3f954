// Datagrams of whoever has no key, and how much work each may cost.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/engine_among.hpp"

namespace swim {
namespace {

using std::chrono::seconds;

// A key is derived for each session that is not known yet, which is what costs.
class StrangerDatagramsTest : public testing::TestWithParam<std::uint8_t> {
 protected:
  std::uint64_t dropped(DropReason reason) const {
    return among_.stats().dropped[static_cast<std::size_t>(reason)];
  }

  test::EngineAmong among_{1, Config{}};
};

TEST_P(StrangerDatagramsTest, of_a_flood_few_cost_the_derivation_of_a_key) {
  constexpr std::uint64_t flood = 1'000;
  among_.run_for(seconds(1));
  // What goes in the clear: type and key; then the session, of eight bytes.
  ByteVector forged = among_.last_datagram(0);
  ASSERT_GT(forged.size(), 30U);
  std::fill_n(forged.begin() + 2, 8, GetParam());
  const std::uint64_t before = dropped(DropReason::auth);
  const Endpoint stranger = Endpoint::v4(10, 0, 9, 9, 20'000);
  for (std::uint64_t i = 0; i < flood; ++i) {
    ByteVector datagram = forged;
    among_.tell([&](Engine& engine, Moment now) {
      engine.on_datagram(stranger, datagram, now);
      return true;
    });
  }
  EXPECT_EQ(dropped(DropReason::auth) - before, 256U) << "a burst";
  EXPECT_EQ(dropped(DropReason::overload), flood - 256);
}

// Nobody draws session 0, and memory that was never written holds it.
INSTANTIATE_TEST_SUITE_P(Sessions, StrangerDatagramsTest, testing::Values(0, 1, 0xFF));

}  // namespace
}  // namespace swim
