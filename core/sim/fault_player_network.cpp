// Faults of the network, and their ends.
#include <algorithm>

#include "core/base/prng.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/fault_player.hpp"

namespace swim::sim {

namespace {

using std::chrono::milliseconds;

constexpr Duration flap_min = milliseconds(20);
constexpr Duration sides_flap_min = milliseconds(200);

// How long a flapping link or partition stays as it is.
Duration period_of(const Fault& fault) {
  if (fault.kind == FaultKind::flapping_link) {
    return std::max<Duration>(milliseconds(fault.amount), flap_min);
  }
  return sides_flap_min + milliseconds(fault.amount % 2'000);
}

}  // namespace

bool FaultPlayer::apply_to_network(const Fault& fault, NodeId subject, NodeId other) {
  switch (fault.kind) {
    case FaultKind::isolate:
    case FaultKind::isolate_in:
      isolate(subject, fault.kind == FaultKind::isolate, true);
      return true;
    case FaultKind::partition:
      divide(fault.amount);
      return true;
    case FaultKind::flapping_partition:
      flap(fault, world_.now() + fault.lasts, true);
      return true;
    case FaultKind::lossy_out:
      world_.topology().lose_outgoing(subject, fault.amount);
      return true;
    case FaultKind::lossy_in:
      world_.topology().lose_incoming(subject, fault.amount);
      return true;
    case FaultKind::lossy_zone:
      lose_between_zones(subject, other, fault.amount);
      return true;
    case FaultKind::far_zones:
      world_.topology().delay_zones(subject, other, std::chrono::microseconds(fault.amount));
      return true;
    case FaultKind::names_fail:
      world_.fail_names(true);
      return true;
    default:
      return apply_to_links(fault, subject, other) || apply_to_conditions(fault);
  }
}

bool FaultPlayer::apply_to_links(const Fault& fault, NodeId subject, NodeId other) {
  switch (fault.kind) {
    case FaultKind::cut:
      world_.cut(subject, other);
      return subject != other;
    case FaultKind::cut_one_way:
      world_.cut_one_way(subject, other);
      return subject != other;
    case FaultKind::flapping_link:
      flap(fault, world_.now() + fault.lasts, true);
      return subject != other;
    case FaultKind::clog:
      world_.topology().clog_one_way(subject, other, world_.now() + fault.lasts);
      return subject != other;
    case FaultKind::lossy_way:
      world_.topology().lose_one_way(subject, other, fault.amount);
      return subject != other;
    default:
      return false;
  }
}

bool FaultPlayer::apply_to_conditions(const Fault& fault) {
  Conditions& network = world_.network();
  switch (fault.kind) {
    case FaultKind::loss:
      network.loss_ppm = fault.amount;
      return true;
    case FaultKind::duplicates:
      network.duplicate_ppm = fault.amount;
      return true;
    case FaultKind::reordering:
      network.reorder_ppm = fault.amount;
      return true;
    case FaultKind::corruption:
      network.corrupt_ppm = fault.amount;
      return true;
    case FaultKind::slow_network:
      network.latency_max = std::chrono::microseconds(fault.amount);
      return true;
    case FaultKind::long_tail:
      network.tail_ppm = fault.amount;
      return true;
    default:
      return false;
  }
}

void FaultPlayer::isolate(NodeId subject, bool outwards, bool cut) {
  Topology& topology = world_.topology();
  for (const NodeId node : world_.nodes()) {
    if (node == subject) {
      continue;
    }
    cut ? topology.cut_one_way(node, subject) : topology.mend_one_way(node, subject);
    if (outwards) {
      cut ? topology.cut_one_way(subject, node) : topology.mend_one_way(subject, node);
    }
  }
}

void FaultPlayer::divide(std::uint32_t seed) {
  Prng prng(seed);
  std::vector<NodeId> side;
  for (const NodeId node : world_.nodes()) {
    if (prng.below(2) == 0) {
      side.push_back(node);
    }
  }
  world_.partition(side);
}

// Within one zone too, where both are of the same.
void FaultPlayer::lose_between_zones(NodeId subject, NodeId other, std::uint32_t ppm) {
  const std::string here = world_.at(subject).options().zone;
  const std::string there = world_.at(other).options().zone;
  for (const NodeId a : world_.nodes()) {
    for (const NodeId b : world_.nodes()) {
      if (a != b && world_.at(a).options().zone == here && world_.at(b).options().zone == there) {
        world_.topology().lose_one_way(a, b, ppm);
        world_.topology().lose_one_way(b, a, ppm);
      }
    }
  }
}

void FaultPlayer::flap(const Fault& fault, TimePoint until, bool down) {
  if (over_ || world_.now() > until) {
    return;
  }
  set_flapping(fault, down);
  world_.after(period_of(fault), [this, fault, until, down] { flap(fault, until, !down); });
}

void FaultPlayer::set_flapping(const Fault& fault, bool down) {
  const NodeId subject = pick(fault.subject);
  const NodeId other = pick(fault.other);
  if (fault.kind == FaultKind::flapping_link) {
    down ? world_.cut(subject, other) : world_.mend(subject, other);
  } else if (down) {
    divide(fault.amount);
  } else {
    world_.topology().unite();
  }
}

void FaultPlayer::end_on_network(const Fault& fault, NodeId subject, NodeId other) {
  switch (fault.kind) {
    case FaultKind::cut:
      return world_.mend(subject, other);
    case FaultKind::cut_one_way:
      return world_.topology().mend_one_way(subject, other);
    case FaultKind::flapping_link:
    case FaultKind::flapping_partition:
      return set_flapping(fault, false);
    case FaultKind::isolate:
    case FaultKind::isolate_in:
      return isolate(subject, fault.kind == FaultKind::isolate, false);
    case FaultKind::partition:
      return world_.topology().unite();
    case FaultKind::lossy_way:
      return world_.topology().lose_one_way(subject, other, 0);
    case FaultKind::lossy_out:
      return world_.topology().lose_outgoing(subject, 0);
    case FaultKind::lossy_in:
      return world_.topology().lose_incoming(subject, 0);
    case FaultKind::lossy_zone:
      return lose_between_zones(subject, other, 0);
    case FaultKind::far_zones:
      return world_.topology().delay_zones(subject, other, Duration::zero());
    case FaultKind::names_fail:
      return world_.fail_names(false);
    default:
      return end_of_conditions(fault.kind);
  }
}

void FaultPlayer::end_of_conditions(FaultKind kind) {
  Conditions& network = world_.network();
  switch (kind) {
    case FaultKind::loss:
      network.loss_ppm = usual_.loss_ppm;
      return;
    case FaultKind::duplicates:
      network.duplicate_ppm = usual_.duplicate_ppm;
      return;
    case FaultKind::reordering:
      network.reorder_ppm = usual_.reorder_ppm;
      return;
    case FaultKind::corruption:
      network.corrupt_ppm = usual_.corrupt_ppm;
      return;
    case FaultKind::slow_network:
      network.latency_max = usual_.latency_max;
      return;
    case FaultKind::long_tail:
      network.tail_ppm = usual_.tail_ppm;
      return;
    default:
      return;
  }
}

}  // namespace swim::sim
