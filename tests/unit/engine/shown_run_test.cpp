// What is shown of a run that we hear of only when it is over.
#include <gtest/gtest.h>

#include "core/wire/labels.hpp"
#include "tests/support/sealed_peer.hpp"

namespace swim::engine {
namespace {

using test::SealedPeer;

constexpr std::uint64_t next_boot = 700;

// Its member changed its labels, which made its count 1; the verdict is from before that.
TEST(ShownRun, comes_with_the_count_that_its_description_was_made_with) {
  SealedPeer peer;
  const ByteVector labels = *wire::encode_labels({{"step", "2"}});
  wire::Alive over;
  over.descriptor.node = {SealedPeer::name, Endpoint::v4(10, 0, 0, 2, 7946), labels};
  over.descriptor.incarnation = {SealedPeer::life + 5, next_boot, 1};
  over.descriptor.inbox = 5;
  over.claim.incarnation = {SealedPeer::life + 5, next_boot, 0};
  over.claim.terminal = Terminal::dead;
  peer.hear(over);

  const auto known = peer.engine().explain(SealedPeer::name, peer.now());
  ASSERT_TRUE(known);
  ASSERT_GE(known->transitions.size(), 2U);
  const MemberEvent& replaced = known->transitions.at(known->transitions.size() - 2);
  const MemberEvent& failed = known->transitions.back();
  EXPECT_EQ(replaced.type, EventType::replaced);
  EXPECT_EQ(replaced.member->incarnation, over.descriptor.incarnation);
  EXPECT_EQ(replaced.member->metadata, labels);
  EXPECT_EQ(failed.type, EventType::failed);
  EXPECT_EQ(failed.member->incarnation, over.claim.incarnation);
}

}  // namespace
}  // namespace swim::engine
