// Sealing and opening between two honest members.
#include "core/crypto/datagram_sealer.hpp"

#include <set>

#include "core/crypto/big_endian.hpp"
#include "tests/support/error_of.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using swim::test::code_of;

TEST(DatagramSealer, what_was_sealed_for_our_inbox_opens) {
  SealerPair pair;
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 100, 1202, 65477}) {
    const std::string text(size, 'x');
    EXPECT_EQ(open(pair.receiver, seal(pair.sender, text, pair.inbox)), text);
  }
}

TEST(DatagramSealer, a_datagram_is_thirty_bytes_longer_and_says_type_key_session_and_counter) {
  SealerPair pair;
  seal(pair.sender, "first", pair.inbox);
  const ByteVector datagram = seal(pair.sender, "hello", pair.inbox);
  EXPECT_EQ(datagram.size(), 5U + 30U);
  EXPECT_EQ(datagram[0], datagram_type);
  EXPECT_EQ(datagram[1], key_of(1).id());
  EXPECT_EQ(load_be<std::uint64_t>(Bytes(datagram).subspan(2)), pair.sender.session());
  EXPECT_EQ(load_be<std::uint32_t>(Bytes(datagram).subspan(10)), 1U);
  EXPECT_EQ(text_of(datagram).find("hello"), std::string::npos);
}

TEST(DatagramSealer, its_type_can_not_be_taken_for_a_memberlist_packet) {
  EXPECT_GE(datagram_type, 0x20);
  EXPECT_NE(datagram_type, 0xF4);
}

TEST(DatagramSealer, the_plaintext_stands_inside_the_datagram) {
  SealerPair pair;
  ByteVector datagram = seal(pair.sender, "hello", pair.inbox);
  const auto opened = pair.receiver.open(datagram, start_time);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->plaintext.data(), datagram.data() + DatagramSealer::plaintext_offset);
  EXPECT_EQ(opened->session, pair.sender.session());
  EXPECT_EQ(opened->key_index, 0U);
}

TEST(DatagramSealer, a_buffer_longer_than_needed_is_used_from_its_start) {
  SealerPair pair;
  ByteVector buffer(1500);
  const auto sealed = pair.sender.seal(buffer, 10, pair.inbox);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->data(), buffer.data());
  EXPECT_EQ(sealed->size(), 40U);
  EXPECT_EQ(open(pair.receiver, to_vector(*sealed)), std::string(10, '\0'));
}

TEST(DatagramSealer, a_buffer_too_small_is_refused_and_costs_no_counter) {
  SealerPair pair;
  for (const std::size_t room : std::initializer_list<std::size_t>{0, 1, 29, 30, 39}) {
    ByteVector buffer(room);
    EXPECT_EQ(code_of(pair.sender.seal(buffer, 10, pair.inbox)), Errc::buffer_too_small);
  }
  ByteVector buffer(40);
  const auto absurd = pair.sender.seal(buffer, static_cast<std::size_t>(-1), pair.inbox);
  EXPECT_EQ(absurd.error().code, Errc::buffer_too_small);
  EXPECT_EQ(load_be<std::uint32_t>(Bytes(seal(pair.sender, "", pair.inbox)).subspan(10)), 0U);
}

TEST(DatagramSealer, nothing_is_sealed_for_inbox_zero) {
  SealerPair pair;
  ByteVector buffer(100);
  EXPECT_EQ(code_of(pair.sender.seal(buffer, 10, 0)), Errc::invalid_argument);
}

TEST(DatagramSealer, all_nonces_of_all_its_sessions_are_unique) {
  SealerPair pair({.sessions = 100, .session_counters = 64});
  std::set<ByteVector> nonces;
  for (int i = 0; i < 1000; ++i) {
    const ByteVector datagram = seal(pair.sender, "x", pair.inbox);
    nonces.emplace(datagram.begin() + 2, datagram.begin() + 14);
  }
  EXPECT_EQ(nonces.size(), 1000U);
}

TEST(DatagramSealer, a_session_ends_by_itself_when_its_counters_are_used_up) {
  SealerPair pair({.sessions = 100, .session_counters = 3});
  const std::uint64_t first = pair.sender.session();
  for (const char* text : {"0", "1", "2"}) {
    EXPECT_EQ(open(pair.receiver, seal(pair.sender, text, pair.inbox)), text);
    EXPECT_EQ(pair.sender.session(), first);
  }
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "3", pair.inbox)), "3");
  EXPECT_NE(pair.sender.session(), first);
  EXPECT_EQ(pair.receiver.sessions(), 2U);
}

TEST(DatagramSealer, the_default_bounds_are_those_of_the_design) {
  EXPECT_EQ(SealerBounds{}.session_counters, std::uint32_t{1} << 31U);
  EXPECT_EQ(SealerBounds{}.sessions, limits::sessions_max);
}

TEST(DatagramSealer, late_and_disordered_datagrams_open_within_the_window) {
  SealerPair pair;
  std::vector<ByteVector> sent;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    sent.push_back(seal(pair.sender, std::to_string(i), pair.inbox));
  }
  EXPECT_EQ(open(pair.receiver, sent[4999]), "4999");
  EXPECT_EQ(open(pair.receiver, sent[904]), "904");
  EXPECT_EQ(open(pair.receiver, sent[2000]), "2000");
  EXPECT_EQ(open(pair.receiver, sent[903]), "error: replayed") << "4,096 behind";
}

