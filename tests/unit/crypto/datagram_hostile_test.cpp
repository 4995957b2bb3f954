// What somebody may send who has no key, or has recorded what others sent.
#include "core/crypto/datagram_sealer.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

struct Budget final : DerivationBudget {
  explicit Budget(int tokens_in) : tokens(tokens_in) {}
  bool take(std::uint64_t session) override {
    asked.push_back(session);
    return tokens-- > 0;
  }
  int tokens;
  std::vector<std::uint64_t> asked;
};

TEST(HostileDatagram, too_short_is_refused_at_every_length) {
  SealerPair pair;
  const ByteVector datagram = seal(pair.sender, "", pair.inbox);
  ASSERT_EQ(datagram.size(), datagram_overhead);
  for (std::size_t size = 0; size < datagram.size(); ++size) {
    EXPECT_EQ(open(pair.receiver, to_vector(Bytes(datagram).first(size))), "error: too short");
  }
}

TEST(HostileDatagram, another_type_is_refused) {
  SealerPair pair;
  ByteVector datagram = seal(pair.sender, "x", pair.inbox);
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0x00, 0x01, 0x52, 0xF4}) {
    datagram[0] = type;
    EXPECT_EQ(open(pair.receiver, datagram), "error: bad tag");
  }
}

TEST(HostileDatagram, an_unknown_key_costs_no_derivation) {
  SealerPair pair;
  DatagramSealer stranger(Keyring(key_of(2)), "prod", counted_from(9));
  ASSERT_NE(key_of(1).id(), key_of(2).id());
  EXPECT_EQ(open(pair.receiver, seal(stranger, "x", pair.inbox)), "error: unknown key");
  EXPECT_EQ(pair.receiver.counts().derivations, 0U);
}

TEST(HostileDatagram, another_key_with_the_same_id_is_refused) {
  SealerPair pair;
  DatagramSealer stranger(Keyring(key_with_the_id_of(key_of(1))), "prod", counted_from(9));
  EXPECT_EQ(open(pair.receiver, seal(stranger, "x", pair.inbox)), "error: decryption failed");
  EXPECT_EQ(pair.receiver.sessions(), 0U);
}

TEST(HostileDatagram, another_label_is_refused) {
  SealerPair pair;
  for (const char* label : {"", "pro", "prod2", "PROD"}) {
    DatagramSealer other(Keyring(key_of(1)), label, counted_from(9));
    EXPECT_EQ(open(pair.receiver, seal(other, "x", pair.inbox)), "error: decryption failed");
  }
}

TEST(HostileDatagram, another_receivers_inbox_is_refused) {
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "x", pair.inbox + 1)),
            "error: decryption failed");
}

TEST(HostileDatagram, before_an_inbox_was_drawn_nothing_opens) {
  DatagramSealer sender(Keyring(key_of(1)), "prod", counted_from(1));
  DatagramSealer receiver(Keyring(key_of(1)), "prod", counted_from(100));
  EXPECT_EQ(receiver.inbox(), 0U);
  EXPECT_EQ(open(receiver, seal(sender, "x", 1000)), "error: decryption failed");
}

TEST(HostileDatagram, tampering_is_refused_at_every_byte_and_leaves_the_datagram_as_it_was) {
  SealerPair pair;
  open(pair.receiver, seal(pair.sender, "makes the session known", pair.inbox));
  const ByteVector datagram = seal(pair.sender, "hello", pair.inbox);
  for (std::size_t i = 0; i < datagram.size(); ++i) {
    ByteVector tampered = datagram;
    tampered[i] ^= 0x40;
    const ByteVector before = tampered;
    EXPECT_FALSE(pair.receiver.open(tampered, start_time)) << i;
    EXPECT_EQ(tampered, before) << i;
  }
  EXPECT_EQ(open(pair.receiver, datagram), "hello") << "the forgeries did not use up its counter";
}

