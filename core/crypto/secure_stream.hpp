// An authenticated byte stream over TCP, sans I/O (DESIGN §5, Streams): hello, hello, then counted
// frames, the last one marked. The bytes: hello_codec.hpp, stream_frames.hpp.
//
// Nothing in a hello may be believed before the peer's first frame has verified: a recorded hello
// opens, but its sender can't make a frame. Not thread-safe. Owns its buffers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/crypto/keyring.hpp"

namespace swim::crypto {

struct Hello {
  std::string name;  // this and `target` within limits::name_bytes_max
  std::uint64_t boot{};
  std::uint32_t capabilities{};
  std::uint64_t session{};  // the current datagram session of its sender
  std::string target;       // whom the initiator means to reach; empty = whoever is there
  // Filled by the caller from its random source, anew for each stream: it is what keeps a recorded
  // conversation from being played again. All zero (forgotten) ends the process.
  std::array<std::uint8_t, 16> random{};
};

enum class Side : std::uint8_t { initiator, responder };

class SecureStream {
 public:
  // The initiator's hello is ready in take_output() at once, under the primary key; the responder's
  // after the peer's has opened, under the same key.
  SecureStream(Side side, const Keyring& keys, std::string label, Hello own);
  ~SecureStream();
  SecureStream(SecureStream&&) noexcept;
  SecureStream& operator=(SecureStream&&) noexcept;

  // Feeds received bytes, cut in any way. Call next_frame() until it gives nothing before the next
  // call: what was not taken stays in memory. After an error the stream is dead, gives no frame any
  // more and must be closed without an answer. Errors: bad_magic (not a hello), too_large,
  // unknown_key, decryption_failed, malformed, closed (bytes after the last frame, or a dead
  // stream).
  Expected<void> receive(Bytes bytes);

  // The next whole frame that verified: its plaintext, valid until the next call of this or
  // receive(). nullopt = need more.
  struct Frame {
    Bytes plaintext;
    bool last{};
  };
  std::optional<Frame> next_frame();

  // Seals one frame into the output. Only once ready() (the peer's hello has opened).
  // Errors: not_running (not ready), too_large (limits::stream_frame_bytes_max), closed (after a
  // last one, or a dead stream).
  Expected<void> send_frame(Bytes plaintext, bool last = false);

  // Bytes to write to the socket, moved out. Empty when there is nothing.
  ByteVector take_output();

  bool ready() const;     // keys are there: frames may be sent
  bool verified() const;  // a frame of the peer has verified: its hello may be believed
  bool peer_finished()
      const;  // the peer's last frame was handed out; else an end of stream cut it short
  const Hello& peer() const;      // only once ready()
  std::size_t key_index() const;  // in the keyring at construction; 0 = primary. Only once ready()
  // Are all keys that it uses, or may still choose, in `keys`? A stream ends with its key: close it
  // if not.
  bool may_go_on_with(const Keyring& keys) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swim::crypto
