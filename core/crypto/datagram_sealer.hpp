// Sealing and opening of datagrams (DESIGN §5, Datagram, Sessions, Inbox):
//
//   type(1) key-id(1) | nonce = session(8) ‖ counter(4) | ciphertext | tag(16)        30 bytes in all
//   key = HKDF(cluster key, "datagram", session)
//   AAD = type ‖ key-id ‖ cluster label ‖ receiver's inbox id (8, big-endian, not on the wire)
//
// Not thread-safe; lives with the engine. Sealing and opening for a known session allocate nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/crypto/keyring.hpp"

namespace swim::crypto {

inline constexpr std::size_t datagram_overhead = 2 + overhead;
// ≥ 0x20 and ≠ 0xF4, so that it is never taken for a memberlist packet.
inline constexpr std::uint8_t datagram_type = 0x53;

// Draws a fresh session id; random in production, counted in the simulator. Never 0, never twice.
using DrawSession = std::function<std::uint64_t()>;

struct Opened {
  MutableBytes plaintext;    // inside the datagram that was handed in
  std::uint64_t session{};
  std::size_t key_index{};   // 0 = primary
};

class DatagramSealer {
 public:
  DatagramSealer(Keyring keys, std::string label, DrawSession draw_session);
  ~DatagramSealer();
  DatagramSealer(DatagramSealer&&) noexcept;
  DatagramSealer& operator=(DatagramSealer&&) noexcept;

  // Where the plaintext must be written: out.subspan(plaintext_offset).
  static constexpr std::size_t plaintext_offset = 2 + nonce_size;
  // Seals `size` plaintext bytes that stand at `plaintext_offset` in `datagram`, in place, for the
  // receiver's inbox. Returns the whole datagram. Errors: buffer_too_small.
  Expected<Bytes> seal(MutableBytes datagram, std::size_t size, std::uint64_t inbox);

  // Opens in place for any of our own inboxes that is still good. A session enters the table only after
  // authentication; a counter seen before, or older than the window, is refused.
  // Errors: too_short, bad_tag (another type byte), unknown_key, decryption_failed (wrong key, label or
  // inbox: alike by design), replayed, session_table_full.
  Expected<Opened> open(MutableBytes datagram, TimePoint now);

  // Our own inboxes: the current one opens until replaced and `grace` has passed (DESIGN: 10 minutes).
  void set_inbox(std::uint64_t inbox, TimePoint now, Duration grace);
  std::uint64_t inbox() const;

  // Takes effect at once: a new session starts when the primary changed, derived keys of keys that are
  // gone are dropped with them.
  void set_keyring(Keyring keys);
  const Keyring& keyring() const;
  const std::string& label() const;

  std::uint64_t session() const;       // the current sending session
  std::size_t sessions() const;        // known receiving sessions

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swim::crypto
