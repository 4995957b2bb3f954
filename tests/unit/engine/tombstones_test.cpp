// The table of members is full of those who are gone (DESIGN §4.4): over their cap the oldest go
// first, never one younger than an hour; then new names are refused, and counted.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/sealed_peer.hpp"
#include "tests/unit/engine/engine_pair.hpp"

namespace swim {
namespace {

constexpr std::uint32_t hour = 3'600;

class TombstonesTest : public testing::Test {
 protected:
  static std::string name_of(std::size_t number) { return "t" + std::to_string(number); }
  static Incarnation incarnation_of(std::size_t number) {
    return {test::SealedPeer::life, 10'000 + number, 0};
  }

  void dead(std::size_t number, std::uint32_t age_s) {
    const std::string name = name_of(number);
    peer.hear(
        wire::Dead{.node = name,
                   .accuser = name,  // its own word, which is not put to it first
                   .claim = {.incarnation = incarnation_of(number), .terminal = Terminal::dead},
                   .note = {.age_s = age_s}});
  }
  void alive(std::size_t number) {
    const std::string name = name_of(number);
    wire::Alive alive = test::SealedPeer::alive();
    alive.descriptor.node.name = name;
    alive.descriptor.incarnation = alive.claim.incarnation = incarnation_of(number);
    peer.hear(alive);
  }
  // Beside this node and its peer.
  void fill(std::uint32_t age_s, std::size_t first = 0) {
    for (std::size_t number = first; number < places; ++number) {
      dead(number, age_s);
    }
  }
  const Stats& stats() { return peer.engine().stats(); }

  static constexpr std::size_t places = limits::members_max - 2;
  static constexpr std::size_t late = places + 1;
  test::SealedPeer peer;
};

TEST_F(TombstonesTest, over_their_cap_the_oldest_goes_first) {
  dead(0, 2 * hour);
  dead(1, 40 * hour);
  fill(3 * hour, 2);
  ASSERT_EQ(stats().tombstones, places);
  alive(late);
  EXPECT_EQ(stats().members_alive, 3U);
  EXPECT_EQ(stats().tombstones, places - 1);
  EXPECT_EQ(stats().names_refused, 0U);
  alive(0);
  EXPECT_EQ(stats().members_alive, 3U) << "a younger one still holds";
  alive(1);
  EXPECT_EQ(stats().members_alive, 4U) << "of the oldest nothing is known any more";
}

TEST_F(TombstonesTest, one_younger_than_an_hour_stays_and_new_names_are_refused) {
  fill(hour - 10);
  alive(late);
  EXPECT_EQ(stats().members_alive, 2U);
  EXPECT_EQ(stats().tombstones, places);
  EXPECT_EQ(stats().names_refused, 1U);
  alive(5);
  EXPECT_EQ(stats().members_alive, 2U) << "and the dead stay dead";
}

TEST_F(TombstonesTest, who_is_listed_makes_no_room) {
  alive(0);
  dead(0, 2 * hour);
  fill(hour - 10, 1);
  ASSERT_EQ(stats().members_failed, 1U);
  alive(late);
  EXPECT_EQ(stats().members_failed, 1U);
  EXPECT_EQ(stats().members_alive, 2U);
  EXPECT_EQ(stats().names_refused, 1U);
}

// What was let go for want of room would come back with each sync.
TEST_F(TombstonesTest, none_is_taken_from_others_at_the_cost_of_another) {
  dead(0, 3 * hour);
  fill(2 * hour, 1);
  dead(late, 2 * hour);
  EXPECT_EQ(stats().tombstones, places);
  alive(0);
  EXPECT_EQ(stats().members_alive, 2U) << "the oldest is still there";
}

// Two engines wired to each other, and somebody who tells the first of many that are gone.
class FullSeedTest : public testing::Test {
 protected:
  FullSeedTest() {
    // One of the identifiers that it drew at its start is its inbox.
    for (inbox = 1'001; inbox < 1'010 && pair.a().stats().tombstones == 0; ++inbox) {
      dead(0, 0, inbox);
    }
    --inbox;
  }

  void dead(std::size_t number, std::uint32_t age_s, std::uint64_t receiver) {
    const std::string name = "t" + std::to_string(number);
    ByteVector datagram(limits::datagram_bytes_default);
    wire::PacketWriter writer(
        MutableBytes(datagram).subspan(crypto::DatagramSealer::plaintext_offset,
                                       datagram.size() - crypto::datagram_overhead),
        "");
    ASSERT_TRUE(writer.add(wire::Dead{
        .node = name,
        .accuser = name,
        .claim = {.incarnation = {1'750'000'000, 10'000 + number, 0}, .terminal = Terminal::dead},
        .note = {.age_s = age_s}}));
    const auto sealed = sealer.seal(datagram, writer.finish().size(), receiver);
    ASSERT_TRUE(sealed);
    pair.a().on_datagram(Endpoint::v4(10, 0, 0, 3, 7946),
                         MutableBytes(datagram).first(sealed->size()), pair.now());
    pair.settle();
  }
  // All places but that of the first engine.
  void fill(std::uint32_t age_s) {
    for (std::size_t number = 1; number < limits::members_max - 1; ++number) {
      dead(number, age_s, inbox);
    }
    ASSERT_EQ(pair.a().stats().tombstones, limits::members_max - 1);
  }

  std::uint64_t session{5'000};
  crypto::DatagramSealer sealer{
      crypto::Keyring(*crypto::Key::from_bytes(ByteVector(crypto::key_size, 1))), "test",
      [this] { return ++session; }};
  test::EnginePair pair;
  std::uint64_t inbox{};
};

TEST_F(FullSeedTest, who_joins_takes_the_place_of_the_oldest) {
  fill(2 * hour);
  pair.join();
  EXPECT_EQ(pair.a().stats().members_alive, 2U);
  EXPECT_EQ(pair.b().stats().members_alive, 2U);
  EXPECT_EQ(pair.a().stats().names_refused, 0U);
}

TEST_F(FullSeedTest, who_joins_is_refused_where_none_is_old_enough) {
  fill(hour / 2);
  pair.join();
  EXPECT_EQ(pair.a().stats().members_alive, 1U);
  EXPECT_EQ(pair.a().stats().names_refused, 1U);
}

TEST_F(TombstonesTest, one_whose_time_is_over_is_not_taken) {
  dead(0, 48 * hour - 1);
  EXPECT_EQ(stats().tombstones, 1U);
  dead(1, 48 * hour);
  EXPECT_EQ(stats().tombstones, 1U);
}

}  // namespace
}  // namespace swim
