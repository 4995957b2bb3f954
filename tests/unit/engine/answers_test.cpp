// Who is answered, and for whom (DESIGN §4.2): a stranger on a reused address answers for nobody.
#include <gtest/gtest.h>

#include "tests/support/sealed_peer.hpp"

namespace swim {
namespace {

class AnswersTest : public testing::Test {
 protected:
  std::uint64_t answers_to(const wire::Ping& ping) {
    const std::uint64_t before = peer_.answers();
    peer_.hear(ping);
    return peer_.answers() - before;
  }
  test::SealedPeer peer_;
};

TEST_F(AnswersTest, a_ping_is_answered_by_the_run_that_it_names) {
  wire::Ping ping = peer_.ping();
  EXPECT_EQ(answers_to(ping), 1U);
  ping.target_boot = 0;
  EXPECT_EQ(answers_to(ping), 1U) << "whichever run it is";
  ++ping.target_boot;
  EXPECT_EQ(answers_to(ping), 0U) << "the run that had this address before";
}

TEST_F(AnswersTest, a_ping_for_another_name_is_not_answered) {
  wire::Ping ping = peer_.ping();
  ping.target = "other";
  EXPECT_EQ(answers_to(ping), 0U);
}

}  // namespace
}  // namespace swim
