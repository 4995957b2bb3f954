// Messages and values out of a fuzzer's bytes: few names, boots, lives and addresses, so that they
// meet, and now and then a number at the edge of its type.
#pragma once

#include <array>
#include <limits>
#include <vector>

#include "core/crypto/checksum.hpp"
#include "core/wire/message.hpp"
#include "tests/fuzz/crypto/checks.hpp"

namespace swim::fuzz {

using crypto::test::require;
using crypto::test::Script;

inline constexpr std::array<std::string_view, 4> names{"self", "b", "c", "d"};
inline constexpr std::uint64_t start_life = 1'750'000'000;
inline constexpr std::uint64_t own_boot = 2;   // as drawn after the session
inline constexpr std::uint64_t own_inbox = 3;  // and next
inline constexpr std::uint64_t peer_inbox = 0x77;

class ScriptedValues {
 public:
  explicit ScriptedValues(Script& script) : script_(script) {}

  std::string_view name() { return names[script_.byte() % names.size()]; }
  // Mostly below `usual`; else near the end of the type.
  template <class T>
  T number(std::uint8_t usual) {
    const std::uint8_t drawn = script_.byte();
    if (drawn < 0xF0) {
      return static_cast<T>(drawn % usual);
    }
    return static_cast<T>(std::numeric_limits<T>::max() - (drawn & 0x07U));
  }
  std::uint64_t boot() { return number<std::uint64_t>(6); }
  std::uint32_t seq() { return number<std::uint32_t>(32); }
  std::uint64_t inbox() {
    const auto drawn = number<std::uint64_t>(8);
    return drawn < 6 ? peer_inbox : drawn;
  }
  Endpoint address() {
    const std::uint8_t drawn = script_.byte();
    return drawn == 0xFF ? Endpoint{}
                         : Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(drawn % 6), 7946);
  }
  Incarnation incarnation() {
    const auto life = number<std::uint64_t>(5);
    return {life < 5 ? start_life + life : life, boot(), number<std::uint32_t>(4)};
  }
  Claim claim() {
    const std::uint8_t flags = script_.byte();
    return {.incarnation = incarnation(),
            .terminal = static_cast<Terminal>((flags & 3U) % 3),
            .leaving = (flags & 4U) != 0,
            .suspect = (flags & 8U) != 0};
  }
  ClaimNote note() {
    return {number<std::uint32_t>(200), number<std::uint32_t>(200), number<std::uint32_t>(200),
            static_cast<LeftReason>(script_.byte() % 4)};
  }
  wire::Alive alive() {
    wire::Alive alive{.claim = claim(), .note = note()};
    alive.descriptor.node = {name(), address(), script_.piece(script_.byte() % 8)};
    alive.descriptor.incarnation =
        script_.byte() % 4 == 0 ? incarnation() : alive.claim.incarnation;
    alive.descriptor.inbox = inbox();
    alive.descriptor.sequence = number<std::uint64_t>(8);
    alive.descriptor.capabilities = number<std::uint32_t>(4);
    alive.descriptor.stall_ms = number<std::uint32_t>(8);
    return alive;
  }
  wire::Suspect suspect() {
    wire::Suspect suspect{.node = name(), .accuser = name(), .claim = claim(), .note = note()};
    suspect.accuser_boot = boot();
    suspect.evidence = static_cast<Evidence>(script_.byte() % 4);
    suspect.claim.suspect = true;
    suspect.claim.terminal = Terminal::none;
    return suspect;
  }
  wire::Dead dead() {
    wire::Dead dead{.node = name(), .accuser = name(), .claim = claim(), .note = note()};
    dead.accuser_boot = boot();
    dead.evidence = static_cast<Evidence>(script_.byte() % 4);
    dead.claim.terminal = script_.byte() % 2 == 0 ? Terminal::dead : Terminal::left;
    return dead;
  }
  wire::Ping ping() {
    wire::Ping ping{.seq = seq(), .sender = name(), .sender_boot = boot(), .sender_inbox = inbox()};
    ping.target = script_.byte() % 4 == 0 ? name() : names[0];
    ping.target_boot = script_.byte() % 4 == 0 ? boot() : own_boot;
    ping.digest = boot();
    ping.marks.count = script_.byte() % 5;
    for (std::size_t i = 0; i < ping.marks.count; ++i) {
      ping.marks.items[i] = {boot(), number<std::uint64_t>(8)};
    }
    return ping;
  }
  wire::RequestId request_id() {
    wire::RequestId id{};
    id[0] = script_.byte() % 4;
    return id;
  }

