// Two honest ends of a stream.
#include "core/crypto/secure_stream.hpp"

#include "core/base/limits.hpp"
#include "core/crypto/hello_codec.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using Texts = std::vector<std::string>;

TEST(SecureStream, hellos_cross_and_tell_who_is_there) {
  StreamPair pair;
  ASSERT_TRUE(pair.a.ready());
  ASSERT_TRUE(pair.b.ready());
  EXPECT_EQ(pair.b.peer().name, "a");
  EXPECT_EQ(pair.b.peer().target, "b");
  EXPECT_EQ(pair.b.peer().boot, hello_of("a", 0xA1).boot);
  EXPECT_EQ(pair.b.peer().capabilities, 0xC0FFEEU);
  EXPECT_EQ(pair.b.peer().session, 77U);
  EXPECT_EQ(pair.b.peer().random, hello_of("a", 0xA1).random);
  EXPECT_EQ(pair.a.peer().name, "b");
  EXPECT_EQ(pair.a.peer().target, "");
}

TEST(SecureStream, the_initiator_speaks_first_and_the_responder_only_when_asked) {
  SecureStream a = initiator();
  SecureStream b = responder();
  EXPECT_FALSE(a.take_output().empty());
  EXPECT_TRUE(a.take_output().empty()) << "moved out";
  EXPECT_TRUE(b.take_output().empty());
}

TEST(SecureStream, no_frame_before_the_peers_hello) {
  SecureStream a = initiator();
  EXPECT_FALSE(a.ready());
  EXPECT_EQ(result_of(a.send_frame(as_bytes("x"))), "not running");
}

TEST(SecureStream, frames_cross_in_both_directions_and_in_order) {
  StreamPair pair;
  ByteVector to_b = StreamPair::frame(pair.a, "one");
  const ByteVector more = StreamPair::frame(pair.a, "two");
  to_b.insert(to_b.end(), more.begin(), more.end());
  EXPECT_EQ(receive(pair.b, to_b), "ok");
  EXPECT_EQ(frames_of(pair.b), (Texts{"one", "two"}));
  EXPECT_EQ(receive(pair.a, StreamPair::frame(pair.b, "three")), "ok");
  EXPECT_EQ(frames_of(pair.a), (Texts{"three"}));
}

TEST(SecureStream, a_hello_is_verified_only_by_the_first_frame) {
  StreamPair pair;
  EXPECT_FALSE(pair.a.verified());
  EXPECT_FALSE(pair.b.verified());
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "x")), "ok");
  EXPECT_TRUE(pair.b.verified());
  EXPECT_FALSE(pair.a.verified()) << "b has not sent a frame yet";
}

TEST(SecureStream, bytes_may_come_one_by_one) {
  SecureStream a = initiator();
  SecureStream b = responder();
  const auto drip = [](SecureStream& to, const ByteVector& bytes) {
    for (const std::uint8_t byte : bytes) {
      ASSERT_EQ(receive(to, {&byte, 1}), "ok");
    }
  };
  drip(b, a.take_output());
  drip(a, b.take_output());
  drip(b, StreamPair::frame(a, "one"));
  EXPECT_EQ(frames_of(b), (Texts{"one"}));
  drip(b, StreamPair::frame(a, "two", true));
  EXPECT_EQ(frames_of(b), (Texts{"two."}));
  EXPECT_TRUE(b.peer_finished());
}

TEST(SecureStream, hello_and_frames_may_come_at_once) {
  SecureStream a = initiator();
  SecureStream b = responder();
  EXPECT_EQ(receive(b, a.take_output()), "ok");
  ASSERT_TRUE(b.send_frame(as_bytes("one")));
  ASSERT_TRUE(b.send_frame(as_bytes("two"), true));
  EXPECT_EQ(receive(a, b.take_output()), "ok");
  EXPECT_EQ(frames_of(a), (Texts{"one", "two."}));
}

TEST(SecureStream, frames_may_be_empty_and_as_long_as_the_bound_and_no_longer) {
  StreamPair pair;
  const std::string longest(limits::stream_frame_bytes_max, 'x');
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "")), "ok");
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, longest)), "ok");
  EXPECT_EQ(frames_of(pair.b), (Texts{"", longest}));
  EXPECT_EQ(result_of(pair.a.send_frame(as_bytes(longest + "x"))), "too large");
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "goes on")), "ok");
}

TEST(SecureStream, a_last_frame_is_marked_and_ends_its_direction_only) {
  StreamPair pair;
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "bye", true)), "ok");
  EXPECT_FALSE(pair.b.peer_finished()) << "not before it was handed out";
  EXPECT_EQ(frames_of(pair.b), (Texts{"bye."}));
  EXPECT_TRUE(pair.b.peer_finished());
  EXPECT_EQ(result_of(pair.a.send_frame(as_bytes("more"))), "closed");
  EXPECT_EQ(receive(pair.a, StreamPair::frame(pair.b, "answer", true)), "ok");
  EXPECT_EQ(frames_of(pair.a), (Texts{"answer."}));
  EXPECT_EQ(receive(pair.b, {}), "ok");
}

