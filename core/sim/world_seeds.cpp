// How nodes of a world look for their cluster: as core/runtime does it, by their seeds for ever
// and by the peers that they remember.
#include <algorithm>

#include "core/engine/node_state.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

namespace {

constexpr Duration first_retry = std::chrono::milliseconds(250);

}  // namespace

void World::look_for_others(Node& node) {
  seeding_[index_of(node.id())] = {};
  seeding_[index_of(node.id())].retry = first_retry;
  queue_.push(now(), Happening::seed_timer, index_of(node.id()), node.run().run);
  if (node.options().remembers) {
    seeding_[index_of(node.id())].peers.remember(node.options().peers);
    queue_.push(now(), Happening::peers_timer, index_of(node.id()), node.run().run);
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
  if (names_fail_) {
    return addresses;
  }
  const bool outside = is_outside(node.engine().state());
  for (const NodeId seed : node.options().seeds) {
    const Endpoint& address = at(seed).options().address;
    if ((outside || !node.engine().lists(address)) && address != node.options().address) {
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
  coverage_.names_unresolved += names_fail_ ? node.options().seeds.size() : 0;
  const std::vector<Endpoint> addresses = unreached_seeds(node);
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
