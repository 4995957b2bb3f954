// The session under which we seal: a key of our own for each, and a counter, so that no nonce comes
// twice. Private to core/crypto. Not thread-safe. No errors.
#pragma once

#include <cstdint>

#include "core/crypto/aead.hpp"

namespace swim::crypto {

// The key of one sender's session: everybody who has the cluster key and the session id has it.
Key datagram_key(const Key& cluster_key, std::uint64_t session);

// session(8) ‖ counter(4)
Nonce datagram_nonce(std::uint64_t session, std::uint32_t counter);

class SealingSession {
 public:
  // `session` must never have been used with this key. It ends after `counters` seals.
  SealingSession(const Key& cluster_key, std::uint64_t session, std::uint32_t counters);

  std::uint64_t id() const { return id_; }
  bool exhausted() const { return next_ >= counters_; }
  // Seals `plaintext` in place in front of its tag: `box` holds both. Returns the nonce used. Must
  // not be exhausted.
  Nonce seal(Bytes aad, MutableBytes box);

 private:
  Aead aead_;
  std::uint64_t id_;
  std::uint32_t counters_;
  std::uint32_t next_{};
};

}  // namespace swim::crypto