TEST(SecureStream, an_end_of_stream_before_the_last_frame_shows) {
  StreamPair pair;
  const ByteVector frame = StreamPair::frame(pair.a, "one");
  const ByteVector last = StreamPair::frame(pair.a, "two", true);
  EXPECT_EQ(receive(pair.b, frame), "ok");
  EXPECT_EQ(receive(pair.b, Bytes(last).first(last.size() - 1)), "ok");
  EXPECT_EQ(frames_of(pair.b), (Texts{"one"}));
  EXPECT_FALSE(pair.b.peer_finished());
}

TEST(SecureStream, frames_that_were_not_taken_are_kept) {
  StreamPair pair;
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "one")), "ok");
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "two")), "ok");
  EXPECT_EQ(text_of(pair.b.next_frame()->plaintext), "one");
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "three")), "ok");
  EXPECT_EQ(frames_of(pair.b), (Texts{"two", "three"}));
}

TEST(SecureStream, one_plaintext_never_gives_the_same_bytes) {
  StreamPair pair;
  EXPECT_NE(StreamPair::frame(pair.a, "x"), StreamPair::frame(pair.a, "x"));
  StreamPair other(0xA2, 0xB1);
  EXPECT_NE(StreamPair(0xA1, 0xB1).frame(pair.b, "x"), StreamPair::frame(other.b, "x"));
}

// ---- versions
// ------------------------------------------------------------------------------------

TEST(SecureStream, fields_that_a_later_version_appends_to_its_hello_are_skipped) {
  const Key hello_key = derive_key(key_of(1), {}, "hello");
  ByteVector plaintext(16, 0xA1);
  for (const char byte : std::string("\0\1a\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x4D\0\1b"
                                     "and what is yet to be invented",
                                     56)) {
    plaintext.push_back(static_cast<std::uint8_t>(byte));
  }
  ByteVector frame{hello_type, key_of(1).id(), 0,
                   static_cast<std::uint8_t>(plaintext.size() + overhead)};
  ByteVector aad = frame;
  for (const char byte : std::string("prod\0", 5)) {
    aad.push_back(static_cast<std::uint8_t>(byte));
  }
  const ByteVector box = encrypt(hello_key, plaintext, aad);
  frame.insert(frame.end(), box.begin(), box.end());
  SecureStream b = responder();
  EXPECT_EQ(receive(b, frame), "ok");
  ASSERT_TRUE(b.ready());
  EXPECT_EQ(b.peer().name, "a");
  EXPECT_EQ(b.peer().boot, 5U);
  EXPECT_EQ(b.peer().session, 77U);
  EXPECT_EQ(b.peer().target, "b");
}

// ---- keys
// ----------------------------------------------------------------------------------------

TEST(SecureStream, the_initiators_key_is_that_of_both_directions) {
  const Keyring old_ring(key_of(1));
  const Keyring new_ring(key_of(2), {key_of(1)});
  SecureStream a = initiator(0xA1, old_ring);
  SecureStream b = responder(0xB1, new_ring);
  ASSERT_EQ(receive(b, a.take_output()), "ok");
  EXPECT_EQ(b.key_index(), 1U);
  ASSERT_EQ(receive(a, b.take_output()), "ok") << "the responder did not answer with its primary";
  EXPECT_EQ(a.key_index(), 0U);
  EXPECT_EQ(receive(a, StreamPair::frame(b, "x")), "ok");
  EXPECT_EQ(frames_of(a), (Texts{"x"}));
}

TEST(SecureStream, keys_with_one_id_are_tried_in_turn) {
  const Key twin = key_with_the_id_of(key_of(1));
  SecureStream a = initiator();
  SecureStream b = responder(0xB1, Keyring(twin, {key_of(2), key_of(1)}));
  ASSERT_EQ(receive(b, a.take_output()), "ok");
  EXPECT_EQ(b.key_index(), 2U);
}

TEST(SecureStream, a_stream_may_go_on_only_with_its_key) {
  const Keyring both(key_of(1), {key_of(2)});
  SecureStream a = initiator(0xA1, both);
  SecureStream b = responder(0xB1, both);
  EXPECT_TRUE(a.may_go_on_with(Keyring(key_of(1))));
  EXPECT_FALSE(a.may_go_on_with(Keyring(key_of(2))));
  EXPECT_FALSE(b.may_go_on_with(Keyring(key_of(1)))) << "the peer may still choose either";
  EXPECT_EQ(receive(b, a.take_output()), "ok");
  EXPECT_TRUE(b.may_go_on_with(Keyring(key_of(3), {key_of(1)})));
  EXPECT_FALSE(b.may_go_on_with(Keyring(key_of(2))));
}

TEST(SecureStreamDeathTest, a_forgotten_random_ends_the_process) {
  Hello hello = hello_of("a", 0);
  EXPECT_DEATH(SecureStream(Side::initiator, Keyring(key_of(1)), "prod", hello),
               "assertion failed");
}

}  // namespace
}  // namespace swim::crypto::test
