// The frames of one direction of a stream (DESIGN §5, Streams). Private to core/crypto. Not
// thread-safe.
//
//   length(4) flags(1) | ciphertext ‖ tag        length: of what follows the flags; flags bit 0 =
//   the last frame key = HKDF(cluster key, salt = initiator's random ‖ responder's random,
//              info = "stream" ‖ label ‖ side of the sender(1))
//   nonce = 0(4) ‖ number of the frame(8), from 0;  AAD = length ‖ flags
//
// The number is not on the wire: a frame that is missing, repeated or moved does not verify.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/crypto/secure_stream.hpp"

namespace swim::crypto {

inline constexpr std::size_t frame_header_size = 5;

struct StreamRandoms {
  std::array<std::uint8_t, 16> initiator{};
  std::array<std::uint8_t, 16> responder{};
};

// Of what `sender` sends. Fresh as long as one of the two randoms is.
Key frame_key(const Key& cluster_key, std::string_view label, const StreamRandoms& randoms,
              Side sender);

struct FrameHeader {
  std::size_t length{};  // of the box
  bool last{};
};

// Before anything is kept or allocated for the frame. nullopt = more bytes are needed.
// Errors: too_large (limits::stream_frame_bytes_max), malformed (shorter than a tag, unknown flag).
Expected<std::optional<FrameHeader>> read_frame_header(Bytes bytes);

class FrameSealer {
 public:
  explicit FrameSealer(const Key& key) : aead_(key) {}
  // Appends one frame to `out`. `plaintext` must be within limits::stream_frame_bytes_max.
  void seal(Bytes plaintext, bool last, ByteVector& out);

 private:
  Aead aead_;
  std::uint64_t next_{};
};

class FrameOpener {
 public:
  explicit FrameOpener(const Key& key) : aead_(key) {}
  // Opens the next frame in place: `frame` = header and box. Returns the plaintext, inside of it.
  // Errors: decryption_failed.
  Expected<MutableBytes> open(MutableBytes frame);

 private:
  Aead aead_;
  std::uint64_t next_{};
};

}  // namespace swim::crypto
