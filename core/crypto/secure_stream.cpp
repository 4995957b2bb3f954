#include "core/crypto/secure_stream.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/crypto/hello_codec.hpp"
#include "core/crypto/stream_frames.hpp"

namespace swim::crypto {

struct SecureStream::State {
  State(Side side_in, const Keyring& ring, std::string label_in, Hello own_in)
      : side(side_in), keys(ring), label(std::move(label_in)), own(std::move(own_in)) {}

  // Where a verified frame stands in `input`.
  struct Place {
    std::size_t offset{};
    std::size_t size{};
    bool last{};
  };

  Side side;
  Keyring keys;
  std::string label;
  Hello own;
  std::optional<Hello> peer;
  std::size_t key_index{};
  std::optional<FrameSealer> sealer;
  std::optional<FrameOpener> opener;

  ByteVector input;
  std::size_t parsed{};       // bytes of `input` that were hello or frames
  std::vector<Place> frames;  // verified, by their order
  std::size_t handed_out{};   // of `frames`
  ByteVector output;

  bool verified{};
  bool peer_finished{};
  bool last_received{};
  bool last_sent{};
  bool dead{};

  Side peer_side() const { return side == Side::initiator ? Side::responder : Side::initiator; }
  Bytes unparsed() const { return Bytes(input).subspan(parsed); }

  // Lets go of what was handed out, so that memory is bounded by what a caller leaves untaken.
  void compact();
  // One step through the input: true = something was read, false = more bytes are needed.
  Expected<bool> step();
  Expected<bool> read_hello();
  Expected<bool> read_frame();
  Expected<Hello> open_peer_hello(std::uint8_t key_id, Bytes frame);
  void start_frames();
};

void SecureStream::State::compact() {
  if (handed_out < frames.size()) {
    return;
  }
  frames.clear();
  handed_out = 0;
  input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(parsed));
  parsed = 0;
}

Expected<bool> SecureStream::State::step() {
  if (!peer) {
    return read_hello();
  }
  if (last_received && !unparsed().empty()) {
    return fail(Errc::closed, "bytes after the last frame");
  }
  return read_frame();
}

Expected<bool> SecureStream::State::read_hello() {
  const auto header = read_hello_header(unparsed());
  if (!header) {
    return tl::unexpected(header.error());
  }
  if (!*header || unparsed().size() < hello_header_size + (*header)->length) {
    return false;
  }
  const Bytes frame = unparsed().first(hello_header_size + (*header)->length);
  auto hello = open_peer_hello((*header)->key_id, frame);
  if (!hello) {
    return tl::unexpected(hello.error());
  }
  parsed += frame.size();
  peer = std::move(*hello);
  start_frames();
  return true;
}

// The initiator chose the key; the responder finds it among those with that id.
Expected<Hello> SecureStream::State::open_peer_hello(std::uint8_t key_id, Bytes frame) {
  const std::size_t candidates = side == Side::initiator ? 1 : keys.keys().size();
  Error error{Errc::unknown_key};
  for (std::size_t i = 0; i < candidates; ++i) {
    const Key& key = keys.keys()[i];
    if (key.id() != key_id) {
      continue;
    }
    auto hello = open_hello(key, label, peer_side(), frame);
    if (hello) {
      key_index = i;
      return hello;
    }
    error = hello.error();
  }
  return tl::unexpected(error);
}

void SecureStream::State::start_frames() {
  const Key& key = keys.keys()[key_index];
  const bool dialled = side == Side::initiator;
  const StreamRandoms randoms{dialled ? own.random : peer->random,
                              dialled ? peer->random : own.random};
  sealer.emplace(frame_key(key, label, randoms, side));
  opener.emplace(frame_key(key, label, randoms, peer_side()));
  if (!dialled) {
    output = seal_hello(key, label, side, own);
  }
}

Expected<bool> SecureStream::State::read_frame() {
  const auto header = read_frame_header(unparsed());
  if (!header) {
    return tl::unexpected(header.error());
  }
  if (!*header || unparsed().size() < frame_header_size + (*header)->length) {
    return false;
  }
  const std::size_t size = frame_header_size + (*header)->length;
  const auto plaintext = opener->open(MutableBytes(input).subspan(parsed, size));
  if (!plaintext) {
    return tl::unexpected(plaintext.error());
  }
  frames.push_back({parsed + frame_header_size, plaintext->size(), (*header)->last});
  parsed += size;
  verified = true;
  last_received = (*header)->last;
  return true;
}

SecureStream::SecureStream(Side side, const Keyring& keys, std::string label, Hello own)
    : state_(std::make_unique<State>(side, keys, std::move(label), std::move(own))) {
  const auto& random = state_->own.random;
  SWIM_ASSERT(std::any_of(random.begin(), random.end(), [](auto byte) { return byte != 0; }));
  if (side == Side::initiator) {
    state_->output = seal_hello(keys.primary(), state_->label, side, state_->own);
  }
}

SecureStream::~SecureStream() = default;
SecureStream::SecureStream(SecureStream&&) noexcept = default;
SecureStream& SecureStream::operator=(SecureStream&&) noexcept = default;

Expected<void> SecureStream::receive(Bytes bytes) {
  State& state = *state_;
  if (state.dead) {
    return fail(Errc::closed);
  }
  state.compact();
  state.input.insert(state.input.end(), bytes.begin(), bytes.end());
  for (;;) {
    const auto read = state.step();
    if (!read) {
      state.dead = true;
      // Not even what was ready before goes to somebody who failed.
      state.output.clear();
      return tl::unexpected(read.error());
    }
    if (!*read) {
      return {};
    }
  }
}

std::optional<SecureStream::Frame> SecureStream::next_frame() {
  State& state = *state_;
  if (state.dead || state.handed_out == state.frames.size()) {
    return std::nullopt;
  }
  const State::Place place = state.frames[state.handed_out++];
  state.peer_finished = place.last;
  return Frame{Bytes(state.input).subspan(place.offset, place.size), place.last};
}

Expected<void> SecureStream::send_frame(Bytes plaintext, bool last) {
  State& state = *state_;
  if (state.dead || state.last_sent) {
    return fail(Errc::closed);
  }
  if (!state.sealer) {
    return fail(Errc::not_running, "the peer's hello has not come yet");
  }
  if (plaintext.size() > limits::stream_frame_bytes_max) {
    return fail(Errc::too_large);
  }
  state.sealer->seal(plaintext, last, state.output);
  state.last_sent = last;
  return {};
}

ByteVector SecureStream::take_output() {
  return std::exchange(state_->output, {});
}

bool SecureStream::ready() const {
  return state_->peer.has_value();
}

bool SecureStream::verified() const {
  return state_->verified;
}

bool SecureStream::peer_finished() const {
  return state_->peer_finished;
}

const Hello& SecureStream::peer() const {
  SWIM_ASSERT(ready());
  return *state_->peer;
}

std::size_t SecureStream::key_index() const {
  SWIM_ASSERT(ready());
  return state_->key_index;
}

bool SecureStream::may_go_on_with(const Keyring& keys) const {
  const std::span<const Key> own = state_->keys.keys();
  const bool chosen = state_->side == Side::initiator || ready();
  const auto used = chosen ? own.subspan(state_->key_index, 1) : own;
  return std::all_of(used.begin(), used.end(), [&keys](const Key& key) {
    return std::find(keys.keys().begin(), keys.keys().end(), key) != keys.keys().end();
  });
}

}  // namespace swim::crypto
