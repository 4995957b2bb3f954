#include "core/sim/network.hpp"

#include "core/sim/chance.hpp"

namespace swim::sim {

namespace {
// Linux gives up a connection after minutes; nothing here waits that long.
constexpr int retransmissions_max = 6;
}  // namespace

void Network::take_address(const Endpoint& address, NodeId node) {
  owners_[address] = node;
  ++moves_;
}

void Network::give_up_address(const Endpoint& address, NodeId node) {
  const auto found = owners_.find(address);
  if (found != owners_.end() && found->second == node) {
    owners_.erase(found);
    ++moves_;
  }
}

std::optional<NodeId> Network::owner(const Endpoint& address) const {
  const auto found = owners_.find(address);
  return found == owners_.end() ? std::nullopt : std::optional(found->second);
}

void Network::send(NodeId from, const Endpoint& source, const Endpoint& to, Bytes bytes) {
  ++counts_.sent;
  const auto target = owner(to);
  if (!target) {
    ++counts_.to_nobody;
    return;
  }
  if (!topology_.reaches(from, *target)) {
    ++counts_.cut;
    return;
  }
  if (happens(prng_, conditions_.loss_ppm) || happens(prng_, topology_.loss_ppm(from, *target))) {
    ++counts_.lost;
    return;
  }
  launch(from, *target, source, to, bytes);
  if (happens(prng_, conditions_.duplicate_ppm)) {
    ++counts_.duplicated;
    launch(from, *target, source, to, bytes);
  }
}

void Network::launch(NodeId from, NodeId target, const Endpoint& source, const Endpoint& to,
                     Bytes bytes) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(datagrams_.size()));
    datagrams_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Datagram& datagram = datagrams_[index];
  datagram.from = from;
  datagram.target = target;
  datagram.moves = moves_;
  datagram.source = source;
  datagram.to = to;
  datagram.bytes.assign(bytes.begin(), bytes.end());
  if (happens(prng_, conditions_.corrupt_ppm)) {
    ++counts_.corrupted;
    corrupt(datagram.bytes);
  }
  Duration delay = draw_latency(from, target);
  if (happens(prng_, conditions_.reorder_ppm)) {
    ++counts_.reordered;
    delay += between(prng_, Duration::zero(), conditions_.reorder_max);
  }
  queue_.push(topology_.departs(from, target, queue_.now()) + delay, Happening::datagram, index);
}

// A few bits flip; the length stays.
void Network::corrupt(MutableBytes bytes) {
  if (bytes.empty()) {
    return;
  }
  for (std::uint64_t flips = between(prng_, 1, 8); flips > 0; --flips) {
    bytes[prng_.below(bytes.size())] ^= static_cast<std::uint8_t>(1U << prng_.below(8));
  }
}

std::optional<Network::Arrival> Network::arrive(std::uint32_t index) {
  Datagram& datagram = datagrams_[index];
  const auto target = datagram.moves == moves_ ? datagram.target : owner(datagram.to);
  if (!target) {
    ++counts_.to_nobody;
    return std::nullopt;
  }
  if (!topology_.reaches(datagram.from, *target)) {
    ++counts_.cut;
    return std::nullopt;
  }
  ++counts_.delivered;
  counts_.bytes += datagram.bytes.size();
  return Arrival{*target, datagram.source, datagram.from, datagram.bytes};
}

void Network::refuse(std::uint32_t index) {
  ++counts_.refused;
  const Datagram& datagram = datagrams_[index];
  queue_.push(queue_.now() + draw_latency(datagram.target, datagram.from), Happening::unreachable,
              index);
}

std::optional<Network::Refusal> Network::refused(std::uint32_t index) {
  const Datagram& datagram = datagrams_[index];
  const auto host = owner(datagram.to);
  const bool lost = !host || !topology_.reaches(*host, datagram.from) ||
                    happens(prng_, conditions_.loss_ppm) ||
                    happens(prng_, topology_.loss_ppm(*host, datagram.from));
  return lost ? std::nullopt : std::optional(Refusal{datagram.from, datagram.to, datagram.bytes});
}

Duration Network::draw_latency(NodeId from, NodeId to) {
  Duration latency = between(prng_, conditions_.latency_min, conditions_.latency_max);
  if (happens(prng_, conditions_.tail_ppm)) {
    ++counts_.in_tail;
    latency += between(prng_, conditions_.tail_min, conditions_.tail_max);
  }
  const Duration far = (topology_.same_zone(from, to) ? Duration{} : conditions_.between_zones) +
                       topology_.delay(from, to);
  counts_.far += far > Duration::zero() ? 1 : 0;
  return latency + far;
}

Duration Network::draw_retransmission(NodeId from, NodeId to, Duration first) {
  Duration added{};
  Duration wait = first;
  for (int tries = 0; tries < retransmissions_max; ++tries, wait *= 2) {
    if (!happens(prng_, conditions_.loss_ppm) && !happens(prng_, topology_.loss_ppm(from, to))) {
      break;
    }
    added += wait;
  }
  return added;
}

}  // namespace swim::sim