  // What travels in datagrams.
  wire::Message datagram_message() {
    switch (script_.byte() % 13) {
      case 0:
      case 1:
        return ping();
      case 2:
        return wire::PingReq{seq(), name(), name(), boot(), inbox(), address(), boot(), inbox()};
      case 3: {
        wire::Ack ack{.seq = seq(), .responder = name()};
        ack.responder_boot = boot();
        ack.digest = boot();
        return ack;
      }
      case 4:
        return wire::Nack{seq(), name(), boot(), static_cast<wire::NackReason>(script_.byte() % 3)};
      case 5:
        return broadcast();
      case 6:
        return wire::Verdict{seq(), name(), boot(), name(), claim(), note()};
      case 7:
        return suspect();
      case 12:
        return wire::Confirm{name(), boot()};
      case 8:
        return dead();
      case 9:
        return wire::UserMsg{"t",    script_.piece(script_.byte() % 8),           name(),
                             boot(), script_.byte() % 4 == 0 ? boot() : own_boot, request_id()};
      default:
        return alive();
    }
  }

  // What travels in streams; records as well.
  wire::Message stream_message() {
    switch (script_.byte() % 10) {
      case 0:
        return wire::JoinRequest{start_life + number<std::uint64_t>(200)};
      case 1: {
        const auto code = static_cast<wire::JoinCode>(script_.byte() % 4);
        return wire::JoinVerdict{code, "text", script_.byte() % 2 == 0, claim(),
                                 number<std::uint64_t>(8)};
      }
      case 2:
        return wire::SyncBegin{wire::SyncMode::full, number<std::uint32_t>(8), boot()};
      case 3:
        return wire::SyncEnd{number<std::uint32_t>(8)};
      case 4:
      case 5:
        return send_request();
      case 6:
        return wire::SendReply{request_id(), static_cast<wire::SendCode>(script_.byte() % 5)};
      case 9:
        return pull();
      default:
        return datagram_message();
    }
  }

 private:
  wire::Message broadcast() {
    wire::Broadcast broadcast{.origin = name(), .origin_boot = boot()};
    broadcast.sequence = number<std::uint64_t>(200);
    broadcast.topic = "t";
    broadcast.payload = script_.piece(script_.byte() % 16);
    if (script_.byte() % 8 != 0) {
      return broadcast;
    }
    wire::Announcement announcement{.sender_boot = boot(),
                                    .origin = broadcast.origin,
                                    .origin_boot = broadcast.origin_boot,
                                    .sequence = broadcast.sequence,
                                    .topic = broadcast.topic};
    announcement.bytes = number<std::uint32_t>(16);
    announcement.checksum = crypto::checksum_of(broadcast.payload);
    return announcement;
  }
  wire::Message pull() {
    if (script_.byte() % 2 == 0) {
      const auto first = number<std::uint64_t>(200);
      return wire::PullRequest{
          .origin_boot = boot(),
          .spans = {.items = {{{first, first + number<std::uint64_t>(3)}}}, .count = 1}};
    }
    wire::PullReply reply{.origin_boot = boot(), .sequence = number<std::uint64_t>(200)};
    reply.code = static_cast<wire::PullCode>(script_.byte() % 3);
    reply.total_bytes = number<std::uint32_t>(16);
    reply.offset = number<std::uint32_t>(16);
    reply.payload = script_.piece(script_.byte() % 16);
    return reply;
  }
  wire::SendRequest send_request() {
    wire::SendRequest request{.request_id = request_id(),
                              .target = script_.byte() % 4 == 0 ? name() : names[0]};
    request.target_boot = script_.byte() % 4 == 0 ? boot() : own_boot;
    request.topic = "t";
    request.total_bytes = number<std::uint32_t>(16);
    request.offset = number<std::uint32_t>(16);
    request.payload = script_.piece(script_.byte() % 16);
    return request;
  }

  Script& script_;
};

}  // namespace swim::fuzz
