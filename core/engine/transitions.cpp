#include "core/engine/transitions.hpp"

#include "core/engine/precedence.hpp"

namespace swim {

namespace {

Transition apply(const MemberState& state, const Claim& claim, const Incarnation* descriptor) {
  Transition result{.state = state};
  if (supersedes(claim, state.claim)) {
    result.state.claim = claim;
    result.claim_changed = true;
  } else {
    result.confirms = claim == state.claim && claim.suspect;
  }
  if (descriptor != nullptr && compare_descriptors(*descriptor, state.descriptor) > 0) {
    result.state.descriptor = *descriptor;
    result.descriptor_changed = true;
  }
  return result;
}

struct Statement {
  std::string_view node;
  Claim claim;
};

std::optional<Statement> statement_of(const wire::Message& message) {
  if (const auto* alive = std::get_if<wire::Alive>(&message)) {
    return Statement{alive->descriptor.node.name, alive->claim};
  }
  if (const auto* suspect = std::get_if<wire::Suspect>(&message)) {
    return Statement{suspect->node, suspect->claim};
  }
  if (const auto* dead = std::get_if<wire::Dead>(&message)) {
    return Statement{dead->node, dead->claim};
  }
  return std::nullopt;
}

}  // namespace

Transition handle_alive(const MemberState& state, const wire::Alive& message) {
  return apply(state, message.claim, &message.descriptor.incarnation);
}

Transition handle_suspect(const MemberState& state, const wire::Suspect& message) {
  return apply(state, message.claim, nullptr);
}

Transition handle_dead(const MemberState& state, const wire::Dead& message) {
  return apply(state, message.claim, nullptr);
}

MemberState merge_member_state(const MemberState& local, const MemberState& remote) {
  MemberState merged;
  merged.claim = merge_claims(local.claim, remote.claim);
  merged.descriptor = compare_descriptors(local.descriptor, remote.descriptor) >= 0
                          ? local.descriptor
                          : remote.descriptor;
  return merged;
}

bool is_behind(const MemberState& state) {
  return state.descriptor.boot != state.claim.incarnation.boot;
}

bool handle_ack(const PendingProbe& probe, const wire::Ack& ack) {
  return ack.seq == probe.seq && ack.responder == probe.target &&
         ack.responder_boot == probe.target_boot;
}

bool invalidates(const wire::Message& newer, const wire::Message& older) {
  const auto a = statement_of(newer);
  const auto b = statement_of(older);
  return a && b && a->node == b->node && supersedes(a->claim, b->claim);
}

std::optional<std::pair<std::size_t, std::size_t>> next_probe_target(
    std::size_t from, std::span<const bool> eligible) {
  const std::size_t n = eligible.size();
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t index = (from + step) % n;
    if (eligible[index]) {
      return std::pair(index, (index + 1) % n);
    }
  }
  return std::nullopt;
}

}  // namespace swim
