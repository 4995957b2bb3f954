#include "core/sim/streams.hpp"

#include <algorithm>
#include <utility>

#include "core/sim/chance.hpp"

namespace swim::sim {

namespace {

// Linux' first retransmission times.
constexpr Duration syn_patience = std::chrono::seconds(1);
constexpr Duration data_patience = std::chrono::milliseconds(200);
constexpr Duration patience_max = std::chrono::seconds(5);
constexpr std::uint32_t split_ppm = percent(20);

EndRef other(EndRef end) {
  return {end.connection, end.generation, 1 - end.side};
}

std::uint64_t detail_of(EndRef end) {
  return (std::uint64_t{end.generation} << 1U) | end.side;
}

EndRef end_of(std::uint32_t connection, std::uint64_t detail) {
  return {connection, static_cast<std::uint32_t>(detail >> 1U),
          static_cast<std::uint32_t>(detail & 1U)};
}

}  // namespace

const Streams::Connection* Streams::connection_of(EndRef end) const {
  const Connection& connection = connections_[end.connection];
  return connection.used && connection.generation == end.generation ? &connection : nullptr;
}

Streams::Connection* Streams::connection_of(EndRef end) {
  return const_cast<Connection*>(std::as_const(*this).connection_of(end));
}

const Streams::End* Streams::find(EndRef end) const {
  const Connection* connection = connection_of(end);
  return connection == nullptr ? nullptr : &connection->ends[end.side];
}

Streams::End* Streams::find(EndRef end) {
  return const_cast<End*>(std::as_const(*this).find(end));
}

std::optional<StreamId> Streams::id_of(EndRef end) const {
  const End* found = find(end);
  return found != nullptr && found->held ? found->id : std::nullopt;
}

EndRef Streams::open(RunId by, const Endpoint& source, const Endpoint& to, StreamId id,
                     TimePoint give_up) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(connections_.size()));
    connections_.emplace_back();
  }
  ++counts_.opened;
  const EndRef client{free_.back(), connections_[free_.back()].generation, 0};
  free_.pop_back();
  Connection& connection = connections_[client.connection];
  connection.used = true;
  connection.pending = 0;
  connection.ends[0] = {.run = by, .address = source, .id = id, .held = true};
  connection.ends[1] = {.address = to};
  if (const auto owner = network_.owner(to)) {
    connection.ends[1].run.node = *owner;
    connection.ends[1].patience = syn_patience;
    transmit(other(client), {Segment::Kind::syn, {}},
             network_.draw_retransmission(by.node, *owner, syn_patience));
  }
  schedule(client, give_up, Happening::connect_timeout);
  return client;
}

void Streams::refuse(EndRef end) {
  if (End* own = find(end); own != nullptr && own->held) {
    own->held = false;
    hang_up(end);
    settle(end);
  }
}

void Streams::write(EndRef end, ByteVector bytes) {
  const End* own = find(end);
  if (own == nullptr || !own->held || bytes.empty()) {
    return;
  }
  const End& peer = *find(other(end));
  counts_.bytes += bytes.size();
  transmit(other(end), {Segment::Kind::data, std::move(bytes)},
           network_.draw_retransmission(own->run.node, peer.run.node, data_patience));
}

void Streams::close(EndRef end) {
  End* own = find(end);
  if (own == nullptr || !own->held) {
    return;
  }
  own->held = false;
  if (own->established) {
    answer(end, Segment::Kind::fin, data_patience);
  }
  settle(end);
}

void Streams::forget(EndRef end) {
  if (End* own = find(end)) {
    own->held = false;
    settle(end);
  }
}

void Streams::process_ended(RunId run, bool host_up) {
  for (std::uint32_t index = 0; index < connections_.size(); ++index) {
    for (std::uint32_t side = 0; side < 2 && connections_[index].used; ++side) {
      const EndRef end{index, connections_[index].generation, side};
      End& own = connections_[index].ends[side];
      if (own.run != run || !own.held) {
        continue;
      }
      own.held = false;
      if (!host_up) {
        connections_[index].ends[1 - side].inbound.clear();  // what its kernel had not sent yet
        connections_[index].ends[1 - side].queued = 0;
      } else if (own.established) {
        const bool clean = happens(prng_, percent(50));
        answer(end, clean ? Segment::Kind::fin : Segment::Kind::reset, data_patience);
      }
      settle(end);
    }
  }
}

// What a kernel says for itself is lost as often as what a process writes, and said again.
void Streams::answer(EndRef from, Segment::Kind kind, Duration patience) {
  const NodeId sender = find(from)->run.node;
  const NodeId receiver = find(other(from))->run.node;
  transmit(other(from), {kind, {}}, network_.draw_retransmission(sender, receiver, patience));
}

void Streams::transmit(EndRef to, Segment segment, Duration extra) {
  End& target = *find(to);
  const NodeId from = find(other(to))->run.node;
  const TimePoint departs = topology_.departs(from, target.run.node, queue_.now());
  const TimePoint due =
      std::max(departs + network_.draw_latency(from, target.run.node) + extra, target.last_due);
  target.last_due = due;
  target.queued += segment.bytes.size();
  counts_.queued_most = std::max<std::uint64_t>(counts_.queued_most, target.queued);
  target.inbound.push_back(std::move(segment));
  schedule(to, due, Happening::segment);
}

