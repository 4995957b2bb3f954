#include "core/engine/precedence.hpp"

#include <tuple>

namespace swim {

std::strong_ordering compare_claims(const Claim& a, const Claim& b) {
  const auto key = [](const Claim& c) {
    return std::tuple(c.incarnation.life, c.incarnation.boot, c.terminal, c.incarnation.count,
                      c.leaving, c.suspect);
  };
  return key(a) <=> key(b);
}

std::strong_ordering compare_descriptors(const Incarnation& a, const Incarnation& b) {
  return std::tie(a.life, a.boot, a.count) <=> std::tie(b.life, b.boot, b.count);
}

Claim merge_claims(const Claim& a, const Claim& b) {
  return compare_claims(a, b) >= 0 ? a : b;
}

std::strong_ordering compare_runs(const Incarnation& a, const Incarnation& b) {
  return std::tie(a.life, a.boot) <=> std::tie(b.life, b.boot);
}

Claim suspected(Claim claim) {
  claim.suspect = true;
  return claim;
}

Claim declared(Claim claim, Terminal terminal) {
  claim.terminal = terminal;
  // A terminal claim is one point of the order however the member was before: otherwise two holders
  // that declare the same death would each find the other's news newer.
  claim.suspect = false;
  return claim;
}

}  // namespace swim
