#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/crypto/secure_stream.hpp"

namespace swim::crypto {
namespace {

SecureStream stream(Side side, std::uint8_t random) {
  Hello hello;
  hello.name = side == Side::initiator ? "a" : "b";
  hello.random.fill(random);
  return {side, Keyring(*Key::from_bytes(ByteVector(key_size, 1))), "prod", hello};
}

using Frames = std::vector<ByteVector>;

void take(SecureStream& from, Frames& frames) {
  while (const auto frame = from.next_frame()) {
    frames.push_back(to_vector(frame->plaintext));
  }
}

// The network may cut a stream of bytes anywhere.
RC_GTEST_PROP(SecureStream, any_cutting_of_the_bytes_gives_the_same_frames, ()) {
  SecureStream a = stream(Side::initiator, 1);
  SecureStream b = stream(Side::responder, 2);
  RC_ASSERT(b.receive(a.take_output()).has_value());
  const Frames sent = *rc::gen::arbitrary<Frames>();
  for (const ByteVector& text : sent) {
    RC_ASSERT(b.send_frame(text).has_value());
  }
  RC_ASSERT(b.send_frame({}, true).has_value());
  const ByteVector bytes = b.take_output();
  Frames received;
  Bytes rest = bytes;
  while (!rest.empty()) {
    const auto size = std::min<std::size_t>(*rc::gen::inRange<std::size_t>(1, 200), rest.size());
    RC_ASSERT(a.receive(rest.first(size)).has_value());
    rest = rest.subspan(size);
    if (*rc::gen::arbitrary<bool>()) {
      take(a, received);
    }
  }
  take(a, received);
  RC_ASSERT(a.peer_finished());
  RC_ASSERT(received.size() == sent.size() + 1);
  received.pop_back();
  RC_ASSERT(received == sent);
}

// Whatever one byte becomes, what is handed out is a beginning of what was sent, and the end is
// never feigned.
RC_GTEST_PROP(SecureStream, a_changed_byte_gives_only_frames_from_before_it, ()) {
  SecureStream a = stream(Side::initiator, 1);
  SecureStream b = stream(Side::responder, 2);
  RC_ASSERT(b.receive(a.take_output()).has_value());
  RC_ASSERT(a.receive(b.take_output()).has_value());
  const Frames sent = *rc::gen::nonEmpty<Frames>();
  for (const ByteVector& text : sent) {
    RC_ASSERT(a.send_frame(text, &text == &sent.back()).has_value());
  }
  ByteVector bytes = a.take_output();
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= *rc::gen::nonZero<std::uint8_t>();
  Frames received;
  for (const std::uint8_t byte : bytes) {
    if (!b.receive({&byte, 1})) break;
    take(b, received);
  }
  RC_ASSERT(!b.peer_finished());
  RC_ASSERT(received.size() < sent.size());
  RC_ASSERT(std::equal(received.begin(), received.end(), sent.begin()));
}

}  // namespace
}  // namespace swim::crypto
