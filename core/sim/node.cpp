#include "core/sim/node.hpp"

#include <utility>

#include "core/base/assert.hpp"
#include "core/sim/chance.hpp"

namespace swim::sim {

namespace {
// About what a default receive buffer of Linux holds of small datagrams (212,992 bytes with their
// bookkeeping); what comes on top is dropped.
constexpr std::size_t datagrams_held_max = 256;
// The receive buffer that Lifeguard's experiments gave a blocked process.
constexpr std::size_t blocked_bytes_max = 2U << 20U;
// Long enough that two machines' steady clocks are never mistaken for each other.
constexpr Duration uptime_max = std::chrono::hours(24 * 30);
}  // namespace

std::uint64_t Node::Ids::draw() {
  std::uint64_t value = 0;
  while (value == 0) {
    value = prng->next();
  }
  return value;
}

void Node::Sink::record(const TraceRecord& record, TimePoint) {
  // Packets are the most by far, and the world traces them itself, where they arrive.
  if (record.kind != TraceKind::datagram_sent && record.kind != TraceKind::datagram_received) {
    node->world_.traced(node->id_, record);
  }
}

Moment Node::now() const {
  const WallTime wall = world_.wall_now();
  const auto skew = std::chrono::duration_cast<std::chrono::milliseconds>(wall_skew());
  return {world_.now() + steady_offset_, WallTime{wall.unix_ms + skew.count()}, slept_};
}

Duration Node::wall_skew() const {
  using std::chrono::microseconds;
  if (drift_ppm_ == 0) {
    return options_.wall_skew;
  }
  const auto passed = std::chrono::duration_cast<microseconds>(world_.now() - drifts_since_);
  return options_.wall_skew + microseconds(passed.count() * drift_ppm_ / std::int64_t{ppm_max});
}

void Node::drift(std::int32_t ppm) {
  options_.wall_skew = wall_skew();
  drifts_since_ = world_.now();
  drift_ppm_ = ppm;
}

Expected<void> Node::start(Prng& prng) {
  SWIM_ASSERT(state_ == State::off);
  steady_offset_ = between(prng, Duration::zero(), uptime_max);
  ids_prng_ = std::make_unique<Prng>(prng.next());
  ids_.prng = ids_prng_.get();
  sink_.node = this;
  history_ = {};
  auto engine =
      Engine::create(options_.config,
                     LocalMember{options_.name, options_.address, options_.metadata, options_.zone},
                     options_.label, crypto::Keyring(options_.key), prng.next(),
                     Engine::Seams{ids_, sink_, &world_.descriptions()}, now());
  if (!engine) {
    return tl::unexpected(engine.error());
  }
  engine_ = std::move(*engine);
  state_ = State::running;
  ++run_;
  engine_->set_accepts_messages(true);
  drain();
  return {};
}

void Node::stop() {
  engine_.reset();
  state_ = State::off;
  armed_.reset();
  deadline_.reset();
  asleep_since_.reset();
  backlog_.clear();
  datagrams_held_ = bytes_held_ = 0;
  blocked_ = false;
  held_sends_.clear();
  late_.clear();
  ends_.clear();
}

void Node::pause(bool clock_stops) {
  SWIM_ASSERT(running());
  state_ = State::paused;
  if (clock_stops) {
    asleep_since_ = world_.now();
  }
}

void Node::resume() {
  SWIM_ASSERT(state_ == State::paused);
  state_ = State::running;
  if (asleep_since_) {
    steady_offset_ -= world_.now() - *asleep_since_;
    slept_ += world_.now() - *asleep_since_;
    asleep_since_.reset();
    armed_.reset();  // the wake-up in the queue was for a clock that went on
  }
  // What the sockets hold is read before timers run, as the daemon does.
  if (!blocked_) {
    for (std::deque<Held> backlog = take_backlog(); !backlog.empty(); backlog.pop_front()) {
      take(backlog.front());
    }
  }
  catch_up();
}

void Node::on_unreachable(const Endpoint& to, Bytes quoted) {
  if (!blocked_ && !starved_) {
    engine_->on_unreachable(to, quoted, now());
    drain();
  }
}

void Node::on_datagram(const Endpoint& from, MutableBytes bytes) {
  if (running() && !blocked_) {
    if (starved_ || !late_.empty()) {
      if (starved_ && starved_->each > Duration::zero() && late_.size() >= datagrams_held_max) {
        ++overflowed_;
        return;
      }
      return read_late(HeldDatagram{from, to_vector(bytes)});
    }
    take(from, bytes);
    return drain();
  }
  const bool full = blocked_ ? bytes_held_ + bytes.size() > blocked_bytes_max
                             : datagrams_held_ == datagrams_held_max;
  if (full) {
    ++overflowed_;
    return;
  }
  ++datagrams_held_;
  bytes_held_ += bytes.size();
  backlog_.emplace_back(HeldDatagram{from, to_vector(bytes)});
}

void Node::on_stream(StreamInput input) {
  if (!running() || blocked_) {
    backlog_.emplace_back(std::move(input));
    return;
  }
  if (starved_ ? starved_->streams_too : !late_.empty()) {
    return read_late(std::move(input));
  }
  take(input);
  drain();
}

void Node::on_timer() {
  if (!running()) {
    return;  // resume() looks at the clock
  }
  if (has_come(deadline_) || !late_.empty() || !held_sends_.empty()) {
    return catch_up();
  }
  // The deadline has moved, and nothing was put into the engine since it was drained.
  forget_alarm();
  wake_for_deadline();
}

void Node::catch_up() {
  forget_alarm();
  read_what_is_due();
  give_up_held_opens();
  read_deadline();
  if (has_come(deadline_)) {
    engine_->on_deadline(now());
  }
  drain();
}

bool Node::has_come(std::optional<TimePoint> moment) const {
  return moment && *moment <= world_.now();
}

void Node::forget_alarm() {
  if (has_come(armed_)) {
    armed_.reset();
  }
}

void Node::take(Held& input) {
  if (auto* datagram = std::get_if<HeldDatagram>(&input)) {
    take(datagram->from, datagram->bytes);
  } else {
    take(std::get<StreamInput>(input));
  }
}

void Node::take(const Endpoint& from, MutableBytes bytes) {
  engine_->on_datagram(from, bytes, now());
}

void Node::take(const StreamInput& input) {
  if (input.what != StreamInput::What::accepted) {
    if (const auto id = world_.streams().id_of(input.end)) {
      take_stream(input, *id);
    } else if (input.what == StreamInput::What::closed) {
      world_.streams().forget(input.end);  // ended before it was accepted
    }
    return;
  }
  const auto id = engine_->on_stream_accepted(input.from, now());
  if (!id) {
    world_.streams().refuse(input.end);
    return;
  }
  world_.streams().accept(input.end, *id);
  ends_[static_cast<std::uint64_t>(*id)] = input.end;
}

void Node::take_stream(const StreamInput& input, StreamId id) {
  switch (input.what) {
    case StreamInput::What::opened:
      return engine_->on_stream_opened(id, now());
    case StreamInput::What::data:
      return engine_->on_stream_data(id, input.bytes, now());
    case StreamInput::What::closed:
      ends_.erase(static_cast<std::uint64_t>(id));
      world_.streams().forget(input.end);
      return engine_->on_stream_closed(id, input.why, now());
    case StreamInput::What::accepted:
      return;
  }
}

// Until the engine has nothing more to say, which what it sent is no reason for; then one timer for
// its next deadline.
void Node::drain() {
  const MutableBytes buffer = world_.outgoing().first(options_.config.datagram_bytes);
  for (bool again = true; again;) {
    again = false;
    while (const auto transmit = engine_->poll_transmit(buffer)) {
      send(transmit->to, buffer.first(transmit->size));
    }
    while (auto action = engine_->poll_stream_action()) {
      send(std::move(*action));
      again = true;
    }
    while (auto event = engine_->poll_event()) {
      world_.observed(run(), *event);
      again = true;
    }
  }
  read_deadline();
  wake_for_deadline();
}

void Node::act(StreamAction action) {
  Streams& streams = world_.streams();
  if (const auto* open = std::get_if<OpenStream>(&action)) {
    ends_[static_cast<std::uint64_t>(open->id)] =
        streams.open(run(), options_.address, open->to, open->id, world_time(open->deadline));
    return;
  }
  if (auto* write = std::get_if<WriteStream>(&action)) {
    const auto end = ends_.find(static_cast<std::uint64_t>(write->id));
    if (end != ends_.end()) {
      streams.write(end->second, std::move(write->bytes));
    }
    return;
  }
  const auto end = ends_.find(static_cast<std::uint64_t>(std::get<CloseStream>(action).id));
  if (end != ends_.end()) {
    const EndRef ref = end->second;
    ends_.erase(end);
    streams.close(ref);
  }
}

void Node::read_deadline() {
  const auto deadline = engine_->next_deadline();
  deadline_ = deadline ? std::optional(world_time(*deadline)) : std::nullopt;
}

// A wake-up that is already in the queue and comes early enough serves as well: it looks again.
void Node::wake_for_deadline() {
  if (!deadline_) {
    return;
  }
  const TimePoint at = std::max(*deadline_, world_.now());
  if (!armed_ || at < *armed_) {
    armed_ = at;
    world_.wake_at(run(), at);
  }
}

}  // namespace swim::sim
