// Messages as a cluster of ordinary pods sends them: names of 20 to 30 bytes, 48 bytes of labels.
#pragma once

#include <array>
#include <vector>

#include "core/base/limits.hpp"
#include "core/crypto/datagram_sealer.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::bench {

inline constexpr std::string_view own_name = "orders-7d9c6b5f4-x2k8p";
inline constexpr std::string_view peer_name = "orders-7d9c6b5f4-q9w4z";
inline constexpr std::uint64_t own_boot = 0x1122334455667788;
inline constexpr std::uint64_t peer_boot = 0x99AABBCCDDEEFF00;
inline constexpr std::array<std::uint8_t, 48> labels{1, 2, 3};
inline constexpr std::array<std::uint8_t, 64> payload{4, 5, 6};
// What a datagram of the default size holds when it is not sealed.
inline constexpr std::size_t packet_bytes =
    limits::datagram_bytes_default - crypto::datagram_overhead;

inline wire::Ping ping() {
  wire::Ping ping{.seq = 42,
                  .sender = own_name,
                  .sender_boot = own_boot,
                  .sender_inbox = 7,
                  .target = peer_name,
                  .target_boot = peer_boot,
                  .digest = 0x0123456789ABCDEF};
  ping.marks.items = {{{own_boot, 12}, {peer_boot, 900}}};
  ping.marks.count = 2;
  return ping;
}

inline wire::Alive alive() {
  wire::Alive alive;
  alive.descriptor = {.node = {peer_name, Endpoint::v4(10, 1, 2, 3, 7946), labels},
                      .incarnation = {1'750'000'000, peer_boot, 3},
                      .inbox = 9,
                      .sequence = 900,
                      .capabilities = wire::capability_full_sync,
                      .zone = "eu-central-1a"};
  alive.claim.incarnation = alive.descriptor.incarnation;
  return alive;
}

inline wire::Suspect suspect() {
  wire::Suspect suspect{.node = peer_name,
                        .accuser = own_name,
                        .claim = alive().claim,
                        .accuser_boot = own_boot,
                        .evidence = Evidence::silent};
  suspect.claim.suspect = true;
  return suspect;
}

inline wire::Dead dead() {
  wire::Dead dead{.node = peer_name,
                  .accuser = own_name,
                  .claim = alive().claim,
                  .accuser_boot = own_boot,
                  .evidence = Evidence::refused};
  dead.claim.terminal = Terminal::dead;
  return dead;
}

inline wire::Broadcast broadcast(std::uint64_t sequence) {
  return {.origin = peer_name,
          .origin_boot = peer_boot,
          .sequence = sequence,
          .topic = "config",
          .payload = payload};
}

// What rides behind a ping, in turns, until the packet of the default size is full.
inline std::vector<wire::Message> full_piggyback() {
  std::vector<wire::Message> messages;
  std::size_t left = packet_bytes - wire::packet_header_size("") - wire::encoded_size(ping());
  for (std::uint64_t i = 0;; ++i) {
    const std::array<wire::Message, 4> turns{alive(), suspect(), dead(), broadcast(i + 1)};
    const wire::Message& next = turns[i % turns.size()];
    if (wire::encoded_size(next) > left) {
      return messages;
    }
    left -= wire::encoded_size(next);
    messages.push_back(next);
  }
}

}  // namespace swim::bench
