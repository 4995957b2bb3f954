// Nodes that run, but not as they should: blocked, and starved of processor time.
#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/assert.hpp"
#include "core/sim/chance.hpp"
#include "core/sim/node.hpp"

namespace swim::sim {

void Node::block() {
  SWIM_ASSERT(exists());
  blocked_ = true;
}

void Node::unblock() {
  if (!std::exchange(blocked_, false)) {
    return;
  }
  for (std::deque<HeldSend> sends = std::exchange(held_sends_, {}); !sends.empty();
       sends.pop_front()) {
    if (const auto* datagram = std::get_if<HeldDatagram>(&sends.front())) {
      world_.send(id_, datagram->from, datagram->bytes);
    } else {
      act(std::move(std::get<StreamAction>(sends.front())));
    }
  }
  if (!running()) {
    return;  // resume() reads the backlog
  }
  for (std::deque<Held> backlog = take_backlog(); !backlog.empty(); backlog.pop_front()) {
    take(backlog.front());
    drain();
  }
  on_timer();
}

// What was to be read late came before what waits in the kernel.
std::deque<Node::Held> Node::take_backlog() {
  datagrams_held_ = bytes_held_ = 0;
  std::deque<Held> all;
  for (Late& late : late_) {
    all.push_back(std::move(late.input));
  }
  late_.clear();
  std::ranges::move(std::exchange(backlog_, {}), std::back_inserter(all));
  return all;
}

void Node::send(const Endpoint& to, Bytes datagram) {
  if (blocked_) {
    held_sends_.emplace_back(HeldDatagram{to, to_vector(datagram)});
  } else {
    world_.send(id_, to, datagram);
  }
}

void Node::send(StreamAction action) {
  if (!blocked_) {
    return act(std::move(action));
  }
  if (const auto* open = std::get_if<OpenStream>(&action)) {
    world_.wake_at(run(), world_time(open->deadline));
  }
  held_sends_.emplace_back(std::move(action));
}

// The driver's timer for a connection runs while the connecting itself waits.
void Node::give_up_held_opens() {
  const auto overdue = [&](const HeldSend& send) {
    const auto* action = std::get_if<StreamAction>(&send);
    const auto* open = action == nullptr ? nullptr : std::get_if<OpenStream>(action);
    return open != nullptr && open->deadline <= now().steady;
  };
  for (auto held = std::ranges::find_if(held_sends_, overdue); held != held_sends_.end();
       held = std::ranges::find_if(held_sends_, overdue)) {
    const StreamId id = std::get<OpenStream>(std::get<StreamAction>(*held)).id;
    held_sends_.erase(held);
    engine_->on_stream_closed(id, StreamEnd::timeout, now());
  }
}

// Read when its own time has come, and all that came before it has been read.
void Node::read_late(Held input) {
  TimePoint due = world_.now();
  if (starved_) {
    due += between(world_.chance(), starved_->late_min, starved_->late_max);
    if (starved_->each > Duration::zero() && !late_.empty()) {
      due = std::max(due, late_.back().due + starved_->each);
    }
  }
  world_.wake_at(run(), due);
  late_.push_back({due, std::move(input)});
}

void Node::read_what_is_due() {
  while (!late_.empty() && late_.front().due <= world_.now() && !blocked_) {
    Held input = std::move(late_.front().input);
    late_.pop_front();
    take(input);
    drain();
  }
}

}  // namespace swim::sim
