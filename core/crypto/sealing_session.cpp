#include "core/crypto/sealing_session.hpp"

#include <array>

#include "core/base/assert.hpp"
#include "core/crypto/big_endian.hpp"

namespace swim::crypto {

Key datagram_key(const Key& cluster_key, std::uint64_t session) {
  // What a plain key computes covers the session already, which is in the nonce.
  if (cluster_key.plain()) {
    return cluster_key;
  }
  std::array<std::uint8_t, sizeof(session)> salt{};
  store_be(session, salt);
  return derive_key(cluster_key, salt, "datagram");
}

Nonce datagram_nonce(std::uint64_t session, std::uint32_t counter) {
  Nonce nonce{};
  store_be(session, MutableBytes(nonce).first(sizeof(session)));
  store_be(counter, MutableBytes(nonce).last(sizeof(counter)));
  return nonce;
}

SealingSession::SealingSession(const Key& cluster_key, std::uint64_t session,
                               std::uint32_t counters)
    : aead_(datagram_key(cluster_key, session)), id_(session), counters_(counters) {
  SWIM_ASSERT(session != 0 && counters > 0);
}

Nonce SealingSession::seal(Bytes aad, MutableBytes box) {
  SWIM_ASSERT(!exhausted());
  const Nonce nonce = datagram_nonce(id_, next_++);
  aead_.seal(nonce, aad, box.first(box.size() - tag_size), box);
  return nonce;
}

}  // namespace swim::crypto
