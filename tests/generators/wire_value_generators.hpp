// rapidcheck generators of the values that messages are made of. Include wire_generators.hpp, which
// says what holds for all of them.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/limits.hpp"
#include "core/wire/message.hpp"

namespace swim::test {

template <class T>
rc::Gen<T> gen_number() {
  constexpr T max = std::numeric_limits<T>::max();
  return rc::gen::weightedOneOf<T>(
      {{3, rc::gen::arbitrary<T>()}, {1, rc::gen::element<T>(0, 1, max / 2, max / 2 + 1, max)}});
}

// 0 … max bytes of any value; long ones repeat, because a shrinkable tree of every byte is slow.
inline rc::Gen<ByteVector> gen_bytes(std::size_t max) {
  return rc::gen::exec([max] {
    constexpr std::size_t short_max = 32;
    const auto size = *rc::gen::weightedOneOf<std::size_t>(
        {{4, rc::gen::inRange<std::size_t>(0, std::min(max, short_max) + 1)},
         {1, rc::gen::inRange<std::size_t>(0, max + 1)},
         {1, rc::gen::element<std::size_t>(0, max)}});
    const auto seed = *rc::gen::container<ByteVector>(std::min(size, short_max),
                                                      rc::gen::arbitrary<std::uint8_t>());
    ByteVector bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = seed[i % seed.size()];
    return bytes;
  });
}

// 0 … max bytes; what a name looks like, and what it never should (NUL, bytes that are not UTF-8).
inline rc::Gen<std::string> gen_text(std::size_t max) {
  const auto any = rc::gen::map(
      gen_bytes(max), [](const ByteVector& bytes) { return std::string(as_text(bytes)); });
  const auto plain = rc::gen::map(rc::gen::inRange(0, 1000), [max](int number) {
    return ("node-" + std::to_string(number)).substr(0, max);
  });
  return rc::gen::weightedOneOf<std::string>(
      {{3, plain}, {2, any}, {1, rc::gen::element(std::string(), std::string(max, 'x'))}});
}

inline rc::Gen<std::string> gen_node_id() {
  return gen_text(limits::name_bytes_max);
}

inline rc::Gen<Incarnation> gen_incarnation() {
  return rc::gen::apply(
      [](std::uint64_t life, std::uint64_t boot, std::uint32_t count) {
        return Incarnation{life, boot, count};
      },
      gen_number<std::uint64_t>(), gen_number<std::uint64_t>(), gen_number<std::uint32_t>());
}

// The states of a member, as the claim says them: alive, suspect, leaving (suspect or not), dead,
// left. The incarnation is left out.
inline rc::Gen<Claim> gen_member_state() {
  return rc::gen::apply(
      [](Terminal terminal, bool leaving, bool suspect) {
        return Claim{{}, terminal, leaving, suspect};
      },
      rc::gen::element(Terminal::none, Terminal::none, Terminal::dead, Terminal::left),
      rc::gen::arbitrary<bool>(), rc::gen::arbitrary<bool>());
}

inline rc::Gen<Claim> gen_claim() {
  return rc::gen::apply(
      [](Claim claim, Incarnation incarnation) {
        claim.incarnation = incarnation;
        return claim;
      },
      gen_member_state(), gen_incarnation());
}

// Most notes are empty, as on a real wire.
inline rc::Gen<ClaimNote> gen_claim_note() {
  const auto number = rc::gen::oneOf(rc::gen::just<std::uint32_t>(0), gen_number<std::uint32_t>());
  const auto reason = rc::gen::element(LeftReason::none, LeftReason::none, LeftReason::goodbye,
                                       LeftReason::silent, LeftReason::forced);
  return rc::gen::apply(
      [](std::uint32_t drain, std::uint32_t drain_age, std::uint32_t age, LeftReason left) {
        return ClaimNote{drain, drain_age, age, left};
      },
      number, number, number, reason);
}

inline rc::Gen<Evidence> gen_evidence() {
  return rc::gen::element(Evidence::unknown, Evidence::silent, Evidence::refused,
                          Evidence::stalled);
}

inline rc::Gen<Endpoint> gen_endpoint() {
  return rc::gen::exec([] {
    const auto port = *gen_number<std::uint16_t>();
    const auto bytes =
        *rc::gen::container<std::array<std::uint8_t, 16>>(rc::gen::arbitrary<std::uint8_t>());
    if (*rc::gen::arbitrary<bool>())
      return Endpoint::v4(bytes[0], bytes[1], bytes[2], bytes[3], port);
    return Endpoint{bytes, port};
  });
}

inline rc::Gen<wire::Marks> gen_marks() {
  return rc::gen::exec([] {
    wire::Marks marks;
    marks.count = *rc::gen::inRange<std::uint8_t>(0, limits::marks_per_packet_max + 1);
    for (std::size_t i = 0; i < marks.count; ++i) {
      marks.items[i] = {*gen_number<std::uint64_t>(), *gen_number<std::uint64_t>()};
    }
    return marks;
  });
}

inline rc::Gen<wire::Spans> gen_spans() {
  return rc::gen::exec([] {
    wire::Spans spans;
    spans.count = *rc::gen::inRange<std::uint8_t>(0, limits::spans_per_fetch_max + 1);
    for (std::size_t i = 0; i < spans.count; ++i) {
      spans.items[i] = {*gen_number<std::uint64_t>(), *gen_number<std::uint64_t>()};
    }
    return spans;
  });
}

inline rc::Gen<wire::RequestId> gen_request_id() {
  return rc::gen::container<wire::RequestId>(rc::gen::arbitrary<std::uint8_t>());
}

}  // namespace swim::test
