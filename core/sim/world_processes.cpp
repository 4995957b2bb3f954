// How processes of a world begin and end, and how they look for their cluster.
#include <algorithm>
#include <iterator>

#include "core/base/assert.hpp"
#include "core/crypto/plain_key.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

namespace {

constexpr Duration first_retry = std::chrono::milliseconds(250);
constexpr std::uint16_t gossip_port = 7946;

Endpoint default_address(std::size_t index) {
  return Endpoint::v4(10, static_cast<std::uint8_t>(index >> 16U),
                      static_cast<std::uint8_t>(index >> 8U), static_cast<std::uint8_t>(index),
                      gossip_port);
}

}  // namespace

NodeId World::add_node(std::string name, NodeSettings settings) {
  const auto id = static_cast<NodeId>(nodes_.size());
  const std::vector<NodeId> first{NodeId{0}};
  const crypto::Key key = settings.key.value_or(key_);
  NodeOptions options{
      .name = std::move(name),
      .address = settings.address.value_or(default_address(nodes_.size() + 1)),
      .label = settings.label.value_or(options_.label),
      .key = options_.plain ? crypto::PlainKey::of(key) : key,
      .config = settings.config.value_or(options_.config),
      .metadata = to_vector(as_bytes(settings.metadata)),
      .zone = std::move(settings.zone),
      .seeds = settings.seeds.value_or(first),
      .wall_skew = settings.wall_skew,
      .remembers = settings.remembers,
  };
  topology_.add_node();
  topology_.set_zone(id, zone_number(options.zone));
  nodes_.push_back(
      std::make_unique<Node>(id, std::move(options), static_cast<Surroundings&>(*this)));
  seeding_.emplace_back();
  listed_.emplace_back();
  boot_.push_back(0);
  checked_.push_back(0);
  return id;
}

std::uint32_t World::zone_number(const std::string& zone) {
  const auto known = std::ranges::find(zones_, zone);
  const auto number = static_cast<std::uint32_t>(known - zones_.begin());
  if (known == zones_.end()) {
    zones_.push_back(zone);
  }
  return number;
}

std::vector<NodeId> World::add_nodes(std::size_t count, const std::string& prefix) {
  std::vector<NodeId> added;
  for (std::size_t i = 0; i < count; ++i) {
    added.push_back(add_node(prefix + std::to_string(nodes_.size())));
  }
  return added;
}

void World::start(NodeId id) {
  Node& node = at(id);
  SWIM_ASSERT(!node.exists());
  ++changes_;
  ++coverage_.starts;
  note(id, "process starts", node.run().run + 1);
  topology_.set_up(id, true);
  network_.take_address(node.options().address, id);
  listed_[index_of(id)] = {};
  checked_[index_of(id)] = 0;
  if (options_.checks) {
    checkers_.on_start({id, node.run().run + 1}, node.name());
  }
  const auto started = node.start(prng_);
  SWIM_ASSERT(started);  // the settings of a world are valid
  boot_[index_of(id)] = node.engine().member(node.name())->incarnation.boot;
  boots_.emplace(boot_of(id), node.run());
  seeding_[index_of(id)] = {};
  seeding_[index_of(id)].retry = first_retry;
  queue_.push(now(), Happening::seed_timer, index_of(id), node.run().run);
}

void World::start_all() {
  for (const NodeId node : nodes()) {
    if (!at(node).exists()) {
      start(node);
    }
  }
}

// Engines are told in the same order everywhere, and watchers after each.
void World::start_acquainted() {
  start_all();
  for (const auto& node : nodes_) {
    static_cast<void>(node->engine().join({}, node->now()));
    for (const auto& other : nodes_) {
      if (other != node) {
        node->engine().acquaint(other->engine(), node->now());
      }
    }
    node->drain();
  }
}

void World::end_run(NodeId id, bool host_up) {
  Node& node = at(id);
  if (!node.exists()) {
    return;
  }
  ++changes_;
  ++coverage_.stops;
  add_stats(node.engine().stats(), coverage_);
  remember_peers(node);
  streams_.process_ended(node.run(), host_up);
  checkers_.on_end(node.run(), boot_of(id), now());
  boot_[index_of(id)] = 0;
  node.stop();
}

void World::crash(NodeId node) {
  note(node, "process crashes");
  end_run(node, true);
}

void World::lose_host(NodeId node) {
  note(node, "host is lost");
  topology_.set_up(node, false);
  end_run(node, false);
}

void World::stop(NodeId node) {
  note(node, "process exits");
  end_run(node, true);
}

void World::restart(NodeId node) {
  end_run(node, topology_.up(node));
  start(node);
}

