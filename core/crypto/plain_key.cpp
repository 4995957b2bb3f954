#include "core/crypto/plain_key.hpp"

#include <bit>
#include <cstring>

#include "core/base/assert.hpp"
#include "core/crypto/big_endian.hpp"

namespace swim::crypto {

namespace {

__extension__ using Wide = unsigned __int128;

// Both halves of the product: with the lower one alone, what differs in a word's upper bits stays
// there, and a few bits that flip further on can take it back.
std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
  const Wide product = Wide{state ^ word} * 0x9E3779B97F4A7C15U;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t word_at(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// The last `left` bytes, fewer than a word, the first of them lowest.
std::uint64_t rest_of(Bytes bytes, std::size_t left) {
  if (std::endian::native == std::endian::little && left > 0 && bytes.size() >= 8) {
    return word_at(bytes.data() + bytes.size() - 8) >> (8 * (8 - left));
  }
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < left; ++i) {
    rest |= std::uint64_t{bytes[bytes.size() - left + i]} << (8 * i);
  }
  return rest;
}

}  // namespace

// Two lanes, so that one multiplication need not wait for the other.
std::uint64_t checksum(std::uint64_t start, Bytes bytes) {
  std::uint64_t even = start ^ bytes.size();
  std::uint64_t odd = ~start;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 16; left -= 16, at += 16) {
    even = mixed(even, word_at(at));
    odd = mixed(odd, word_at(at + 8));
  }
  if (left >= 8) {
    even = mixed(even, word_at(at));
    left -= 8;
  }
  // A step of its own for one of the lanes: what differs alike in both is not taken back either.
  return mixed(mixed(mixed(odd, rest_of(bytes, left)), bytes.size()), even);
}

Key PlainKey::derive(const Key& secret, Bytes salt, std::string_view info) {
  SWIM_ASSERT(secret.plain());
  Key key;
  key.plain_ = true;
  std::uint64_t state = checksum(checksum(checksum(0, secret.bytes()), salt), as_bytes(info));
  for (std::size_t at = 0; at < key_size; at += sizeof state) {
    store_be(state, MutableBytes(key.bytes_).subspan(at, sizeof state));
    state = mixed(state, at);
  }
  return key;
}

}  // namespace swim::crypto