TEST(HostileDatagram, a_replay_is_refused_for_as_long_as_it_is_tried) {
  SealerPair pair;
  std::vector<ByteVector> recorded;
  for (int i = 0; i < 5000; ++i) {
    recorded.push_back(seal(pair.sender, "x", pair.inbox));
    EXPECT_EQ(open(pair.receiver, recorded.back()), "x");
  }
  for (const ByteVector& datagram : recorded) {
    ASSERT_EQ(open(pair.receiver, datagram), "error: replayed");
  }
  EXPECT_EQ(pair.receiver.counts().replayed, 5000U);
}

TEST(HostileDatagram, a_recording_does_not_open_at_a_later_run_of_the_receiver) {
  SealerPair pair;
  const ByteVector recorded = seal(pair.sender, "x", pair.inbox);
  EXPECT_EQ(open(pair.receiver, recorded), "x");
  DatagramSealer restarted(Keyring(key_of(1)), "prod", counted_from(2'000'000));
  restarted.set_inbox(4242, start_time, grace);
  EXPECT_EQ(open(restarted, recorded), "error: decryption failed");
}

TEST(HostileDatagram, our_own_datagram_played_back_to_us_is_refused) {
  SealerPair pair;
  pair.sender.set_inbox(2000, start_time, grace);
  EXPECT_EQ(open(pair.sender, seal(pair.sender, "x", pair.inbox)), "error: decryption failed");
}

TEST(HostileDatagram, a_forged_counter_does_not_move_the_window) {
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "0", pair.inbox)), "0");
  ByteVector forged = seal(pair.sender, "1", pair.inbox);
  const ByteVector honest = forged;
  forged[10] = 0x7F;
  EXPECT_EQ(open(pair.receiver, forged), "error: decryption failed");
  EXPECT_EQ(open(pair.receiver, honest), "1");
}

TEST(HostileDatagram, forged_sessions_never_enter_the_table) {
  SealerPair pair;
  ByteVector forged = seal(pair.sender, "x", pair.inbox);
  for (std::uint8_t i = 1; i < 100; ++i) {
    forged[2] = i;
    EXPECT_EQ(open(pair.receiver, forged), "error: decryption failed");
  }
  EXPECT_EQ(pair.receiver.sessions(), 0U);
  EXPECT_EQ(pair.receiver.counts().derivations, 99U);
}

TEST(HostileDatagram, a_budget_paces_derivations_of_unknown_sessions) {
  SealerPair pair;
  ByteVector forged = seal(pair.sender, "x", pair.inbox);
  const ByteVector honest = seal(pair.sender, "y", pair.inbox);
  Budget budget(3);
  for (std::uint8_t i = 1; i <= 3; ++i) {
    forged[2] = i;
    EXPECT_EQ(open(pair.receiver, forged, start_time, &budget), "error: decryption failed");
  }
  EXPECT_EQ(open(pair.receiver, forged, start_time, &budget), "error: rejected");
  EXPECT_EQ(open(pair.receiver, honest, start_time, &budget), "error: rejected");
  EXPECT_EQ(pair.receiver.counts().derivations, 3U);
  EXPECT_EQ(open(pair.receiver, honest), "y") << "nothing of it was marked as seen";
}

TEST(HostileDatagram, the_budget_is_told_which_session_asks) {
  SealerPair pair;
  Budget budget(1);
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "x", pair.inbox), start_time, &budget), "x");
  EXPECT_EQ(budget.asked, std::vector<std::uint64_t>{pair.sender.session()});
}

TEST(HostileDatagram, known_sessions_never_ask_the_budget) {
  SealerPair pair;
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "x", pair.inbox)), "x");
  Budget empty(0);
  EXPECT_EQ(open(pair.receiver, seal(pair.sender, "y", pair.inbox), start_time, &empty), "y");
  ByteVector forged = seal(pair.sender, "z", pair.inbox);
  forged.back() ^= 1;
  EXPECT_EQ(open(pair.receiver, forged, start_time, &empty), "error: decryption failed");
  EXPECT_TRUE(empty.asked.empty());
}

}  // namespace
}  // namespace swim::crypto::test
