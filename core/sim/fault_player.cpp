#include "core/sim/fault_player.hpp"

#include <algorithm>
#include <string>

#include "core/base/prng.hpp"

namespace swim::sim {

namespace {

constexpr Duration drain_time = std::chrono::seconds(10);
constexpr Duration exit_time = std::chrono::milliseconds(100);  // from the last goodbye to the exit

}  // namespace

NodeId FaultPlayer::pick(std::uint32_t number) const {
  return static_cast<NodeId>(number % static_cast<std::uint32_t>(world_.size()));
}

void FaultPlayer::play(const Schedule& schedule) {
  for (const Fault& fault : schedule) {
    world_.after(fault.at, [this, fault] { begin(fault); });
  }
}

void FaultPlayer::begin(const Fault& fault) {
  if (over_ || !apply(fault, pick(fault.subject), pick(fault.other))) {
    return;
  }
  ++counts_[static_cast<std::size_t>(fault.kind)];
  if (fault.lasts > Duration::zero()) {
    world_.after(fault.lasts, [this, fault] {
      if (!over_) {
        end(fault);
      }
    });
  }
}

bool FaultPlayer::apply(const Fault& fault, NodeId subject, NodeId other) {
  if (fault.kind < FaultKind::cut) {
    return apply_to_process(fault, subject, other);
  }
  if (fault.kind < FaultKind::wall_clock) {
    return apply_to_network(fault, subject, other);
  }
  return fault.kind < FaultKind::broadcast ? apply_to_process(fault, subject, other)
                                           : apply_work(fault, subject, other);
}

bool FaultPlayer::apply_to_process(const Fault& fault, NodeId subject, NodeId other) {
  if (!world_.at(subject).running()) {
    return false;
  }
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::move:
      world_.crash(subject);
      return true;
    case FaultKind::lose_host:
      world_.lose_host(subject);
      return true;
    case FaultKind::pause:
    case FaultKind::sleep:
      world_.pause(subject, fault.kind == FaultKind::sleep);
      return true;
    case FaultKind::wall_clock: {
      const auto seconds = std::chrono::seconds(fault.amount);
      world_.shift_wall_clock(subject, fault.amount % 2 == 0 ? seconds : -seconds);
      return true;
    }
    case FaultKind::leave:
      return leave(subject);
    case FaultKind::drain:
      return world_.drain(subject, drain_time).has_value();
    case FaultKind::force_leave:
      return world_.force_leave(subject, world_.at(other).name()).has_value();
    default:
      return false;
  }
}

// As the daemon ends: a goodbye, and the process exits when it is said.
bool FaultPlayer::leave(NodeId subject) {
  const auto operation = world_.leave(subject);
  if (!operation) {
    return false;
  }
  const RunId run = world_.at(subject).run();
  const Duration patience = world_.at(subject).options().config.leave_timeout + exit_time;
  world_.after(patience, [this, run] {
    if (world_.at(run.node).running() && world_.at(run.node).run() == run) {
      world_.stop(run.node);
    }
  });
  return true;
}

bool FaultPlayer::apply_to_network(const Fault& fault, NodeId subject, NodeId other) {
  Conditions& network = world_.network();
  switch (fault.kind) {
    case FaultKind::cut:
      world_.cut(subject, other);
      return subject != other;
    case FaultKind::cut_one_way:
      world_.cut_one_way(subject, other);
      return subject != other;
    case FaultKind::isolate:
    case FaultKind::isolate_in:
      isolate(subject, fault.kind == FaultKind::isolate, true);
      return true;
    case FaultKind::partition:
      divide(fault.amount);
      return true;
    case FaultKind::lossy_way:
      world_.topology().lose_one_way(subject, other, fault.amount);
      return subject != other;
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

bool FaultPlayer::apply_work(const Fault& fault, NodeId subject, NodeId other) {
  if (!world_.at(subject).running()) {
    return false;
  }
  const std::string text = std::to_string(++serial_);
  switch (fault.kind) {
    case FaultKind::broadcast:
      return world_.broadcast(subject, "work", text + std::string(fault.amount, '.')).has_value();
    case FaultKind::send:
      return world_.send(subject, other, "work", text).has_value();
    case FaultKind::send_datagram:
      return world_.send_datagram(subject, other, "work", text).has_value();
    case FaultKind::metadata:
      return world_.set_metadata(subject, text).has_value();
    case FaultKind::ping:
      return world_.ping(subject, other).has_value();
    default:
      return false;
  }
}

void FaultPlayer::end(const Fault& fault) {
  const NodeId subject = pick(fault.subject);
  const NodeId other = pick(fault.other);
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::lose_host:
    case FaultKind::leave:
      if (!world_.at(subject).exists()) {
        world_.start(subject);
      }
      return;
    case FaultKind::move:
      if (!world_.at(subject).exists()) {
        const auto number = static_cast<std::uint16_t>(++serial_);
        world_.restart_at(subject, Endpoint::v4(10, 200, static_cast<std::uint8_t>(number >> 8U),
                                                static_cast<std::uint8_t>(number), 7946));
      }
      return;
    case FaultKind::pause:
    case FaultKind::sleep:
      if (world_.at(subject).state() == Node::State::paused) {
        world_.resume(subject);
      }
      return;
    case FaultKind::drain:
      if (world_.at(subject).running()) {
        static_cast<void>(world_.cancel_drain(subject));  // refused where it has left meanwhile
      }
      return;
    default:
      return end_on_network(fault, subject, other);
  }
}

void FaultPlayer::end_on_network(const Fault& fault, NodeId subject, NodeId other) {
  Conditions& network = world_.network();
  switch (fault.kind) {
    case FaultKind::cut:
      return world_.mend(subject, other);
    case FaultKind::cut_one_way:
      return world_.topology().mend_one_way(subject, other);
    case FaultKind::isolate:
    case FaultKind::isolate_in:
      return isolate(subject, fault.kind == FaultKind::isolate, false);
    case FaultKind::partition:
      return world_.topology().unite();
    case FaultKind::lossy_way:
      return world_.topology().lose_one_way(subject, other, 0);
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
    default:
      return;
  }
}

void FaultPlayer::calm() {
  over_ = true;
  world_.heal();
  world_.network() = usual_;
  for (const NodeId node : world_.nodes()) {
    if (world_.at(node).state() == Node::State::paused) {
      world_.resume(node);
    }
    if (!world_.at(node).exists()) {
      world_.start(node);
    } else if (world_.view_of(node).state == NodeState::draining) {
      static_cast<void>(world_.cancel_drain(node));
    } else if (world_.view_of(node).state == NodeState::left) {
      world_.restart(node);
    }
  }
}

}  // namespace swim::sim
