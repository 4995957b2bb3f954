// An authenticated byte stream over TCP, sans I/O (DESIGN §5, Streams): hello, hello, then counted frames.
//
//   hello = type(1) key-id(1) length(u16) | nonce(12) ‖ box, sealed with HKDF(cluster key, "hello")
//           AAD = clear header ‖ label ‖ direction;  inside: random(16) name boot capabilities session
//           target-name, then unknown trailing fields are skipped
//   frame = length(u32) flags(1) | box, key = HKDF(cluster key, both randoms, "stream" ‖ label ‖ direction),
//           nonce = the frame's number; AAD = length ‖ flags; flags bit 0 = the last frame of this direction
//
// Nothing in a hello may be believed before the peer's first frame has verified: a recorded hello opens, but
// its sender can't make a frame. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/crypto/keyring.hpp"

namespace swim::crypto {

struct Hello {
  std::string name;
  std::uint64_t boot{};
  std::uint32_t capabilities{};
  std::uint64_t session{};   // the current datagram session of its sender
  std::string target;        // whom the initiator means to reach; empty = whoever is there
  std::array<std::uint8_t, 16> random{};  // filled by the caller from its random source
};

enum class Side : std::uint8_t { initiator, responder };

class SecureStream {
 public:
  // The initiator's hello is ready in take_output() at once; the responder's after the peer's has opened.
  SecureStream(Side side, const Keyring& keys, std::string label, Hello own);
  ~SecureStream();
  SecureStream(SecureStream&&) noexcept;
  SecureStream& operator=(SecureStream&&) noexcept;

  // Feeds received bytes. After an error the stream is dead and must be closed without an answer.
  // Errors: bad_magic (not a hello), too_large, unknown_key, decryption_failed, malformed, closed (bytes
  // after the last frame).
  Expected<void> receive(Bytes bytes);

  // The next whole frame that verified: its plaintext, valid until the next call. nullopt = need more.
  struct Frame {
    Bytes plaintext;
    bool last{};
  };
  std::optional<Frame> next_frame();

  // Seals one frame into the output. Only once ready() (the peer's hello has opened).
  // Errors: not_running (not ready), too_large (limits::stream_frame_bytes_max), closed (after a last one).
  Expected<void> send_frame(Bytes plaintext, bool last = false);

  // Bytes to write to the socket, moved out. Empty when there is nothing.
  ByteVector take_output();

  bool ready() const;            // keys are there: frames may be sent
  bool verified() const;         // a frame of the peer has verified: its hello may be believed
  bool peer_finished() const;    // the peer's last frame was handed out
  const Hello& peer() const;     // only once ready()
  std::size_t key_index() const; // in the keyring at construction; 0 = primary. Only once ready()

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swim::crypto
