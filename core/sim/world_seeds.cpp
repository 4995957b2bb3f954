// How nodes of a world look for their cluster: as core/runtime does it, by their seeds for ever
// and, where nobody is there, by the peers that they remember.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/world.hpp"

namespace swim::sim {

namespace {

constexpr Duration first_retry = std::chrono::milliseconds(250);
// As in core/runtime/remembered_peers.
constexpr Duration peers_look_interval = std::chrono::seconds(1);
constexpr Duration peers_pause_min = std::chrono::seconds(1);
constexpr Duration peers_pause_max = std::chrono::seconds(30);
constexpr std::size_t peers_at_once = 8;

}  // namespace

void World::look_for_others(Node& node) {
  seeding_[index_of(node.id())] = {};
  seeding_[index_of(node.id())].retry = first_retry;
  queue_.push(now(), Happening::seed_timer, index_of(node.id()), node.run().run);
  if (node.options().remembers) {
    queue_.push(now(), Happening::peers_timer, index_of(node.id()), node.run().run);
  }
}

// Those who are there before those who failed; the last known ones where nobody is known any more.
void World::remember_peers(Node& node) {
  if (!node.options().remembers) {
    return;
  }
  std::vector<Endpoint> peers;
  const Snapshot view = node.engine().snapshot();
  for (const bool failed : {false, true}) {
    for (const MemberPtr& member : view.members) {
      if (!member->local && member->status != MemberStatus::left &&
          (member->status == MemberStatus::failed) == failed &&
          peers.size() < limits::remembered_peers_max) {
        peers.push_back(member->address);
      }
    }
  }
  std::ranges::sort(peers);
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  if (!peers.empty()) {
    node.options().peers = std::move(peers);
  }
}

void World::on_peers_timer(Node& node) {
  queue_.push(now() + peers_look_interval, Happening::peers_timer, index_of(node.id()),
              node.run().run);
  if (!node.running()) {
    return;
  }
  Seeding& seeding = seeding_[index_of(node.id())];
  const std::size_t there = count(node.id(), MemberStatus::alive) +
                            count(node.id(), MemberStatus::suspect) +
                            count(node.id(), MemberStatus::leaving);
  if (there > 1) {  // not this node alone
    seeding.peers_pause = {};
    return;
  }
  remember_peers(node);
  const Snapshot view = node.engine().snapshot();
  const std::vector<Endpoint>& peers = node.options().peers;
  if (peers.empty() || seeding.peers_pending || now() < seeding.peers_due || view.conflict ||
      view.state == NodeState::left) {
    return;
  }
  std::vector<Endpoint> next;
  for (std::size_t i = 0; i < std::min(peers.size(), peers_at_once); ++i) {
    next.push_back(peers[seeding.peers_turn++ % peers.size()]);
  }
  seeding.peers_pause = std::clamp(2 * seeding.peers_pause, peers_pause_min, peers_pause_max);
  if (const auto operation = node.engine().join(next, node.now())) {
    ++coverage_.peers_asked;
    seeding.peers_pending = *operation;  // before the drain: it may be answered at once
    node.drain();
  } else {
    seeding.peers_due = now() + seeding.peers_pause;
  }
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
    seeding.peers_due = now() + seeding.peers_pause;
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
