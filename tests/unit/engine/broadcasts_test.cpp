// What an engine follows of others' broadcasts, message by message. How they reach everybody is
// simulated (tests/sim/broadcast_test.cpp).
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "core/engine/broadcast_order.hpp"
#include "tests/support/sealed_peer.hpp"

namespace swim {
namespace {

class BroadcastsTest : public testing::Test {
 protected:
  // A run of the peer's name tells of itself, and how many broadcasts it has sent.
  void tell_of(std::uint64_t boot, std::uint64_t life, std::uint64_t sequence) {
    wire::Alive alive = test::SealedPeer::alive();
    alive.descriptor.incarnation = {test::SealedPeer::life + life, boot, 0};
    alive.descriptor.sequence = sequence;
    alive.claim.incarnation = alive.descriptor.incarnation;
    peer_.hear(alive);
  }
  void broadcast(std::uint64_t boot, std::uint64_t sequence) {
    peer_.hear(wire::Broadcast{
        .origin = test::SealedPeer::name, .origin_boot = boot, .sequence = sequence, .topic = "t"});
  }
  std::optional<MessageReceived> received() {
    ByteVector scratch(limits::datagram_bytes_default);
    while (peer_.engine().poll_transmit(scratch)) {
    }
    while (auto event = peer_.engine().poll_event()) {
      if (auto* message = std::get_if<MessageReceived>(&*event)) {
        return std::move(*message);
      }
    }
    return std::nullopt;
  }
  const Stats& stats() const { return peer_.engine().stats(); }
  std::uint64_t delivered() const { return stats().messages_delivered; }

  static constexpr std::uint64_t first = test::SealedPeer::boot;
  static constexpr std::uint64_t rival = first + 50;
  test::SealedPeer peer_;
};

TEST_F(BroadcastsTest, one_that_comes_before_its_senders_record_waits_for_it) {
  broadcast(rival, 1);
  EXPECT_EQ(delivered(), 0U);
  tell_of(rival, 1, 1);
  EXPECT_EQ(delivered(), 1U);
}

TEST_F(BroadcastsTest, of_those_that_wait_for_records_the_oldest_go) {
  for (std::uint64_t sequence = 1; sequence <= limits::broadcast_early_messages + 2; ++sequence) {
    broadcast(rival, sequence);
  }
  EXPECT_EQ(stats().broadcasts_forgotten, 2U);
  tell_of(rival, 1, 0);
  broadcast(rival, 1);
  broadcast(rival, 2);
  EXPECT_EQ(delivered(), limits::broadcast_early_messages + 2);
}

// Nobody has sent so many: whoever says so shall not end us.
TEST_F(BroadcastsTest, a_record_that_claims_more_than_any_run_can_send_harms_nobody) {
  for (const std::uint64_t told :
       {UINT64_MAX, UINT64_MAX - 1, engine::BroadcastOrder::sequence_max + 1}) {
    tell_of(rival, 1, told);
    broadcast(rival, 5);
    broadcast(rival, UINT64_MAX);
    broadcast(rival + 1, 5);  // waits for its record, which is as wrong
    tell_of(rival + 1, 2, told);
    broadcast(rival + 1, 6);
  }
  EXPECT_EQ(peer_.engine().snapshot().members.size(), 2U);
}

// Boots are no secret: another name's record may carry ours.
TEST_F(BroadcastsTest, what_others_say_of_our_run_is_not_where_our_broadcasts_begin) {
  wire::Alive alive = test::SealedPeer::alive();
  alive.descriptor.node.name = "x";
  alive.descriptor.incarnation.boot = peer_.engine_boot();
  alive.claim.incarnation = alive.descriptor.incarnation;
  for (const std::uint64_t told : {std::uint64_t{1}, engine::BroadcastOrder::sequence_max}) {
    alive.descriptor.sequence = told;
    peer_.hear(alive);
    broadcast(peer_.engine_boot(), 1);
  }
  ASSERT_TRUE(peer_.engine().broadcast("t", {}, {}, peer_.now()));
  const auto own = received();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->origin, "self");
  EXPECT_EQ(own->sequence, 1U);
}

TEST_F(BroadcastsTest, the_last_four_runs_of_a_name_are_remembered) {
  for (std::uint64_t run = 1; run <= limits::boots_remembered + 1; ++run) {
    tell_of(first + run, run, 0);
    broadcast(first + run, 1);
  }
  EXPECT_EQ(delivered(), limits::boots_remembered + 1);
  broadcast(first + 2, 2);
  EXPECT_EQ(delivered(), limits::boots_remembered + 2) << "the last words of one of the last four";
  broadcast(first + 1, 2);
  EXPECT_EQ(delivered(), limits::boots_remembered + 2);
}

TEST_F(BroadcastsTest, nobody_but_a_member_is_answered) {
  broadcast(first, 1);
  ASSERT_EQ(delivered(), 1U);
  wire::Fetch fetch{.sender = test::SealedPeer::name, .sender_boot = first, .origin_boot = first};
  fetch.spans.items[fetch.spans.count++] = {1, 1};
  wire::Fetch strange = fetch;
  strange.sender_boot = rival;
  peer_.hear(strange);
  strange = fetch;
  strange.sender = "nobody";
  peer_.hear(strange);
  EXPECT_EQ(stats().broadcasts_served, 0U);
  peer_.hear(fetch);
  EXPECT_EQ(stats().broadcasts_served, 1U);
}

// This process stood still for longer than others keep it: it may not have asked yet.
TEST_F(BroadcastsTest, what_is_missing_is_asked_for_before_it_is_given_up) {
  broadcast(first, 3);
  peer_.stand_still(std::chrono::minutes(1));
  EXPECT_EQ(stats().broadcasts_lost, 0U);
  peer_.run_for(std::chrono::minutes(1));
  EXPECT_EQ(stats().broadcasts_lost, 2U);
  EXPECT_EQ(delivered(), 1U);
}

TEST_F(BroadcastsTest, begin_with_what_comes_after_the_record) {
  tell_of(rival, 1, 7);
  broadcast(rival, 7);
  EXPECT_EQ(delivered(), 0U);
  broadcast(rival, 8);
  EXPECT_EQ(delivered(), 1U);
}

// Found by random worlds: what was sent between two sights of one run was not asked for.
TEST_F(BroadcastsTest, of_a_run_that_comes_back_go_on_where_it_was_left) {
  tell_of(rival, 1, 0);
  tell_of(first, 2, 3);
  broadcast(first, 4);
  EXPECT_EQ(delivered(), 0U) << "three are missing";
  for (const std::uint64_t missing : {1, 2, 3}) {
    broadcast(first, missing);
  }
  EXPECT_EQ(delivered(), 4U);
}

}  // namespace
}  // namespace swim
