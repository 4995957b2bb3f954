#include "core/engine/digest.hpp"

#include "core/engine/precedence.hpp"

namespace swim {

namespace {

// The finalizer of MurmurHash3: a bijection in which every bit of the input moves half of the
// output.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 33U;
  x *= 0xFF51AFD7ED558CCDULL;
  x ^= x >> 33U;
  x *= 0xC4CEB9FE1A85EC53ULL;
  x ^= x >> 33U;
  return x;
}

constexpr std::uint64_t folded(std::uint64_t hash, std::uint64_t value) {
  return mix(hash * 0x9E3779B97F4A7C15ULL + value + 1);
}

std::uint64_t folded(std::uint64_t hash, const Incarnation& incarnation) {
  return folded(folded(folded(hash, incarnation.life), incarnation.boot), incarnation.count);
}

}  // namespace

std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = name.size();
  while (!name.empty()) {
    std::uint64_t word = 0;
    const std::string_view part = name.substr(0, 8);
    for (const char c : part) {
      word = word << 8U | static_cast<std::uint8_t>(c);
    }
    hash = folded(hash, word);
    name.remove_prefix(part.size());
  }
  return mix(hash);
}

std::uint64_t record_digest(std::string_view name, const MemberState& state) {
  const Claim& claim = state.claim;
  if (claim.incarnation.boot == 0 || is_terminal(claim)) {
    return 0;
  }
  const std::uint64_t how = (claim.leaving ? 1U : 0U) | (claim.suspect ? 2U : 0U);
  return folded(folded(folded(name_hash(name), claim.incarnation), how), state.descriptor);
}

}  // namespace swim
