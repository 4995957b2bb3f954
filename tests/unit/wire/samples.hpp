// One fixed example of each message, with no field at its default; tests/unit/wire/golden pins
// their bytes.
#pragma once

#include <array>
#include <ostream>
#include <string_view>
#include <vector>

#include "core/wire/message.hpp"

namespace swim::wire::test {

struct Sample {
  std::string_view name;  // of its golden file
  Message message;
  // The name of a test's parameter; without it GoogleTest prints the object's bytes.
  friend void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }
};

inline constexpr std::array<std::uint8_t, 4> payload_bytes{0xDE, 0xAD, 0xBE, 0xEF};
inline constexpr std::array<std::uint8_t, 3> metadata_bytes{0x6D, 0x65, 0x74};
inline constexpr RequestId request_id{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
inline constexpr std::uint64_t boot_a = 0xA0A1A2A3A4A5A6A7;
inline constexpr std::uint64_t boot_b = 0xB0B1B2B3B4B5B6B7;
inline constexpr std::uint64_t inbox_a = 0x1011121314151617;
inline constexpr std::uint64_t digest = 0xD0D1D2D3D4D5D6D7;
inline constexpr std::uint64_t life = 0x65000000;
inline constexpr Incarnation incarnation{life, boot_b, 7};

inline Marks sample_marks() {
  Marks marks;
  marks.items[0] = {boot_a, 5};
  marks.items[1] = {boot_b, 0x0102030405060708};
  marks.count = 2;
  return marks;
}

inline Endpoint sample_v4() {
  Endpoint endpoint{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 7}, 7946};
  return endpoint;
}

inline Endpoint sample_v6() {
  return {{0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2A}, 65535};
}

inline Alive sample_alive() {
  Alive alive;
  alive.descriptor = {.node = {"node-b", sample_v4(), metadata_bytes},
                      .incarnation = incarnation,
                      .inbox = inbox_a,
                      .sequence = 42,
                      .capabilities = capability_full_sync,
                      .stall_ms = 250,
                      .zone = "eu-1a",
                      .apps = payload_bytes};
  alive.claim = {.incarnation = incarnation};
  return alive;
}

// "api" is attached, "work" was lost as number 258 (core/wire/apps.hpp).
inline constexpr std::array<std::uint8_t, 22> apps_bytes{2,  9, 3,   'a', 'p', 'i', 0, 0, 0, 0, 0,
                                                         10, 4, 'w', 'o', 'r', 'k', 1, 0, 0, 1, 2};

inline Alive sample_alive_apps() {
  Alive alive = sample_alive();
  alive.descriptor.apps = apps_bytes;
  return alive;
}

// Suspect while it drains, its claim ahead of its descriptor: every optional part but the terminal
// ones.
inline Alive sample_alive_drain() {
  Alive alive = sample_alive();
  alive.descriptor.node.address = sample_v6();
  alive.claim = {.incarnation = {life, boot_b, 9}, .leaving = true, .suspect = true};
  alive.note = {.drain_ms = 30'000, .drain_age_ms = 1'500};
  return alive;
}

inline std::vector<Sample> seed_samples() {
  return {
      {"ping", Ping{.seq = 0x01020304,
                    .sender = "node-a",
                    .sender_boot = boot_a,
                    .sender_inbox = inbox_a,
                    .target = "node-b",
                    .target_boot = boot_b,
                    .digest = digest,
                    .marks = sample_marks()}},
      {"ping_req", PingReq{.seq = 2,
                           .target = "node-b",
                           .sender = "node-a",
                           .sender_boot = boot_a,
                           .sender_inbox = inbox_a,
                           .target_address = sample_v6(),
                           .target_boot = boot_b,
                           .target_inbox = 3}},
      {"ack", Ack{.seq = 0xFFFFFFFF,
                  .responder = "node-b",
                  .payload = Bytes(payload_bytes),
                  .responder_boot = boot_b,
                  .digest = digest,
                  .marks = sample_marks()}},
      {"ack_bare", Ack{.seq = 1, .responder = "b", .responder_boot = boot_b, .digest = digest}},
      {"alive", sample_alive()},
      {"alive_drain", sample_alive_drain()},
      {"alive_apps", sample_alive_apps()},
      {"suspect", Suspect{.node = "node-b",
                          .accuser = "node-a",
                          .claim = {.incarnation = incarnation, .suspect = true},
                          .accuser_boot = boot_a,
                          .evidence = Evidence::stalled}},
      {"dead", Dead{.node = "node-b",
                    .accuser = "node-a",
                    .claim = {.incarnation = incarnation, .terminal = Terminal::left},
                    .note = {.age_s = 61, .left_reason = LeftReason::forced},
                    .accuser_boot = boot_a,
                    .evidence = Evidence::refused}},
      {"user_msg", UserMsg{.topic = "jobs",
                           .payload = payload_bytes,
                           .origin = "node-a",
                           .origin_boot = boot_a,
                           .target_boot = boot_b,
                           .request_id = request_id}},
  };
}

