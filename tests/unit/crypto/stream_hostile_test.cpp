// A stream whose other end, or the wire between, is hostile. Each refusal ends the stream.
#include "core/base/limits.hpp"
#include "core/crypto/hello_codec.hpp"
#include "core/crypto/secure_stream.hpp"
#include "core/crypto/stream_frames.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

using Texts = std::vector<std::string>;

void expect_dead(SecureStream& stream) {
  EXPECT_EQ(receive(stream, {}), "closed");
  EXPECT_EQ(result_of(stream.send_frame(as_bytes("x"))), "closed");
  EXPECT_FALSE(stream.next_frame().has_value());
  EXPECT_TRUE(stream.take_output().empty()) << "a stranger learns nothing";
}

TEST(HostileStream, what_is_not_a_hello_is_refused_at_its_first_byte) {
  for (const std::uint8_t first :
       std::initializer_list<std::uint8_t>{0x00, 0x06, 0x16, 0x47, 0x53, 0xF4}) {
    SecureStream b = responder();
    EXPECT_EQ(receive(b, {&first, 1}), "bad magic");
    expect_dead(b);
  }
}

TEST(HostileStream, an_over_long_hello_is_refused_by_its_length) {
  SecureStream b = responder();
  const std::uint8_t header[] = {hello_type, key_of(1).id(), 0x04, 0x01};
  EXPECT_EQ(receive(b, header), "too large");
  expect_dead(b);
}

TEST(HostileStream, a_hello_shorter_than_any_box_is_refused) {
  for (const std::uint8_t length : std::initializer_list<std::uint8_t>{0, 27}) {
    SecureStream b = responder();
    const std::uint8_t header[] = {hello_type, key_of(1).id(), 0x00, length};
    EXPECT_EQ(receive(b, header), "malformed");
    expect_dead(b);
  }
}

TEST(HostileStream, an_authentic_hello_with_missing_fields_is_malformed) {
  const Key hello_key = derive_key(key_of(1), {}, "hello");
  for (const std::size_t size : std::initializer_list<std::size_t>{0, 15, 16, 17, 18, 40}) {
    const ByteVector plaintext(size, 0);
    ByteVector frame{hello_type, key_of(1).id(), 0, static_cast<std::uint8_t>(size + overhead)};
    ByteVector aad = frame;
    for (const char byte : std::string("prod\0", 5)) {
      aad.push_back(static_cast<std::uint8_t>(byte));
    }
    const ByteVector box = encrypt(hello_key, plaintext, aad);
    frame.insert(frame.end(), box.begin(), box.end());
    SecureStream b = responder();
    // 16 + 2 + 8 + 4 + 8 + 2 are the shortest fields: none of these sizes suffices but the last.
    EXPECT_EQ(receive(b, frame), size == 40 ? "ok" : "malformed") << size;
  }
}

TEST(HostileStream, another_key_is_unknown) {
  SecureStream a = initiator(0xA1, Keyring(key_of(2)));
  SecureStream b = responder();
  EXPECT_EQ(receive(b, a.take_output()), "unknown key");
  expect_dead(b);
}

TEST(HostileStream, another_key_with_the_same_id_fails) {
  SecureStream a = initiator(0xA1, Keyring(key_with_the_id_of(key_of(1))));
  SecureStream b = responder();
  EXPECT_EQ(receive(b, a.take_output()), "decryption failed");
  expect_dead(b);
}

TEST(HostileStream, another_label_fails) {
  SecureStream a = initiator(0xA1, Keyring(key_of(1)), "staging");
  SecureStream b = responder();
  EXPECT_EQ(receive(b, a.take_output()), "decryption failed");
  expect_dead(b);
}

TEST(HostileStream, a_responder_with_another_key_than_the_initiators_is_unknown) {
  const Keyring both(key_of(1), {key_of(2)});
  SecureStream a = initiator(0xA1, both);
  const ByteVector answer = seal_hello(key_of(2), "prod", Side::responder, hello_of("b", 0xB1));
  EXPECT_EQ(receive(a, answer), "unknown key");
  expect_dead(a);
}

TEST(HostileStream, our_own_hello_played_back_is_refused) {
  SecureStream a = initiator();
  EXPECT_EQ(receive(a, a.take_output()), "decryption failed");
  expect_dead(a);
}

TEST(HostileStream, our_own_hello_and_frames_played_back_to_a_responder_are_refused) {
  StreamPair pair;
  const ByteVector frame = StreamPair::frame(pair.b, "x");
  EXPECT_EQ(receive(pair.b, frame), "decryption failed");
  expect_dead(pair.b);
  SecureStream fresh = responder();
  EXPECT_EQ(receive(fresh, pair.b_hello), "decryption failed");
}

TEST(HostileStream, tampering_with_a_hello_is_refused_at_every_byte) {
  const ByteVector hello = initiator().take_output();
  for (std::size_t i = 0; i < hello.size(); ++i) {
    ByteVector tampered = hello;
    tampered[i] ^= 0x01;
    tampered.resize(tampered.size() + limits::hello_bytes_max);
    SecureStream b = responder();
    EXPECT_NE(receive(b, tampered), "ok") << i;
    expect_dead(b);
  }
}

TEST(HostileStream, tampering_with_a_frame_is_refused_at_every_byte_of_header_and_box) {
  StreamPair origin;
  const ByteVector frame = StreamPair::frame(origin.a, "hello");
  for (std::size_t i = 0; i < frame.size(); ++i) {
    ByteVector tampered = frame;
    tampered[i] ^= 0x01;
    // A changed length may ask for more than there is: what follows can't make it right.
    tampered.resize(tampered.size() + 256);
    StreamPair pair;
    EXPECT_NE(receive(pair.b, tampered), "ok") << i;
    EXPECT_FALSE(pair.b.verified()) << i;
    expect_dead(pair.b);
  }
}

