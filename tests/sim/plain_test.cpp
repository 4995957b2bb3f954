// A world without encryption is the same world, only cheaper: what encryption refuses is refused
// there too, and neither understands the other.
#include <gtest/gtest.h>

#include <vector>

#include "core/crypto/plain_key.hpp"
#include "tests/sim/sim_test.hpp"

namespace swim::sim {
namespace {

struct Course {
  NetworkCounts network;
  StreamCounts streams;
  std::size_t failed{};
};

// A cluster of six that loses one, over a bad network.
Course course_of(bool plain) {
  World world({.seed = 3, .network = {.loss_ppm = percent(2)}, .plain = plain});
  const auto nodes = world.add_nodes(6);
  world.start_all();
  world.run_for(5s);
  world.crash(nodes[4]);
  world.run_for(20s);
  EXPECT_FALSE(world.broken()) << world.report();
  return {world.network_counts(), world.stream_counts(),
          world.count(nodes[0], MemberStatus::failed)};
}

TEST(PlainTest, the_same_seed_takes_the_same_course_with_and_without_encryption) {
  const Course plain = course_of(true);
  const Course sealed = course_of(false);
  EXPECT_EQ(plain.network.sent, sealed.network.sent);
  EXPECT_EQ(plain.network.bytes, sealed.network.bytes);
  EXPECT_EQ(plain.streams.established, sealed.streams.established);
  EXPECT_EQ(plain.streams.bytes, sealed.streams.bytes);
  EXPECT_EQ(plain.failed, 1U);
  EXPECT_EQ(sealed.failed, 1U);
  EXPECT_GT(plain.network.lost, 0U);
}

// Damage is a few flipped bits: none of them may take another back. Of third ones those that could.
TEST(PlainTest, a_checksum_sees_all_pairs_of_bits_that_flip) {
  for (const std::size_t size : {16U, 39U, 40U}) {
    ByteVector text(size, 0x5A);
    const auto flip = [&](std::size_t bit) {
      text[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    };
    const std::size_t bits = 8 * size;
    const std::uint64_t whole = crypto::checksum(1, text);
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < bits; ++i) {
      flip(i);
      unseen += crypto::checksum(1, text) == whole ? 1U : 0U;
      for (std::size_t j = 0; j < i; ++j) {
        flip(j);
        unseen += crypto::checksum(1, text) == whole ? 1U : 0U;
        for (const std::size_t k :
             {(i + 32) % bits, (i + 96) % bits, (j + 96) % bits, (j + 128) % bits}) {
          flip(k);
          unseen += k != i && k != j && crypto::checksum(1, text) == whole ? 1U : 0U;
          flip(k);
        }
        flip(j);
      }
      flip(i);
    }
    EXPECT_EQ(unseen, 0U) << size;
  }
}

// The last words of its two lanes, in which the same bit flips: 16 bytes apart here.
TEST(PlainTest, a_checksum_sees_what_is_damaged_alike_in_both_lanes) {
  Prng prng(1);
  std::size_t unseen = 0;
  for (int texts = 0; texts < 20'000; ++texts) {
    ByteVector text(39);
    for (std::uint8_t& byte : text) {
      byte = static_cast<std::uint8_t>(prng.next());
    }
    const std::uint64_t whole = crypto::checksum(1, text);
    for (std::size_t bit = 0; bit < 56; ++bit) {
      const auto flip = static_cast<std::uint8_t>(1U << (bit % 8));
      for (const std::size_t at : {16U, 32U}) {
        text[at + bit / 8] ^= flip;
      }
      unseen += crypto::checksum(1, text) == whole ? 1U : 0U;
      for (const std::size_t at : {16U, 32U}) {
        text[at + bit / 8] ^= flip;
      }
    }
  }
  EXPECT_EQ(unseen, 0U);
}

// A text that brings both lanes to one value, whatever they begin with.
TEST(PlainTest, a_checksum_is_not_the_same_for_what_changes_alike_in_lanes_that_are_alike) {
  ByteVector text(15, 0xFF);
  text[0] = 0xF0;
  std::fill(text.begin() + 8, text.end(), std::uint8_t{0});
  const std::uint64_t whole = crypto::checksum(1, text);
  for (std::size_t bit = 0; bit < 56; ++bit) {
    ByteVector damaged = text;
    for (const std::size_t at : {bit / 8, bit / 8 + 8}) {
      damaged[at] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
    EXPECT_NE(crypto::checksum(1, damaged), whole) << bit;
  }
}

class PlainWorldTest : public SimTest {
 protected:
  PlainWorldTest() : SimTest({.plain = true}) {}

  std::uint64_t dropped(NodeId node, DropReason reason) const {
    return world.at(node).engine().stats().dropped[static_cast<std::size_t>(reason)];
  }
};

TEST_F(PlainWorldTest, what_is_damaged_on_the_way_is_refused) {
  const auto nodes = cluster(2);
  world.network().corrupt_ppm = ppm_max;
  world.run_for(2s);
  const std::uint64_t refused = dropped(nodes[0], DropReason::auth) +
                                dropped(nodes[0], DropReason::unknown_key) +
                                dropped(nodes[0], DropReason::malformed);
  EXPECT_GT(dropped(nodes[0], DropReason::auth), 0U);
  EXPECT_EQ(world.at(nodes[0]).engine().stats().datagrams_received,
            refused + world.at(nodes[0]).engine().stats().opened_primary);
  world.network().corrupt_ppm = 0;
  EXPECT_TRUE(wait_for([&] { return world.converged(); }));
}

TEST_F(PlainWorldTest, other_labels_and_other_keys_are_other_clusters) {
  cluster(2);
  const auto key = crypto::Key::from_bytes(ByteVector(crypto::key_size, 7));
  const NodeId labelled = world.add_node("labelled", {.label = "another"});
  const NodeId keyed = world.add_node("keyed", {.key = *key});
  world.start_all();
  world.run_for(10s);
  EXPECT_EQ(world.count(labelled, MemberStatus::alive), 1U);
  EXPECT_EQ(world.count(keyed, MemberStatus::alive), 1U);
  EXPECT_TRUE(world.all_see(2) == false && world.count(NodeId{0}, MemberStatus::alive) == 2);
}

TEST_F(PlainWorldTest, a_datagram_for_another_receiver_is_refused) {
  const auto nodes = cluster(3);
  std::vector<ByteVector> recorded;  // what went to node 1
  world.tap([&](NodeId, const Endpoint& to, Bytes bytes) {
    if (to == world.at(nodes[1]).options().address) {
      recorded.push_back(to_vector(bytes));
    }
  });
  world.run_for(1s);
  ASSERT_GT(recorded.size(), 0U);
  const std::uint64_t before = dropped(nodes[2], DropReason::auth);
  for (const ByteVector& datagram : recorded) {
    world.inject(world.at(nodes[0]).options().address, nodes[2], datagram);
  }
  EXPECT_EQ(dropped(nodes[2], DropReason::auth) - before, recorded.size());
}

// Two nodes of one world, one of them with the plain counterpart of the other's key.
TEST(PlainTest, neither_understands_the_other) {
  const auto key = crypto::Key::from_bytes(ByteVector(crypto::key_size, 7));
  World world({});
  const NodeId sealed = world.add_node("sealed", {.key = *key});
  const NodeId plain = world.add_node("plain", {.key = crypto::PlainKey::of(*key)});
  world.start_all();
  world.run_for(10s);
  EXPECT_EQ(world.count(sealed, MemberStatus::alive), 1U);
  EXPECT_EQ(world.count(plain, MemberStatus::alive), 1U);
  EXPECT_GT(world.stream_counts().established, 0U);

  std::vector<ByteVector> said;
  World clear({.plain = true});
  clear.tap([&](NodeId, const Endpoint&, Bytes bytes) { said.push_back(to_vector(bytes)); });
  clear.add_nodes(2);
  clear.start_all();
  clear.run_for(1s);
  ASSERT_GT(said.size(), 0U);
  World secret({});
  const NodeId node = secret.add_node("n1");
  secret.start_all();
  for (const ByteVector& datagram : said) {
    secret.inject(Endpoint::v4(10, 0, 0, 9, 7946), node, datagram);
  }
  EXPECT_EQ(secret.at(node).engine().stats().opened_primary, 0U);
}

}  // namespace
}  // namespace swim::sim