inline std::vector<Sample> datagram_samples() {
  std::vector<Sample> samples = seed_samples();
  samples.push_back({"nack", Nack{.seq = 9,
                                  .responder = "node-c",
                                  .responder_boot = boot_a,
                                  .reason = NackReason::cannot_send}});
  samples.push_back({"broadcast", Broadcast{.origin = "node-a",
                                            .origin_boot = boot_a,
                                            .sequence = 77,
                                            .topic = "config",
                                            .payload = payload_bytes,
                                            .announced_bytes = 100'000}});
  samples.push_back(
      {"verdict",
       Verdict{.seq = 4,
               .responder = "node-a",
               .responder_boot = boot_a,
               .node = "node-b",
               .claim = {.incarnation = incarnation, .terminal = Terminal::dead, .suspect = true},
               .note = {.age_s = 3}}});
  samples.push_back({"spread", Spread{.others = 5}});
  samples.push_back({"announcement", Announcement{.sender_boot = boot_b,
                                                  .origin = "node-a",
                                                  .origin_boot = boot_a,
                                                  .sequence = 78,
                                                  .topic = "config",
                                                  .bytes = 100'000,
                                                  .checksum = {0xC0, 0xC1, 0xC2, 0xC3}}});
  samples.push_back({"fetch", Fetch{.sender = "node-a",
                                    .sender_boot = boot_a,
                                    .origin_boot = boot_b,
                                    .spans = {.items = {{{5, 9}, {12, 12}}}, .count = 2}}});
  samples.push_back({"confirm", Confirm{.node = "node-b", .node_boot = boot_b}});
  return samples;
}

inline std::vector<Sample> stream_samples() {
  return {
      {"join_request", JoinRequest{.proposed_life = life}},
      {"join_verdict",
       JoinVerdict{.code = JoinCode::life_too_high,
                   .text = "clock",
                   .known = true,
                   .claim = {.incarnation = incarnation, .terminal = Terminal::dead},
                   .sequence = 12}},
      {"sync_begin", SyncBegin{.mode = SyncMode::full, .records = 100, .digest = digest}},
      {"sync_begin_digest", SyncBegin{.mode = SyncMode::digest, .records = 100, .digest = digest}},
      {"sync_end", SyncEnd{.records = 100}},
      {"send_request", SendRequest{.request_id = request_id,
                                   .target = "node-b",
                                   .target_boot = boot_b,
                                   .topic = "jobs",
                                   .total_bytes = 100,
                                   .offset = 96,
                                   .payload = payload_bytes}},
      {"send_reply", SendReply{.request_id = request_id, .code = SendCode::full}},
      {"sync_item",
       SyncItem{.name_hash = digest,
                .claim = {.incarnation = {life, boot_b, 9}, .leaving = true, .suspect = true},
                .descriptor = incarnation}},
      {"sync_want", SyncWant{.name_hash = digest}},
      {"sync_mark", SyncMark{.boot = boot_b, .sequence = 4711}},
      {"pull_request",
       PullRequest{.origin_boot = boot_b, .spans = {.items = {{{5, 9}, {12, 12}}}, .count = 2}}},
      {"pull_reply", PullReply{.origin_boot = boot_b,
                               .sequence = 12,
                               .code = PullCode::here,
                               .total_bytes = 100,
                               .offset = 96,
                               .payload = payload_bytes}},
      {"pull_reply_busy", PullReply{.origin_boot = boot_b, .sequence = 9, .code = PullCode::busy}},
  };
}

inline std::vector<Sample> all_samples() {
  std::vector<Sample> samples = datagram_samples();
  for (const Sample& sample : stream_samples()) samples.push_back(sample);
  return samples;
}

}  // namespace swim::wire::test
