// How long inboxes, windows and derived keys live: each rule closes a way to open a recording once
// more.
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

constexpr std::uint64_t next_inbox = 2000;

TEST(SessionLifetime, a_former_inbox_opens_during_its_grace_and_not_after) {
  SealerPair pair;
  pair.receiver.set_inbox(next_inbox, start_time, grace);
  EXPECT_EQ(pair.receiver.inbox(), next_inbox);
  const TimePoint last = start_time + grace - Duration(1);
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "old", pair.inbox), last), "old");
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "new", next_inbox), last), "new");
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "old", pair.inbox), start_time + grace),
            "error: decryption failed");
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "new", next_inbox), start_time + grace), "new");
}

TEST(SessionLifetime, a_recording_for_a_former_inbox_opens_neither_in_its_grace_nor_after) {
  SealerPair pair;
  const ByteVector recorded = seal(pair.sender, "x", pair.inbox);
  EXPECT_EQ(open(pair.receiver, recorded), "x");
  pair.receiver.set_inbox(next_inbox, start_time, grace);
  EXPECT_EQ(open(pair.receiver, recorded), "error: replayed");
  EXPECT_EQ(open(pair.receiver, recorded, start_time + grace), "error: decryption failed");
}

TEST(SessionLifetime, a_window_goes_with_the_last_inbox_under_which_it_accepted) {
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "x", pair.inbox)), "x");
  pair.receiver.set_inbox(next_inbox, start_time, grace);
  EXPECT_EQ(pair.receiver.sessions(), 1U);
  open(pair.receiver, seal(pair.sender, "stays", 77), start_time + grace - Duration(1));
  EXPECT_EQ(pair.receiver.sessions(), 1U);
  open(pair.receiver, seal(pair.sender, "goes", 77), start_time + grace);
  EXPECT_EQ(pair.receiver.sessions(), 0U);
}

TEST(SessionLifetime, a_window_that_accepted_under_the_new_inbox_outlives_the_former_one) {
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "x", pair.inbox)), "x");
  pair.receiver.set_inbox(next_inbox, start_time, grace);
  const ByteVector recorded = seal(pair.sender, "y", next_inbox);
  EXPECT_EQ(open(pair.receiver, recorded), "y");
  // A late one for the former inbox must not make the window look older than it is.
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "late", pair.inbox)), "late");
  EXPECT_EQ(open(pair.receiver, recorded, start_time + 2 * grace), "error: replayed");
  EXPECT_EQ(pair.receiver.sessions(), 1U);
  EXPECT_EQ(pair.receiver.counts().derivations, 1U);
}

TEST(SessionLifetime, a_key_that_is_gone_opens_nothing_at_once) {
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "x", pair.inbox)), "x");
  pair.receiver.set_keyring(Keyring(key_of(2)));
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "y", pair.inbox)), "error: unknown key");
}

// Else whoever makes a ring flap, or waits for an operator to put a key back, could play everything
// again.
TEST(SessionLifetime, a_key_that_comes_back_finds_its_windows_as_they_were) {
  SealerPair pair;
  const ByteVector recorded = seal(pair.sender, "x", pair.inbox);
  EXPECT_EQ(open(pair.receiver, recorded), "x");
  const ByteVector unseen = seal(pair.sender, "y", pair.inbox);
  pair.receiver.set_keyring(Keyring(key_of(2)));
  pair.receiver.set_keyring(Keyring(key_of(2), {key_of(1)}));
  EXPECT_EQ(open(pair.receiver, recorded), "error: replayed");
  EXPECT_EQ(pair.receiver.counts().derivations, 1U) << "looked up before any work";
  EXPECT_EQ(open(pair.receiver, unseen), "y");
  EXPECT_EQ(pair.receiver.counts().derivations, 2U) << "its derived key had gone with the key";
  EXPECT_EQ(open(pair.receiver, unseen), "error: replayed");
  EXPECT_EQ(pair.receiver.sessions(), 1U);
}

class FullTable : public ::testing::Test {
 protected:
  static constexpr std::size_t bound = 4;
  // One member's datagram per session.
  ByteVector from(std::uint64_t session, std::uint64_t inbox = SealerPair::inbox) {
    DatagramSealer sender(Keyring(key_of(1)), "prod", counted_from(session));
    return seal(sender, "x", inbox);
  }
  void fill() {
    for (std::uint64_t session = 1; session <= bound; ++session) {
      EXPECT_FALSE(receiver.wants_new_inbox());
      EXPECT_EQ(open(receiver, from(session)), "x");
    }
  }
  SealerPair pair{{.sessions = bound}};
  DatagramSealer& receiver = pair.receiver;
};

TEST_F(FullTable, refuses_new_sessions_counted_and_without_work_and_keeps_the_known_ones) {
  fill();
  const ByteVector refused = from(50);
  EXPECT_EQ(open(receiver, refused), "error: session table full");
  EXPECT_EQ(receiver.counts().refused_sessions, 1U);
  EXPECT_EQ(receiver.counts().derivations, bound);
  EXPECT_EQ(receiver.sessions(), bound);
  EXPECT_EQ(open(receiver, from(1)), "error: replayed") << "no window was given up";
}

TEST_F(FullTable, wants_a_new_inbox_once) {
  fill();
  EXPECT_TRUE(receiver.wants_new_inbox());
  receiver.set_inbox(next_inbox, start_time, grace);
  EXPECT_FALSE(receiver.wants_new_inbox()) << "room will come with the end of the former one";
  EXPECT_EQ(open(receiver, from(50, next_inbox)), "error: session table full");
  EXPECT_FALSE(receiver.wants_new_inbox());
}

TEST_F(FullTable, has_room_again_when_the_former_inbox_is_over) {
  fill();
  receiver.set_inbox(next_inbox, start_time, grace);
  EXPECT_EQ(open(receiver, from(50, next_inbox), start_time + grace), "x");
  EXPECT_EQ(receiver.sessions(), 1U);
  EXPECT_FALSE(receiver.wants_new_inbox());
}

TEST_F(FullTable, wants_yet_another_inbox_when_the_new_one_filled_it_as_well) {
  std::vector<DatagramSealer> members;
  for (std::uint64_t session = 1; session <= bound; ++session) {
    members.emplace_back(Keyring(key_of(1)), "prod", counted_from(session * 100));
    EXPECT_EQ(open(receiver, seal(members.back(), "x", pair.inbox)), "x");
  }
  receiver.set_inbox(next_inbox, start_time, grace);
  for (DatagramSealer& member : members) {
    EXPECT_EQ(open(receiver, seal(member, "x", next_inbox)), "x");
  }
  EXPECT_EQ(open(receiver, from(50, next_inbox), start_time + grace), "error: session table full");
  EXPECT_TRUE(receiver.wants_new_inbox());
}

TEST_F(FullTable, a_key_that_came_back_still_finds_its_sessions) {
  fill();
  receiver.set_keyring(Keyring(key_of(2)));
  receiver.set_keyring(Keyring(key_of(1)));
  EXPECT_EQ(open(receiver, from(1)), "error: replayed");
  DatagramSealer member(Keyring(key_of(1)), "prod", counted_from(2));
  seal(member, "the one that was accepted", pair.inbox);
  EXPECT_EQ(open(receiver, seal(member, "y", pair.inbox)), "y");
}

}  // namespace
}  // namespace swim::crypto::test
