// Payloads that are pulled, message by message: what is refused, and who is asked then. How they
// reach everybody is simulated (tests/sim/payload_test.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/crypto/checksum.hpp"
#include "tests/unit/engine/payload_peer.hpp"

namespace swim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class PayloadsTest : public testing::Test {
 protected:
  PayloadsTest() {
    peers_.answer_with([this](const auto& peer, const auto& request) {
      const std::uint64_t sequence = request.spans.view().front().first;
      return std::vector{part(sequence, liars_.contains(peer.name) ? other_ : true_)};
    });
  }

  static wire::PullReply part(std::uint64_t sequence, const std::string& payload) {
    return {.origin_boot = 900,
            .sequence = sequence,
            .total_bytes = static_cast<std::uint32_t>(payload.size()),
            .payload = as_bytes(payload)};
  }
  // By the peer of that number.
  void announce(std::uint64_t sequence, std::size_t teller = 0) {
    announce(sequence, teller, true_);
  }
  void announce(std::uint64_t sequence, std::size_t teller, const std::string& payload) {
    peers_.hear(wire::Announcement{.sender_boot = peers_.peer(teller).boot,
                                   .origin = "origin",
                                   .origin_boot = 900,
                                   .sequence = sequence,
                                   .topic = "t",
                                   .bytes = static_cast<std::uint32_t>(payload.size()),
                                   .checksum = crypto::checksum_of(as_bytes(payload))});
  }
  const Stats& stats() { return peers_.engine().stats(); }

