// What the crypto tests share: fixed keys, a counted session source, a pair of sealers, a pair of
// streams.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/datagram_sealer.hpp"
#include "core/crypto/secure_stream.hpp"

namespace swim::crypto::test {

inline Key key_of(std::uint8_t fill) {
  return *Key::from_bytes(ByteVector(key_size, fill));
}

inline ByteVector from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  ByteVector bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4U | digit(hex[i + 1])));
  }
  return bytes;
}

inline std::string to_hex(Bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

inline std::string text_of(Bytes bytes) {
  return std::string(as_text(bytes));
}

inline DrawSession counted_from(std::uint64_t first) {
  return [next = first]() mutable { return next++; };
}

// The first key after `start` whose id on the wire is that of `key`.
inline Key key_with_the_id_of(const Key& key) {
  for (std::uint32_t i = 1;; ++i) {
    ByteVector bytes(key_size, 0xEE);
    bytes[0] = static_cast<std::uint8_t>(i);
    bytes[1] = static_cast<std::uint8_t>(i >> 8U);
    const Key candidate = *Key::from_bytes(bytes);
    if (candidate.id() == key.id() && candidate != key) {
      return candidate;
    }
  }
}

inline constexpr TimePoint start_time{std::chrono::hours(1)};
inline constexpr Duration grace = std::chrono::minutes(10);

inline ByteVector seal(DatagramSealer& sealer, std::string_view text, std::uint64_t inbox) {
  ByteVector datagram(text.size() + datagram_overhead);
  std::copy(text.begin(), text.end(),
            datagram.begin() + static_cast<std::ptrdiff_t>(DatagramSealer::plaintext_offset));
  const auto sealed = sealer.seal(datagram, text.size(), inbox);
  EXPECT_TRUE(sealed.has_value());
  return datagram;
}

// The plaintext, or the error's text.
inline std::string open(DatagramSealer& sealer, ByteVector datagram, TimePoint now = start_time,
                        DerivationBudget* budget = nullptr) {
  const auto opened = sealer.open(datagram, now, budget);
  return opened ? text_of(opened->plaintext)
                : "error: " + std::string(to_string(opened.error().code));
}

// A receiver with inbox 1000 and a sender, with one key and one label.
struct SealerPair {
  explicit SealerPair(SealerBounds bounds = {})
      : sender(Keyring(key_of(1)), "prod", counted_from(1), bounds),
        receiver(Keyring(key_of(1)), "prod", counted_from(1'000'000), bounds) {
    receiver.set_inbox(inbox, start_time, grace);
  }
  static constexpr std::uint64_t inbox = 1000;
  DatagramSealer sender;
  DatagramSealer receiver;
};

inline Hello hello_of(std::string name, std::uint8_t random) {
  Hello hello;
  hello.name = std::move(name);
  hello.boot = 0x1122334455667788ULL + random;
  hello.capabilities = 0xC0FFEE;
  hello.session = 77;
  hello.random.fill(random);
  return hello;
}

inline SecureStream initiator(std::uint8_t random = 0xA1, const Keyring& keys = Keyring(key_of(1)),
                              std::string label = "prod") {
  Hello hello = hello_of("a", random);
  hello.target = "b";
  return {Side::initiator, keys, std::move(label), std::move(hello)};
}

inline SecureStream responder(std::uint8_t random = 0xB1, const Keyring& keys = Keyring(key_of(1)),
                              std::string label = "prod") {
  return {Side::responder, keys, std::move(label), hello_of("b", random)};
}

inline std::string result_of(const Expected<void>& result) {
  return result ? "ok" : std::string(to_string(result.error().code));
}

inline std::string receive(SecureStream& stream, Bytes bytes) {
  return result_of(stream.receive(bytes));
}

// All frames that are there now, a last one with a full stop.
inline std::vector<std::string> frames_of(SecureStream& stream) {
  std::vector<std::string> texts;
  while (const auto frame = stream.next_frame()) {
    texts.push_back(text_of(frame->plaintext) + (frame->last ? "." : ""));
  }
  return texts;
}

// Two streams whose hellos have crossed.
struct StreamPair {
  explicit StreamPair(std::uint8_t a_random = 0xA1, std::uint8_t b_random = 0xB1)
      : a(initiator(a_random)), b(responder(b_random)) {
    a_hello = a.take_output();
    EXPECT_EQ(receive(b, a_hello), "ok");
    b_hello = b.take_output();
    EXPECT_EQ(receive(a, b_hello), "ok");
  }
  // The bytes of one frame of `from`.
  static ByteVector frame(SecureStream& from, std::string_view text, bool last = false) {
    EXPECT_TRUE(from.send_frame(as_bytes(text), last).has_value());
    return from.take_output();
  }
  SecureStream a;
  SecureStream b;
  ByteVector a_hello;
  ByteVector b_hello;
};

}  // namespace swim::crypto::test
