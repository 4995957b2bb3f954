// Faults of processes and machines, and the work that meets them. Those of the network are in
// fault_player_network.cpp.
#include "core/sim/fault_player.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/prng.hpp"
#include "core/sim/chance.hpp"

namespace swim::sim {

namespace {

using std::chrono::milliseconds;

constexpr Duration drain_time = std::chrono::seconds(10);
constexpr Duration exit_time = milliseconds(100);  // from the last goodbye to the exit
constexpr std::uint32_t apps_a_node = 2;
constexpr Duration restart_min = milliseconds(10);
constexpr Duration restart_max = milliseconds(800);

}  // namespace

std::vector<NodeId> FaultPlayer::regular_nodes() const {
  std::vector<NodeId> nodes = world_.nodes();
  nodes.resize(regulars());
  return nodes;
}

NodeId FaultPlayer::pick(std::uint32_t number) const {
  return static_cast<NodeId>(number % regulars());
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
  if (fault.kind >= first_of_work) {
    return apply_work(fault, subject, other);
  }
  if (fault.kind >= first_of_network) {
    return apply_to_network(fault, subject, other);
  }
  if (fault.kind == FaultKind::stall_storm || fault.kind == FaultKind::mass_restart) {
    return apply_to_all(fault);
  }
  return world_.at(subject).running() && apply_to_process(fault, subject, other);
}

bool FaultPlayer::apply_to_process(const Fault& fault, NodeId subject, NodeId other) {
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::move:
      world_.crash(subject);
      return true;
    case FaultKind::lose_host:
      world_.lose_host(subject);
      return true;
    case FaultKind::twin:
      return start_twin(subject);
    case FaultKind::pause:
    case FaultKind::sleep:
      world_.pause(subject, fault.kind == FaultKind::sleep);
      return true;
    case FaultKind::starve:
      world_.starve(subject, Starvation{.late_min = milliseconds(fault.amount / 4),
                                        .late_max = milliseconds(fault.amount)});
      return true;
    case FaultKind::block:
      world_.block(subject);
      return true;
    case FaultKind::wall_clock: {
      // Off by so much, however far off it was: a joiner more than 24 h ahead is refused for good.
      const auto off = std::chrono::seconds(fault.amount);
      world_.shift_wall_clock(
          subject, (fault.amount % 2 == 0 ? off : -off) - world_.at(subject).wall_skew());
      return true;
    }
    case FaultKind::drift: {
      const auto ppm = static_cast<std::int32_t>(fault.amount);
      world_.drift_wall_clock(subject, fault.amount % 2 == 0 ? ppm : -ppm);
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

std::vector<NodeId> FaultPlayer::in_a_row(const Fault& fault) const {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 0; i < std::min(fault.amount, regulars()); ++i) {
    nodes.push_back(pick(fault.subject + i));
  }
  return nodes;
}

bool FaultPlayer::apply_to_all(const Fault& fault) {
  std::size_t hit = 0;
  if (fault.kind == FaultKind::stall_storm) {
    for (const NodeId node : in_a_row(fault)) {
      if (world_.at(node).running()) {
        world_.pause(node);
        ++hit;
      }
    }
    return hit > 0;
  }
  Prng prng(fault.amount);
  for (const NodeId node : regular_nodes()) {
    const Duration down = between(prng, Duration::zero(), fault.lasts);
    const Duration up = down + between(prng, restart_min, restart_max);
    hit += world_.at(node).exists() ? 1 : 0;
    world_.after(down, [this, node] {
      if (!over_ && world_.at(node).exists()) {
        world_.crash(node);
      }
    });
    world_.after(up, [this, node] {
      if (!over_) {
        start(node);
      }
    });
  }
  return hit > 0;
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

bool FaultPlayer::start_twin(NodeId subject) {
  auto found = twins_.find(subject);
  if (found == twins_.end()) {
    const NodeOptions& options = world_.at(subject).options();
    const NodeId twin = world_.add_node(options.name, {.metadata = "twin", .seeds = options.seeds});
    found = twins_.emplace(subject, twin).first;
  }
  if (world_.at(found->second).exists()) {
    return false;
  }
  world_.start(found->second);
  return true;
}

void FaultPlayer::start(NodeId node) {
  if (!world_.at(node).exists()) {
    world_.start(node);
  }
}

void FaultPlayer::resume(NodeId node) {
  if (world_.at(node).state() == Node::State::paused) {
    world_.resume(node);
  }
}

void FaultPlayer::unblock(NodeId node) {
  if (world_.at(node).exists() && world_.at(node).blocked()) {
    world_.unblock(node);
  }
}

void FaultPlayer::move(NodeId subject) {
  if (!world_.at(subject).exists()) {
    const auto number = static_cast<std::uint16_t>(++serial_);
    world_.restart_at(subject, Endpoint::v4(10, 200, static_cast<std::uint8_t>(number >> 8U),
                                            static_cast<std::uint8_t>(number), 7946));
  }
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
    case FaultKind::app:
      return apply_to_app(fault, subject);
    default:
      return false;
  }
}

bool FaultPlayer::apply_to_app(const Fault& fault, NodeId subject) {
  const std::string app = "app" + std::to_string(fault.amount % apps_a_node);
  switch (fault.amount / apps_a_node % 3) {
    case 0:
      return world_.detach(subject, app);
    case 1:
      return world_.lose(subject, app);
    default:
      return world_.attach(subject, app).has_value();
  }
}

void FaultPlayer::end(const Fault& fault) {
  const NodeId subject = pick(fault.subject);
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::lose_host:
    case FaultKind::leave:
      return start(subject);
    case FaultKind::move:
      return move(subject);
    case FaultKind::twin:
      if (world_.at(twins_.at(subject)).exists()) {
        world_.crash(twins_.at(subject));
      }
      return;
    case FaultKind::pause:
    case FaultKind::sleep:
      return resume(subject);
    case FaultKind::starve:
      return world_.starve(subject, std::nullopt);
    case FaultKind::block:
      return unblock(subject);
    case FaultKind::drift:
      return world_.drift_wall_clock(subject, 0);
    case FaultKind::stall_storm:
      std::ranges::for_each(in_a_row(fault), [this](NodeId node) { resume(node); });
      return;
    case FaultKind::drain:
      if (world_.at(subject).running()) {
        static_cast<void>(world_.cancel_drain(subject));  // refused where it has left meanwhile
      }
      return;
    default:
      return end_on_network(fault, subject, pick(fault.other));
  }
}

void FaultPlayer::calm() {
  over_ = true;
  world_.heal();
  world_.network() = usual_;
  world_.fail_names(false);
  for (const auto& [original, twin] : twins_) {
    if (world_.at(twin).exists()) {
      world_.crash(twin);
    }
  }
  for (const NodeId node : regular_nodes()) {
    resume(node);
    unblock(node);
    world_.starve(node, std::nullopt);
    world_.drift_wall_clock(node, 0);
    if (!world_.at(node).exists()) {
      world_.start(node);
      continue;
    }
    const Snapshot view = world_.view_of(node);
    if (view.state == NodeState::left || view.conflict) {
      world_.restart(node);  // a displaced run comes back by itself, but may take minutes
    } else if (view.state == NodeState::draining) {
      static_cast<void>(world_.cancel_drain(node));
    }
  }
}

}  // namespace swim::sim
