// How processes of a world begin and end.
#include <algorithm>

#include "core/base/assert.hpp"
#include "core/crypto/plain_key.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

namespace {

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
  seeding_.emplace_back(options_.seed_refresh, now());
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
  look_for_others(node);
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

}  // namespace swim::sim
