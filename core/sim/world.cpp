// A world's clockwork: what happens next, and who hears of it. Processes are in
// world_processes.cpp, commands in world_commands.cpp, views and checks in world_views.cpp.
#include "core/sim/world.hpp"

#include <algorithm>
#include <utility>

#include "core/sim/chance.hpp"

namespace swim::sim {

namespace {

// One fixed key for all worlds: what is simulated is not its secrecy.
crypto::Key world_key() {
  std::array<std::uint8_t, crypto::key_size> bytes{};
  bytes.fill(0x5A);
  return *crypto::Key::from_bytes(bytes);
}

}  // namespace

World::World(WorldOptions options)
    : options_(std::move(options)),
      prng_(options_.seed),
      start_(queue_.now()),
      key_(world_key()),
      network_(queue_, prng_, topology_),
      streams_(queue_, prng_, topology_, network_, *this) {
  network_.conditions() = options_.network;
  queue_.push(now() + options_.check_interval, Happening::check, 0);
}

World::~World() = default;

void World::run_for(Duration duration) {
  const TimePoint end = now() + duration;
  while (!broken() && !queue_.empty() && queue_.next_time() <= end) {
    step();
  }
  if (!broken()) {
    queue_.advance(end);
  }
}

bool World::run_until(const std::function<bool()>& done, Duration limit) {
  const TimePoint end = now() + limit;
  if (done()) {
    return true;
  }
  for (std::uint64_t seen = changes_; !broken() && queue_.next_time() <= end;) {
    step();
    // Asking may be dear, and the answer changes only with something visible.
    if (std::exchange(seen, changes_) != changes_ && done()) {
      return !broken();
    }
  }
  if (!broken()) {
    queue_.advance(end);
  }
  return false;
}

void World::after(Duration delay, std::function<void()> action) {
  scripts_.push_back(std::move(action));
  queue_.push(now() + delay, Happening::script, static_cast<std::uint32_t>(scripts_.size() - 1));
}

void World::on_node_timer(Node& node, Happening what) {
  switch (what) {
    case Happening::seed_timer:
      return on_seed_timer(node);
    case Happening::peers_timer:
      return on_peers_timer(node);
    default:
      return node.on_timer();
  }
}

void World::step() {
  const Scheduled event = queue_.pop();
  ++processed_;
  switch (event.what) {
    case Happening::datagram:
      return on_datagram(event.index);
    case Happening::unreachable:
      return on_unreachable(event.index);
    case Happening::segment:
      return streams_.on_segment(event.index, event.detail);
    case Happening::connect_timeout:
      return streams_.on_connect_timeout(event.index, event.detail);
    case Happening::node_timer:
    case Happening::seed_timer:
    case Happening::peers_timer: {
      Node& node = *nodes_[event.index];
      if (node.exists() && node.run().run == event.detail) {
        on_node_timer(node, event.what);
      }
      return;
    }
    case Happening::script: {
      ++changes_;
      const auto action = std::exchange(scripts_[event.index], nullptr);
      return action();
    }
    case Happening::check:
      ++changes_;
      check_runs(false);
      queue_.push(now() + options_.check_interval, Happening::check, 0);
      return;
  }
}

void World::on_datagram(std::uint32_t index) {
  if (const auto arrival = network_.arrive(index)) {
    trace_.mix(now(), (std::uint64_t{index_of(arrival->from)} << 32U) | index_of(arrival->to),
               arrival->bytes.size());
    Node& target = at(arrival->to);
    if (target.exists()) {
      target.on_datagram(arrival->source, arrival->bytes);
    } else if (at(arrival->from).exists()) {
      return network_.refuse(index);
    }
  }
  network_.done(index);
}

void World::on_unreachable(std::uint32_t index) {
  if (const auto refusal = network_.refused(index)) {
    Node& sender = at(refusal->to);
    if (sender.running()) {
      sender.on_unreachable(refusal->from, refusal->quoted);
    }
  }
  network_.done(index);
}

void World::inject(const Endpoint& source, NodeId to, Bytes bytes) {
  if (at(to).exists()) {
    ByteVector copy = to_vector(bytes);
    at(to).on_datagram(source, copy);
  }
}

void World::tap(std::function<void(NodeId from, const Endpoint& to, Bytes)> listener) {
  tap_ = std::move(listener);
}

void World::watch(std::function<void(RunId observer, const MemberEvent&)> listener) {
  watcher_ = std::move(listener);
}

// ---- Surroundings ----

WallTime World::wall_now() const {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(age());
  return {options_.wall_start.unix_ms + passed.count()};
}

void World::send(NodeId from, const Endpoint& to, Bytes bytes) {
  if (tap_) {
    tap_(from, to, bytes);
  }
  network_.send(from, at(from).options().address, to, bytes);
}

void World::wake_at(RunId run, TimePoint at) {
  queue_.push(at, Happening::node_timer, index_of(run.node), run.run);
}

void World::traced(NodeId node, const TraceRecord& record) {
  trace_.add(now(), node, record);
  if (options_.checks) {
    checkers_.on_trace(at(node).run(), record, now());
  }
}

void World::observed(RunId run, const Event& event) {
  ++changes_;
  Node& node = at(run.node);
  if (const auto* member = std::get_if<MemberEvent>(&event)) {
    on_member_event(run, *member);
  } else if (const auto* message = std::get_if<MessageReceived>(&event)) {
    ++coverage_.messages_delivered;
    trace_.mix(now(), message->origin_boot, message->sequence);
    // Without encryption there is no replay window: a Send that comes twice is taken twice.
    if (options_.checks && (message->broadcast || !options_.plain)) {
      checkers_.on_message(run, *message);
    }
    if (options_.history) {
      node.history().messages.push_back(*message);
    }
  } else if (const auto* lost = std::get_if<MessagesLost>(&event)) {
    trace_.mix(now(), lost->origin_boot, lost->first);
    if (options_.checks) {
      checkers_.on_lost(run, *lost);
    }
    if (options_.history) {
      node.history().lost.push_back(*lost);
    }
  } else {
    const auto& done = std::get<OperationCompleted>(event);
    ++coverage_.operations;
    coverage_.operations_failed += done.error ? 1 : 0;
    on_seed_answer(node, done);
    if (options_.history) {
      node.history().completed.insert_or_assign(static_cast<std::uint64_t>(done.id), done);
    }
  }
}

void World::on_member_event(RunId run, const MemberEvent& event) {
  coverage_.add(event);
  auto& listed = listed_[index_of(run.node)];
  if (event.previous) {
    --listed[static_cast<std::size_t>(*event.previous)];
  }
  if (event.type != EventType::expired) {
    ++listed[static_cast<std::size_t>(event.member->status)];
  }
  if (event.type == EventType::failed) {
    const auto subject = boots_.find(event.member->incarnation.boot);
    const bool runs = subject != boots_.end() &&
                      at(subject->second.node).run() == subject->second &&
                      at(subject->second.node).running();
    coverage_.failures_of_running += runs ? 1 : 0;
    checkers_.on_failed(event, runs);
  }
  if (at(run.node).options().remembers) {
    seeding_[index_of(run.node)].peers.on_event(event);
  }
  if (is_arrival(event)) {
    on_seed_heard_of(at(run.node), event.member->address);
  }
  if (watcher_) {
    watcher_(run, event);
  }
  if (options_.checks) {
    checkers_.on_event(run, event);
  }
  if (options_.history) {
    at(run.node).history().events.push_back(event);
  }
}

// ---- Streams::Processes ----

std::optional<RunId> World::listener(NodeId node) const {
  return at(node).exists() ? std::optional(at(node).run()) : std::nullopt;
}

void World::deliver(RunId run, StreamInput input) {
  if (at(run.node).exists() && at(run.node).run() == run) {
    trace_.mix(now(), packed(run), input.bytes.size());
    at(run.node).on_stream(std::move(input));
  }
}

}  // namespace swim::sim
