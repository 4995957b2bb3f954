// How nodes of a world look for their cluster: as core/runtime does it, by their seeds for ever
// and by the peers that they remember.
#include <algorithm>

#include "core/engine/node_state.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

void World::look_for_others(Node& node) {
  Seeding& seeding = seeding_[index_of(node.id())];
  seeding = Seeding(options_.seed_refresh, now());
  await_seed_call(node);
  if (node.options().remembers) {
    seeding.peers.remember(node.options().peers);
    queue_.push(now(), Happening::peers_timer, index_of(node.id()), node.run().run);
  }
}

void World::await_seed_call(const Node& node) {
  if (const auto due = seeding_[index_of(node.id())].seeds.due()) {
    queue_.push(*due, Happening::seed_timer, index_of(node.id()), node.run().run);
  }
}

void World::remember_peers(Node& node) {
  if (!node.options().remembers) {
    return;
  }
  PeerList& peers = seeding_[index_of(node.id())].peers;
  if (!peers.is_current(node.engine().revision(), now()) &&
      peers.update(node.engine().snapshot(), now())) {
    node.options().peers = peers.all();
  }
}

void World::on_peers_timer(Node& node) {
  queue_.push(now() + PeerCalls::look_interval, Happening::peers_timer, index_of(node.id()),
              node.run().run);
  if (!node.running()) {
    return;
  }
  Seeding& seeding = seeding_[index_of(node.id())];
  const std::size_t there = count(node.id(), MemberStatus::alive) +
                            count(node.id(), MemberStatus::suspect) +
                            count(node.id(), MemberStatus::leaving);
  // Whoever has company, and was seen to have it, needs no view: it is dear in a large world.
  if (there > 1 && seeding.peers.is_current(node.engine().revision(), now()) &&
      seeding.peers.untried().empty()) {
    return;
  }
  remember_peers(node);
  const std::vector<Endpoint> next =
      seeding.calls.next(node.engine().snapshot(), seeding.peers, now());
  if (next.empty()) {
    return;
  }
  if (const auto operation = node.engine().join(next, node.now())) {
    ++coverage_.peers_asked;
    seeding.peers_pending = *operation;  // before the drain: it may be answered at once
    node.drain();
  } else {
    seeding.calls.answered(now());
  }
}

std::vector<Endpoint> World::unreached_seeds(const Node& node) const {
  std::vector<Endpoint> addresses;
  const bool outside = is_outside(node.engine().state());
  for (const NodeId seed : node.options().seeds) {
    const Endpoint& address = at(seed).options().address;
    if ((outside || !node.engine().lists(address)) && address != node.options().address) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

bool World::is_own_seed(const Node& node) const {
  return std::ranges::find(node.options().seeds, node.id()) != node.options().seeds.end();
}

void World::on_seed_timer(Node& node) {
  Seeding& seeding = seeding_[index_of(node.id())];
  if (!seeding.seeds.is_due(now())) {
    return;  // it was called already, since others told of it
  }
  if (!node.running() || node.engine().state() == NodeState::left) {
    queue_.push(now() + prng_.jitter(options_.seed_refresh, SeedCalls::jitter_percent),
                Happening::seed_timer, index_of(node.id()), node.run().run);
    return;
  }
  seeding.seeds.begin();
  if (node.options().seeds.empty()) {
    return end_seed_call(node, true);
  }
  if (names_fail_) {
    coverage_.names_unresolved += node.options().seeds.size();
    return end_seed_call(node, false);
  }
  const std::vector<Endpoint> addresses = unreached_seeds(node);
  const std::size_t others = node.options().seeds.size() - (is_own_seed(node) ? 1 : 0);
  seeding.settled = seeding.settled || addresses.size() < others;
  if (!addresses.empty()) {
    if (const auto operation = node.engine().join(addresses, node.now())) {
      seeding.pending = *operation;  // before the drain: it may be answered at once
      return node.drain();
    }
  }
  end_seed_call(node, addresses.empty());
}

void World::on_seed_heard_of(const Node& node, const Endpoint& address) {
  const auto has_address = [&](NodeId seed) { return at(seed).options().address == address; };
  SeedCalls& seeds = seeding_[index_of(node.id())].seeds;
  if (names_fail_ || !is_outside(node.engine().state()) ||
      std::ranges::none_of(node.options().seeds, has_address)) {
    return;
  }
  seeds.heard_of(now());
  if (seeds.is_due(now())) {
    await_seed_call(node);
  }
}

void World::on_seed_answer(Node& node, const OperationCompleted& done) {
  Seeding& seeding = seeding_[index_of(node.id())];
  if (seeding.peers_pending == done.id) {
    seeding.peers_pending.reset();
    seeding.peers.called(done.seeds);
    seeding.calls.answered(now());
    return;
  }
  if (seeding.pending != done.id) {
    return;
  }
  seeding.pending.reset();
  ++(done.error ? coverage_.joins_failed : coverage_.joins);
  seeding.settled = seeding.settled || !done.error;
  end_seed_call(node, !done.error);
}

void World::end_seed_call(Node& node, bool reached) {
  Seeding& seeding = seeding_[index_of(node.id())];
  seeding.seeds.answered(reached, now(), prng_);
  await_seed_call(node);
  // The first of its cluster: it has no seeds, or nobody is there but itself.
  const bool first = node.options().seeds.empty() || (is_own_seed(node) && !names_fail_);
  if (first && !seeding.settled && node.engine().state() != NodeState::left) {
    seeding.settled = join(node.id(), {}).has_value();
  }
}

}  // namespace swim::sim