TEST(HostileStream, a_last_mark_can_neither_be_set_nor_taken_away) {
  for (const bool last : {false, true}) {
    StreamPair pair;
    ByteVector frame = StreamPair::frame(pair.a, "x", last);
    frame[4] ^= 0x01;
    EXPECT_EQ(receive(pair.b, frame), "decryption failed");
    expect_dead(pair.b);
    EXPECT_FALSE(pair.b.peer_finished());
  }
}

TEST(HostileStream, an_over_long_frame_is_refused_by_its_length) {
  StreamPair pair;
  const std::size_t length = limits::stream_frame_bytes_max + tag_size + 1;
  const std::uint8_t header[] = {0, static_cast<std::uint8_t>(length >> 16U),
                                 static_cast<std::uint8_t>(length >> 8U),
                                 static_cast<std::uint8_t>(length), 0};
  EXPECT_EQ(receive(pair.b, header), "too large");
  expect_dead(pair.b);
}

TEST(HostileStream, a_frame_shorter_than_its_tag_or_with_an_unknown_flag_is_malformed) {
  for (const ByteVector& header : {ByteVector{0, 0, 0, 15, 0}, ByteVector{0, 0, 0, 0, 0},
                                   ByteVector{0, 0, 0, 16, 2}, ByteVector{0, 0, 0, 16, 0x81}}) {
    StreamPair pair;
    EXPECT_EQ(receive(pair.b, header), "malformed");
    expect_dead(pair.b);
  }
}

TEST(HostileStream, frames_out_of_order_are_refused) {
  StreamPair pair;
  const ByteVector first = StreamPair::frame(pair.a, "one");
  const ByteVector second = StreamPair::frame(pair.a, "two");
  EXPECT_EQ(receive(pair.b, second), "decryption failed");
  expect_dead(pair.b);
}

TEST(HostileStream, a_frame_that_comes_twice_is_refused) {
  StreamPair pair;
  const ByteVector frame = StreamPair::frame(pair.a, "one");
  EXPECT_EQ(receive(pair.b, frame), "ok");
  EXPECT_EQ(frames_of(pair.b), (Texts{"one"}));
  EXPECT_EQ(receive(pair.b, frame), "decryption failed");
  expect_dead(pair.b);
}

TEST(HostileStream, a_frame_left_out_is_noticed) {
  StreamPair pair;
  StreamPair::frame(pair.a, "lost");
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "next")), "decryption failed");
}

TEST(HostileStream, bytes_after_the_last_frame_are_refused) {
  StreamPair pair;
  EXPECT_EQ(receive(pair.b, StreamPair::frame(pair.a, "bye", true)), "ok");
  EXPECT_EQ(frames_of(pair.b), (Texts{"bye."}));
  const std::uint8_t byte = 0;
  EXPECT_EQ(receive(pair.b, {&byte, 1}), "closed");
  expect_dead(pair.b);
}

TEST(HostileStream, bytes_in_one_piece_with_the_last_frame_are_refused_too) {
  StreamPair pair;
  ByteVector bytes = StreamPair::frame(pair.a, "bye", true);
  bytes.push_back(0);
  EXPECT_EQ(receive(pair.b, bytes), "closed");
  expect_dead(pair.b);
}

// The whole conversation was recorded; each of its ends is then played to a new run of the other.
TEST(HostileStream, a_recorded_conversation_played_again_is_never_verified) {
  StreamPair recorded(0xA1, 0xB1);
  const ByteVector a_frame = StreamPair::frame(recorded.a, "from a");
  const ByteVector b_frame = StreamPair::frame(recorded.b, "from b");

  SecureStream b = responder(0xB2);
  EXPECT_EQ(receive(b, recorded.a_hello), "ok") << "a recorded hello opens";
  EXPECT_FALSE(b.verified()) << "but nothing of it is to be believed";
  EXPECT_EQ(receive(b, a_frame), "decryption failed");
  EXPECT_FALSE(b.verified());

  SecureStream a = initiator(0xA2);
  EXPECT_EQ(receive(a, recorded.b_hello), "ok");
  EXPECT_EQ(receive(a, b_frame), "decryption failed");
  EXPECT_FALSE(a.verified());
}

TEST(HostileStream, frames_of_another_stream_do_not_verify) {
  StreamPair one(0xA1, 0xB1);
  StreamPair other(0xA1, 0xB2);
  EXPECT_EQ(receive(other.b, StreamPair::frame(one.a, "x")), "decryption failed");
}

// Derived keys must differ wherever two streams, directions or labels do.
TEST(HostileStream, frame_keys_depend_on_all_that_names_a_direction_of_a_stream) {
  StreamRandoms randoms;
  randoms.initiator.fill(1);
  randoms.responder.fill(2);
  StreamRandoms swapped;
  swapped.initiator.fill(2);
  swapped.responder.fill(1);
  const Key base = frame_key(key_of(1), "prod", randoms, Side::initiator);
  EXPECT_NE(base, frame_key(key_of(2), "prod", randoms, Side::initiator));
  EXPECT_NE(base, frame_key(key_of(1), "prod2", randoms, Side::initiator));
  EXPECT_NE(base, frame_key(key_of(1), "prod", swapped, Side::initiator));
  EXPECT_NE(base, frame_key(key_of(1), "prod", randoms, Side::responder));
}

}  // namespace
}  // namespace swim::crypto::test