TEST(DatagramSealer, two_members_with_one_key_keep_apart_sessions) {
  DatagramSealer one(Keyring(key_of(1)), "prod", counted_from(1));
  DatagramSealer other(Keyring(key_of(1)), "prod", counted_from(100));
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(one, "one", pair.inbox)), "one");
  EXPECT_EQ(open(pair.receiver, seal(other, "other", pair.inbox)), "other");
  EXPECT_EQ(pair.receiver.sessions(), 2U);
  EXPECT_EQ(pair.receiver.counts().derivations, 2U);
}

TEST(DatagramSealer, a_known_session_is_derived_once) {
  SealerPair pair;
  for (int i = 0; i < 100; ++i) {
    open(pair.receiver, seal(pair.sender, "x", pair.inbox));
  }
  EXPECT_EQ(pair.receiver.counts().derivations, 1U);
  EXPECT_EQ(pair.receiver.sessions(), 1U);
}

TEST(DatagramSealer, moves_with_all_that_it_knows) {
  SealerPair pair;
  const ByteVector datagram = seal(pair.sender, "x", pair.inbox);
  EXPECT_EQ(open(pair.receiver, datagram), "x");
  DatagramSealer moved(std::move(pair.receiver));
  EXPECT_EQ(open(moved, datagram), "error: replayed");
  EXPECT_EQ(moved.label(), "prod");
  EXPECT_EQ(moved.inbox(), pair.inbox);
}

// ---- keys
// ----------------------------------------------------------------------------------------

TEST(DatagramSealer, a_rotation_loses_no_datagram) {
  SealerPair pair;
  const auto exchange = [&pair](const char* text) {
    EXPECT_EQ(open(pair.receiver, seal(pair.sender, text, pair.inbox)), text);
  };
  exchange("old key");
  pair.receiver.set_keyring(Keyring(key_of(1), {key_of(2)}));
  exchange("receiver knows the new key");
  pair.sender.set_keyring(Keyring(key_of(2), {key_of(1)}));
  exchange("sender seals with the new key");
  pair.receiver.set_keyring(Keyring(key_of(2), {key_of(1)}));
  exchange("receiver too");
  pair.sender.set_keyring(Keyring(key_of(2)));
  pair.receiver.set_keyring(Keyring(key_of(2)));
  exchange("the old key is gone");
}

TEST(DatagramSealer, a_new_primary_starts_a_new_session_and_another_secondary_does_not) {
  SealerPair pair;
  const std::uint64_t first = pair.sender.session();
  pair.sender.set_keyring(Keyring(key_of(1), {key_of(2)}));
  EXPECT_EQ(pair.sender.session(), first);
  pair.sender.set_keyring(Keyring(key_of(2), {key_of(1)}));
  const std::uint64_t second = pair.sender.session();
  EXPECT_NE(second, first);
  pair.sender.set_keyring(Keyring(key_of(1), {key_of(2)}));
  EXPECT_NE(pair.sender.session(), first);
  EXPECT_NE(pair.sender.session(), second);
}

TEST(DatagramSealer, says_which_key_opened) {
  SealerPair pair;
  pair.receiver.set_keyring(Keyring(key_of(3), {key_of(2), key_of(1)}));
  ByteVector datagram = seal(pair.sender, "x", pair.inbox);
  const auto opened = pair.receiver.open(datagram, start_time);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->key_index, 2U);
  pair.receiver.set_keyring(Keyring(key_of(1), {key_of(3)}));
  ByteVector next = seal(pair.sender, "y", pair.inbox);
  const auto again = pair.receiver.open(next, start_time);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->key_index, 0U) << "a known session follows its key's new place";
}

TEST(DatagramSealer, keys_with_one_id_are_tried_in_turn) {
  const Key twin = key_with_the_id_of(key_of(1));
  SealerPair pair;
  DatagramSealer other(Keyring(twin), "prod", counted_from(500));
  pair.receiver.set_keyring(Keyring(twin, {key_of(1)}));
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "one", pair.inbox)), "one");
  EXPECT_EQ(open(pair.receiver, seal(other, "twin", pair.inbox)), "twin");
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "again", pair.inbox)), "again");
}

// Who has only the one key must not be able to occupy the sessions of those who have the other.
TEST(DatagramSealer, a_session_id_taken_under_one_key_is_free_under_another_with_its_id) {
  const Key twin = key_with_the_id_of(key_of(1));
  SealerPair pair;
  pair.receiver.set_keyring(Keyring(key_of(1), {twin}));
  DatagramSealer thief(Keyring(twin), "prod", counted_from(pair.sender.session()));
  EXPECT_EQ(open(pair.receiver, seal(thief, "taken", pair.inbox)), "taken");
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "mine", pair.inbox)), "mine");
  EXPECT_EQ(pair.receiver.sessions(), 2U);
}

}  // namespace
}  // namespace swim::crypto::test