  test::PayloadPeers peers_;
  std::string true_ = std::string(5'000, 'x');
  std::string other_ = std::string(5'000, 'y');
  std::set<std::string> liars_;
};

TEST_F(PayloadsTest, are_delivered_when_they_are_what_was_announced) {
  announce(1);
  peers_.run_for(1ms);
  ASSERT_EQ(peers_.messages().size(), 1U);
  EXPECT_EQ(as_text(*peers_.messages()[0].payload), true_);
  EXPECT_EQ(stats().payloads_pulled, 1U);
  EXPECT_EQ(stats().payloads_wanted, 0U);
}

TEST_F(PayloadsTest, that_are_others_are_refused_and_pulled_elsewhere) {
  liars_ = {"other"};
  announce(1, 1);
  peers_.run_for(1ms);
  EXPECT_THAT(peers_.asked(), ElementsAre("other", "origin"));
  ASSERT_EQ(peers_.messages().size(), 1U);
  EXPECT_EQ(as_text(*peers_.messages()[0].payload), true_);
  EXPECT_EQ(stats().payloads_refused, 1U);
}

TEST_F(PayloadsTest, that_are_longer_than_announced_are_refused) {
  liars_ = {"other"};
  other_ = true_ + "!";
  announce(1, 1);
  peers_.run_for(1ms);
  ASSERT_EQ(peers_.messages().size(), 1U);
  EXPECT_EQ(as_text(*peers_.messages()[0].payload), true_);
  EXPECT_EQ(stats().payloads_refused, 1U);
}

TEST_F(PayloadsTest, that_nobody_gives_as_announced_are_never_delivered) {
  liars_ = {"origin", "other", "third"};
  for (const std::size_t teller : {0, 1, 2, 0, 1, 2}) {
    announce(1, teller);
    peers_.run_for(100ms);
  }
  EXPECT_EQ(peers_.messages().size(), 0U);
  EXPECT_EQ(stats().payloads_refused, 3U) << "nobody who lied is asked again";
  peers_.run_for(40s);
  ASSERT_EQ(peers_.lost().size(), 1U);
  EXPECT_EQ(stats().payloads_wanted, 0U);
}

// Who was first to announce it announced another payload than the origin's.
TEST_F(PayloadsTest, that_were_announced_falsely_come_when_the_truth_is_told) {
  announce(1, 1, other_);
  peers_.run_for(1ms);
  EXPECT_EQ(peers_.messages().size(), 0U);
  announce(1, 0);
  peers_.run_for(1ms);
  ASSERT_EQ(peers_.messages().size(), 1U);
  EXPECT_EQ(as_text(*peers_.messages()[0].payload), true_);
}

TEST_F(PayloadsTest, that_a_member_has_no_more_are_pulled_from_the_next) {
  peers_.answer_with([this](const auto& peer, const auto& request) {
    const std::uint64_t sequence = request.spans.view().front().first;
    return std::vector{peer.name == "origin" ? part(sequence, true_)
                                             : wire::PullReply{.origin_boot = 900,
                                                               .sequence = sequence,
                                                               .code = wire::PullCode::not_here}};
  });
  announce(1, 2);
  peers_.run_for(1ms);
  EXPECT_THAT(peers_.asked(), ElementsAre("third", "origin"));
  EXPECT_EQ(peers_.messages().size(), 1U);
}

TEST_F(PayloadsTest, are_asked_for_again_where_a_member_is_busy) {
  std::size_t times = 0;
  peers_.answer_with([&](const auto&, const auto& request) {
    const std::uint64_t sequence = request.spans.view().front().first;
    return std::vector{++times > 3 ? part(sequence, true_)
                                   : wire::PullReply{.origin_boot = 900,
                                                     .sequence = sequence,
                                                     .code = wire::PullCode::busy}};
  });
  announce(1);
  peers_.run_for(1s);
  EXPECT_EQ(times, 4U);
  EXPECT_EQ(stats().pulls_turned_away, 3U);
  EXPECT_EQ(peers_.messages().size(), 1U);
}

TEST_F(PayloadsTest, are_waited_for_by_what_comes_behind_them) {
  peers_.answer_with([](const auto&, const auto&) { return std::vector<wire::PullReply>(); });
  announce(1);
  peers_.hear(wire::Broadcast{.origin = "origin", .origin_boot = 900, .sequence = 2, .topic = "t"});
  peers_.run_for(1s);
  EXPECT_EQ(peers_.messages().size(), 0U);
  EXPECT_EQ(peers_.asked().size(), 1U);
  // It says nothing and keeps the stream open: another is asked.
  peers_.answer_with([this](const auto&, const auto& request) {
    return std::vector{part(request.spans.view().front().first, true_)};
  });
  announce(1, 1);
  peers_.run_for(4s);
  EXPECT_THAT(peers_.asked(), ElementsAre("origin", "other"));
  EXPECT_EQ(peers_.messages().size(), 2U);
}

TEST_F(PayloadsTest, that_nobody_asked_for_end_the_stream) {
  peers_.answer_with([this](const auto&, const auto&) { return std::vector{part(7, true_)}; });
  announce(1);
  peers_.run_for(1ms);
  EXPECT_EQ(peers_.messages().size(), 0U);
  EXPECT_EQ(stats().pulls_failed, 1U);
}

TEST_F(PayloadsTest, are_noted_up_to_a_bound) {
  peers_.answer_with([](const auto&, const auto&) { return std::vector<wire::PullReply>(); });
  for (std::uint64_t sequence = 1; sequence <= limits::broadcast_announced_max + 10; ++sequence) {
    announce(sequence);
  }
  EXPECT_EQ(stats().payloads_wanted, limits::broadcast_announced_max);
  EXPECT_GE(stats().payloads_held_back, 10U);
}

TEST_F(PayloadsTest, a_broadcast_that_announces_in_the_old_field_is_malformed) {
  peers_.hear(wire::Broadcast{
      .origin = "origin", .origin_boot = 900, .sequence = 1, .topic = "t", .announced_bytes = 100});
  EXPECT_EQ(peers_.messages().size(), 0U);
  EXPECT_EQ(stats().dropped[static_cast<std::size_t>(DropReason::malformed)], 1U);
}

}  // namespace
}  // namespace swim