void Streams::schedule(EndRef end, TimePoint at, Happening what) {
  ++connection_of(end)->pending;
  queue_.push(at, what, end.connection, detail_of(end));
}

void Streams::on_segment(std::uint32_t index, std::uint64_t detail) {
  const EndRef at = end_of(index, detail);
  Connection* connection = connection_of(at);
  if (connection == nullptr) {
    return;
  }
  --connection->pending;
  End& own = connection->ends[at.side];
  const End& peer = connection->ends[1 - at.side];
  if (!own.inbound.empty()) {
    if (!topology_.reaches(peer.run.node, own.run.node)) {
      ++counts_.delayed;
      own.patience = std::clamp(2 * own.patience, data_patience, patience_max);
      schedule(at, queue_.now() + own.patience, Happening::segment);
      // Nobody waits for it: let the kernel give up.
      if (!own.held && !peer.held) {
        own.inbound.clear();
        own.queued = 0;
      }
      return;
    }
    Segment segment = std::move(own.inbound.front());
    own.inbound.erase(own.inbound.begin());
    own.queued -= segment.bytes.size();
    receive(at, std::move(segment));
  }
  settle(at);
}

void Streams::on_connect_timeout(std::uint32_t index, std::uint64_t detail) {
  const EndRef at = end_of(index, detail);
  Connection* connection = connection_of(at);
  if (connection == nullptr) {
    return;
  }
  --connection->pending;
  const End& own = connection->ends[at.side];
  if (own.held && !own.established) {
    ++counts_.timed_out;
    end_by_peer(at, StreamEnd::timeout);
  }
  settle(at);
}

void Streams::receive(EndRef at, Segment segment) {
  switch (segment.kind) {
    case Segment::Kind::syn:
      return on_syn(at);
    case Segment::Kind::syn_ack:
      return on_answer(at, true);
    case Segment::Kind::refused:
      return on_answer(at, false);
    case Segment::Kind::data:
      return on_data(at, std::move(segment.bytes));
    case Segment::Kind::fin:
      return end_by_peer(at, StreamEnd::closed);
    case Segment::Kind::reset:
      return end_by_peer(at, StreamEnd::reset);
  }
}

void Streams::on_syn(EndRef at) {
  End& own = *find(at);
  const auto owner = network_.owner(own.address);
  if (!owner) {
    return;  // the address is nobody's by now: silence
  }
  own.run.node = *owner;
  const auto listener = processes_.listener(*owner);
  if (!listener) {
    answer(at, Segment::Kind::refused, syn_patience);
    return;
  }
  own.run = *listener;
  own.held = own.established = true;
  const Endpoint from = find(other(at))->address;
  answer(at, Segment::Kind::syn_ack, syn_patience);
  tell(at, {.what = StreamInput::What::accepted, .from = from});
}

void Streams::on_answer(EndRef at, bool accepted) {
  End& own = *find(at);
  if (!own.held) {
    if (accepted) {
      hang_up(at);
    }
    return;
  }
  if (!accepted) {
    ++counts_.refused;
    end_by_peer(at, StreamEnd::refused);
    return;
  }
  ++counts_.established;
  own.established = true;
  tell(at, {.what = StreamInput::What::opened});
}

void Streams::on_data(EndRef at, ByteVector bytes) {
  if (!find(at)->held) {
    hang_up(at);
    return;
  }
  if (bytes.size() > 1 && happens(prng_, split_ppm)) {
    const auto cut = static_cast<std::ptrdiff_t>(between(prng_, 1, bytes.size() - 1));
    tell(at, {.what = StreamInput::What::data, .bytes = {bytes.begin(), bytes.begin() + cut}});
    bytes.erase(bytes.begin(), bytes.begin() + cut);
  }
  tell(at, {.what = StreamInput::What::data, .bytes = std::move(bytes)});
}

void Streams::end_by_peer(EndRef at, StreamEnd why) {
  End& own = *find(at);
  if (!own.held) {
    return;
  }
  counts_.reset += why == StreamEnd::reset ? 1 : 0;
  tell(at, {.what = StreamInput::What::closed, .why = why});
}

void Streams::hang_up(EndRef from) {
  if (const End* peer = find(other(from)); peer != nullptr && peer->held) {
    answer(from, Segment::Kind::reset, data_patience);
  }
}

void Streams::tell(EndRef at, StreamInput input) {
  // The process may close the stream in answer: look again before each use.
  if (End* own = find(at); own != nullptr && own->held && !own->ended) {
    own->ended = input.what == StreamInput::What::closed;
    input.end = at;
    processes_.deliver(own->run, std::move(input));
  }
}

void Streams::settle(EndRef end) {
  Connection* connection = connection_of(end);
  if (connection == nullptr || connection->pending != 0 || connection->ends[0].held ||
      connection->ends[1].held) {
    return;
  }
  connection->used = false;
  ++connection->generation;
  for (End& each : connection->ends) {
    each = {};
  }
  free_.push_back(end.connection);
}

}  // namespace swim::sim
