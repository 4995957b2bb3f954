// One end of a stream in the hands of the input, at each stage: before the hello, with an authentic
// hello of any content, after the hellos, and with honest frames that are changed and cut anywhere.
#include <optional>
#include <vector>

#include "core/base/limits.hpp"
#include "core/crypto/hello_codec.hpp"
#include "core/crypto/secure_stream.hpp"
#include "tests/fuzz/crypto/checks.hpp"

namespace swim::crypto::test {
namespace {

SecureStream stream(Side side, std::uint8_t random) {
  Hello hello;
  hello.name = "n";
  hello.random.fill(random);
  return {side, Keyring(key_of(1), {key_of(2)}), "fuzz", hello};
}

Side other(Side side) {
  return side == Side::initiator ? Side::responder : Side::initiator;
}

// A stream of `side`, and an honest peer with whom it has exchanged hellos.
struct Pair {
  explicit Pair(Side side) : tested(stream(side, 1)), peer(stream(other(side), 2)) {
    SecureStream& first = side == Side::initiator ? tested : peer;
    SecureStream& second = side == Side::initiator ? peer : tested;
    require(second.receive(first.take_output()).has_value(), "an honest hello opens");
    require(first.receive(second.take_output()).has_value(), "an honest answer opens");
  }
  SecureStream tested;
  SecureStream peer;
};

// Feeds bytes in pieces of the script's choice. False: refused, and then nothing more comes out.
bool feed(SecureStream& to, Bytes bytes, std::uint8_t piece, std::vector<ByteVector>& received) {
  while (!bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), 1U + piece);
    if (!to.receive(bytes.first(size))) {
      require(!to.next_frame() && to.take_output().empty(), "a dead stream is silent");
      require(!to.receive({}), "a dead stream stays dead");
      return false;
    }
    bytes = bytes.subspan(size);
    while (const auto frame = to.next_frame()) {
      received.push_back(to_vector(frame->plaintext));
    }
  }
  return true;
}

void raw_bytes(Side side, Script script, bool after_hellos) {
  std::optional<Pair> pair;
  std::optional<SecureStream> fresh;
  if (after_hellos) {
    pair.emplace(side);
  } else {
    fresh.emplace(stream(side, 1));
  }
  SecureStream& tested = pair ? pair->tested : *fresh;
  std::vector<ByteVector> received;
  const std::uint8_t piece = script.byte();
  feed(tested, script.rest(), piece, received);
  require(received.empty() && !tested.verified() && !tested.peer_finished(),
          "nobody makes a frame without the key");
}

// The sender has the key and writes what it likes into its hello.
void authentic_hello(Side side, Script script) {
  const Bytes plaintext = script.piece(limits::hello_bytes_max - overhead);
  const std::size_t length = plaintext.size() + overhead;
  ByteVector frame{hello_type, key_of(1).id(), static_cast<std::uint8_t>(length >> 8U),
                   static_cast<std::uint8_t>(length)};
  ByteVector aad = frame;
  for (const char c : std::string_view("fuzz")) {
    aad.push_back(static_cast<std::uint8_t>(c));
  }
  aad.push_back(static_cast<std::uint8_t>(other(side)));
  const ByteVector box = encrypt(derive_key(key_of(1), {}, "hello"), plaintext, aad);
  frame.insert(frame.end(), box.begin(), box.end());
  SecureStream tested = stream(side, 1);
  if (tested.receive(frame)) {
    require(tested.ready() && !tested.verified(), "a hello makes ready and verifies nothing");
    require(tested.peer().name.size() <= limits::name_bytes_max, "names are bounded");
    require(tested.peer().target.size() <= limits::name_bytes_max, "names are bounded");
  }
}

void honest_frames(Side side, Script script) {
  Pair pair(side);
  const std::uint8_t piece = script.byte();
  const std::uint8_t place = script.byte();
  const std::uint8_t change = script.byte();
  std::vector<ByteVector> sent;
  while (!script.done()) {
    const std::uint8_t size = script.byte();
    const Bytes text = script.piece(size);
    require(pair.peer.send_frame(text, script.done()).has_value(), "an honest frame is sealed");
    sent.push_back(to_vector(text));
  }
  ByteVector bytes = pair.peer.take_output();
  if (bytes.empty()) {
    return;
  }
  bytes[place % bytes.size()] ^= change;
  std::vector<ByteVector> received;
  const bool good = feed(pair.tested, bytes, piece, received);
  require(change != 0 || good, "honest frames are never refused");
  require(change != 0 || (received == sent && pair.tested.peer_finished()), "all of them arrive");
  require(change == 0 || (received.size() < sent.size() && !pair.tested.peer_finished()),
          "a changed stream never looks whole");
  require(std::equal(received.begin(), received.end(), sent.begin()), "in order, unchanged");
}

}  // namespace
}  // namespace swim::crypto::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace swim::crypto;
  test::Script script({data, size});
  const std::uint8_t kind = script.byte();
  const Side side = kind % 2 == 0 ? Side::initiator : Side::responder;
  switch (kind / 2 % 4) {
    case 0:
      test::raw_bytes(side, script, false);
      break;
    case 1:
      test::raw_bytes(side, script, true);
      break;
    case 2:
      test::authentic_hello(side, script);
      break;
    default:
      test::honest_frames(side, script);
  }
  return 0;
}
