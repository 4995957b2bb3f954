// Sealing and opening of datagrams (DESIGN §5, Datagram, Sessions, Inbox):
//
//   type(1) key-id(1) | nonce = session(8) ‖ counter(4) | ciphertext | tag(16)        30 bytes in
//   all key = HKDF(cluster key, salt = session, info = "datagram") AAD = type ‖ key-id ‖ cluster
//   label ‖ receiver's inbox id (8, not on the wire)
//
// All numbers big-endian. Not thread-safe; lives with the engine. Sealing and opening for a known
// session allocate nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/limits.hpp"
#include "core/base/time.hpp"
#include "core/crypto/keyring.hpp"

namespace swim::crypto {

inline constexpr std::size_t datagram_overhead = 2 + overhead;
// ≥ 0x20 and ≠ 0xF4, so that it is never taken for a memberlist packet.
inline constexpr std::uint8_t datagram_type = 0x53;

// Draws a fresh session id; random in production, counted in the simulator. Never 0, never twice.
using DrawSession = std::function<std::uint64_t()>;

struct Opened {
  MutableBytes plaintext;  // inside the datagram that was handed in
  std::uint64_t session{};
  std::size_t key_index{};  // 0 = primary
};

// Bounds that a test makes small.
struct SealerBounds {
  std::size_t sessions = limits::sessions_max;
  std::uint32_t session_counters = limits::session_counter_max;
};

// Only ever grow.
struct SealerCounts {
  std::uint64_t derivations{};       // receive keys derived for sessions that had none
  std::uint64_t refused_sessions{};  // datagrams of unknown sessions refused by a full table
  std::uint64_t replayed{};          // datagrams refused by a window
};

// Says whether a key may be derived now for a session that has none; made by the caller for the
// source of one datagram.
class DerivationBudget {
 public:
  // Asked once for each derivation, right before it. `session` is what the datagram claims: one
  // that a verified hello named needs no pacing.
  virtual bool take(std::uint64_t session) = 0;

 protected:
  ~DerivationBudget() = default;
};

class DatagramSealer {
 public:
  DatagramSealer(Keyring keys, std::string label, DrawSession draw_session,
                 SealerBounds bounds = {});
  ~DatagramSealer();
  DatagramSealer(DatagramSealer&&) noexcept;
  DatagramSealer& operator=(DatagramSealer&&) noexcept;

  // Where the plaintext must be written: out.subspan(plaintext_offset).
  static constexpr std::size_t plaintext_offset = 2 + nonce_size;
  // Seals `size` plaintext bytes that stand at `plaintext_offset` in `datagram`, in place, for the
  // receiver's inbox. Returns the whole datagram. Errors: buffer_too_small, invalid_argument (inbox
  // 0: we don't know the receiver's).
  Expected<Bytes> seal(MutableBytes datagram, std::size_t size, std::uint64_t inbox);

  // Opens in place for any of our own inboxes that is still good. A session enters the table only
  // after authentication; a counter seen before, or older than the window, is refused. After an
  // error the datagram is as it was.
  //
  // A session without a derived key costs a derivation (microseconds) before anything is
  // authenticated: `budget` paces those, known sessions never ask it. Without one, every derivation
  // is made. Errors: too_short, bad_tag (another type byte), unknown_key, decryption_failed (wrong
  // key, label or inbox: alike by design), replayed, session_table_full (unknown session and no
  // room), rejected (the budget refused the derivation).
  Expected<Opened> open(MutableBytes datagram, TimePoint now, DerivationBudget* budget = nullptr);

  // Our own inboxes: the current one opens until replaced and `grace` has passed (DESIGN: 10
  // minutes). `inbox` must be new and not 0; the current one again changes nothing. Without any,
  // nothing opens.
  void set_inbox(std::uint64_t inbox, TimePoint now, Duration grace);
  std::uint64_t inbox() const;  // 0 = none yet
  // The session table is full and no former inbox is about to make room: draw a new inbox. False
  // again once that is done, until the former one is invalid and the table full all the same.
  bool wants_new_inbox() const;

  // Takes effect at once: a new session starts when the primary changed, derived keys of keys that
  // are gone are dropped with them.
  void set_keyring(Keyring keys);
  const Keyring& keyring() const;
  const std::string& label() const;

  std::uint64_t session() const;  // the current sending session
  std::size_t sessions() const;   // known receiving sessions
  const SealerCounts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swim::crypto