void World::restart_at(NodeId id, const Endpoint& address) {
  end_run(id, topology_.up(id));
  network_.give_up_address(at(id).options().address, id);
  at(id).options().address = address;
  start(id);
}

void World::pause(NodeId node, bool clock_stops) {
  note(node, clock_stops ? "machine sleeps" : "process is stopped");
  at(node).pause(clock_stops);
}

void World::resume(NodeId node) {
  ++changes_;
  note(node, "wakes");
  at(node).resume();
}

void World::block(NodeId node) {
  note(node, "is blocked");
  at(node).block();
}

void World::unblock(NodeId node) {
  ++changes_;
  note(node, "is no longer blocked");
  at(node).unblock();
}

void World::starve(NodeId node, std::optional<Starvation> starvation) {
  note(node, starvation ? "is starved" : "is fed");
  at(node).starve(starvation);
}

void World::shift_wall_clock(NodeId node, Duration by) {
  note(node, "wall clock jumps");
  at(node).options().wall_skew += by;
}

void World::drift_wall_clock(NodeId node, std::int32_t ppm) {
  note(node, ppm == 0  ? "wall clock goes right"
             : ppm > 0 ? "wall clock goes fast"
                       : "wall clock goes slow");
  at(node).drift(ppm);
}

// ---- seeds, as core/runtime does it ----

// As core/runtime/remembered_peers does: whoever may be there; the last known ones where nobody is.
void World::remember_peers(Node& node) {
  if (!node.options().remembers) {
    return;
  }
  std::vector<Endpoint> peers;
  for (const MemberPtr& member : node.engine().snapshot().members) {
    if (!member->local && member->status != MemberStatus::left) {
      peers.push_back(member->address);
    }
  }
  if (!peers.empty()) {
    node.options().peers = std::move(peers);
  }
}

// Remembered ones are asked where nobody is there.
std::vector<Endpoint> World::wanted_peers(const Node& node) const {
  if (node.options().peers.empty()) {
    return {};
  }
  const Snapshot view = node.engine().snapshot();
  const bool alone = std::ranges::none_of(view.members, [](const MemberPtr& member) {
    return !member->local && member->status != MemberStatus::failed &&
           member->status != MemberStatus::left;
  });
  return alone ? node.options().peers : std::vector<Endpoint>{};
}

std::vector<Endpoint> World::unreached_seeds(const Node& node) const {
  std::vector<Endpoint> addresses;
  if (names_fail_) {
    return addresses;
  }
  for (const NodeId seed : node.options().seeds) {
    const Endpoint& address = at(seed).options().address;
    if (!node.engine().lists(address) && address != node.options().address) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

void World::on_seed_timer(Node& node) {
  Seeding& seeding = seeding_[index_of(node.id())];
  const auto again = [&](Duration base) {
    queue_.push(now() + between(prng_, base * 4 / 5, base * 6 / 5), Happening::seed_timer,
                index_of(node.id()), node.run().run);
  };
  if (!node.running() || node.engine().state() == NodeState::left) {
    return again(options_.seed_refresh);
  }
  auto addresses = wanted_peers(node);
  coverage_.peers_asked += addresses.empty() ? 0 : 1;
  coverage_.names_unresolved += names_fail_ ? node.options().seeds.size() : 0;
  std::ranges::move(unreached_seeds(node), std::back_inserter(addresses));
  // The first of its cluster: nobody to ask, or nobody there while it is a seed itself.
  const bool first =
      node.options().seeds.empty() ||
      (std::ranges::find(node.options().seeds, node.id()) != node.options().seeds.end() &&
       (addresses.empty() || seeding.failed));
  if (first && !std::exchange(seeding.alone, true)) {
    static_cast<void>(join(node.id(), {}));
  }
  if (!addresses.empty()) {
    if (const auto operation = node.engine().join(addresses, node.now())) {
      seeding.pending = *operation;  // before the drain: it may be answered at once
      node.drain();
      return;
    }
  }
  again(options_.seed_refresh);
}

void World::on_seed_answer(Node& node, const OperationCompleted& done) {
  Seeding& seeding = seeding_[index_of(node.id())];
  if (seeding.pending != done.id) {
    return;
  }
  seeding.pending.reset();
  ++(done.error ? coverage_.joins_failed : coverage_.joins);
  Duration wait = options_.seed_refresh;
  seeding.failed = done.error.has_value();
  if (done.error) {
    wait = seeding.retry;
    seeding.retry = std::min(2 * seeding.retry, options_.seed_refresh);
  } else {
    seeding.retry = first_retry;
  }
  queue_.push(now() + between(prng_, wait * 4 / 5, wait * 6 / 5), Happening::seed_timer,
              index_of(node.id()), node.run().run);
}

}  // namespace swim::sim
