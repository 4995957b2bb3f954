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

// As after a restart within one second: it would speak and not be heard.
TEST_F(AnswersTest, a_run_that_comes_behind_the_one_that_is_held_is_told_so) {
  wire::Alive behind = test::SealedPeer::alive();
  behind.descriptor.incarnation.boot = behind.claim.incarnation.boot = test::SealedPeer::boot - 1;
  const std::uint64_t before = peer_.answers();
  peer_.hear(test::SealedPeer::alive());
  EXPECT_EQ(peer_.answers(), before) << "the one that is held";
  peer_.hear(behind);
  EXPECT_EQ(peer_.answers(), before + 1);
}

}  // namespace
}  // namespace swim
