#include "core/engine/broadcast_lane.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/engine/core.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

namespace {
// What may go at once after a silence; and so much of one's own is numbered at a time, all its
// copies counted: what is not numbered yet can still be superseded, and what others ask for does
// not wait long behind it.
constexpr std::int64_t burst_bytes = 256 * 1024;
// Messages that come one by one share datagrams: the first goes at once, what follows waits for so
// long for each member that is told.
constexpr Duration coalesced_per_target = std::chrono::microseconds(50);
constexpr Duration coalesced_min = std::chrono::microseconds(250);
constexpr Duration coalesced_max = std::chrono::milliseconds(5);
// Who asks for what went out so many messages ago does not keep up, rather than lost a datagram:
// new messages wait, so that what it misses is not gone before it comes. Each of its requests holds
// them for a while; but a share of a burst goes each time, so that one slow member makes nobody
// silent.
constexpr std::uint64_t far_behind = 2'048;
constexpr Duration held_by_request = std::chrono::milliseconds(80);
constexpr std::uint64_t held_times_max = 8;  // the longer, the farther behind
constexpr Duration held_max = std::chrono::milliseconds(60);
constexpr std::int64_t held_share = 4;
// An epidemic with ln(n) + c copies leaves somebody out once in e^c times.
constexpr double copies_beyond_log = 5;
constexpr std::uint8_t copies_max = 32;
}  // namespace

BroadcastLane::BroadcastLane(Core& core)
    : core_(core),
      submitted_(core.config.requests_remembered_for, core.config.requests_remembered),
      pace_(core.config.broadcast_bytes_per_second, burst_bytes),
      announced_(core.config.broadcast_bytes_per_second, burst_bytes) {}

bool BroadcastLane::repeats(const wire::RequestId& request_id) {
  const bool known = submitted_.knows({0, request_id}, core_.now.steady);
  core_.stats.requests_repeated += known ? 1 : 0;
  return known;
}

bool BroadcastLane::has_room(std::size_t payload_bytes) const {
  const Config& config = core_.config;
  return queued() == 0 ||
         (queued() < config.broadcast_lane_messages - config.broadcast_lane_messages / 4 &&
          bytes_ + payload_bytes <= config.broadcast_lane_bytes - config.broadcast_lane_bytes / 4);
}

Expected<void> BroadcastLane::submit(std::string_view topic, Bytes payload, std::string_view key,
                                     const wire::RequestId& request_id) {
  auto taken = take(topic, payload, key);
  if (taken) {
    submitted_.remember({0, request_id}, core_.now.steady);
  }
  return taken;
}

Expected<void> BroadcastLane::take(std::string_view topic, Bytes payload, std::string_view key) {
  Own* before = key.empty() ? nullptr : unsent(topic, key);
  const std::size_t freed = before == nullptr ? 0 : before->bytes();
  const std::size_t bytes = key.size() + payload.size();
  if ((before == nullptr && queued() >= core_.config.broadcast_lane_messages) ||
      bytes_ - freed + bytes > core_.config.broadcast_lane_bytes) {
    ++core_.stats.broadcasts_rejected;
    return fail(Errc::queue_full, "the broadcast lane is full: slow down and try again");
  }
  bytes_ = bytes_ - freed + bytes;
  if (before != nullptr) {
    before->payload = to_vector(payload);
    ++core_.stats.broadcasts_superseded;
    return {};
  }
  own_.push_back({std::string(topic), std::string(key), to_vector(payload)});
  wake();
  return {};
}

BroadcastLane::Own* BroadcastLane::unsent(std::string_view topic, std::string_view key) {
  const auto own = std::ranges::find_if(
      own_, [&](const Own& each) { return each.key == key && each.topic == topic; });
  return own == own_.end() ? nullptr : &*own;
}

void BroadcastLane::pass_on(BroadcastPtr message, std::uint8_t others) {
  if (queued() >= core_.config.broadcast_lane_messages ||
      bytes_ + told_bytes(*message) > core_.config.broadcast_lane_bytes) {
    ++core_.stats.broadcasts_dropped;  // others pass it on, and who misses it asks
    return;
  }
  bytes_ += told_bytes(*message);
  passing_.push_back(std::move(message));
  passing_others_ = std::min(std::max(passing_others_, others), copies_max);
  wake();
}

void BroadcastLane::answer(Slot asker, std::vector<BroadcastPtr> messages) {
  const auto waits = [&](const Flight& flight) {
    return !flight.own && !flight.repeated && flight.others == 0 && flight.targets.size() == 1 &&
           flight.targets.front() == asker &&
           flight.messages.front()->origin == messages.front()->origin;
  };
  if (std::ranges::any_of(flights_, waits)) {
    return;
  }
  for (const BroadcastPtr& message : messages) {
    bytes_ += told_bytes(*message);
  }
  const std::size_t count = messages.size();
  if (launch({.messages = std::move(messages), .targets = {asker}})) {
    core_.stats.broadcasts_served += count;
  }
}

// Over the bound it does not go: what is asked for is asked for again.
bool BroadcastLane::launch(Flight flight) {
  if (!flight.own && flights_.size() >= limits::broadcast_flights_max) {
    core_.stats.broadcasts_dropped += flight.messages.size();
    release(flight);
    return false;
  }
  in_flight_ += flight.messages.size();
  own_in_flight_ = own_in_flight_ || flight.own;
  flights_.push_back(std::move(flight));
  return true;
}

void BroadcastLane::wake() {
  wake_at(core_.now.steady);
}

void BroadcastLane::wake_at(TimePoint when) {
  core_.timers.bring_forward(tick_, TimerKind::broadcast_tick, 0, when);
}

Duration BroadcastLane::coalesced(std::size_t targets) const {
  return std::clamp<Duration>(static_cast<Duration::rep>(targets) * coalesced_per_target,
                              coalesced_min, coalesced_max);
}

// The fewer while there is much to say: what somebody misses shows with the next message.
std::uint8_t BroadcastLane::copies() const {
  const auto n = static_cast<double>(core_.table.reachable());
  const auto sure = static_cast<std::uint32_t>(std::ceil(std::log(n) + copies_beyond_log));
  const bool busy = own_formed_ && core_.now.steady - *own_formed_ < 2 * coalesced_max;
  return static_cast<std::uint8_t>(
      std::min<std::uint32_t>(busy ? core_.config.broadcast_relay_fanout : sure, copies_max));
}

void BroadcastLane::choose_all() {
  targets_.clear();
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot) && core_.table.at(slot).order_index != UINT32_MAX) {
      targets_.push_back(slot);
    }
  }
}

void BroadcastLane::form() {
  if (core_.self.displaced()) {
    return;  // a displaced run claims nothing; what it has to say waits
  }
  form_own();
  form_passing();
  form_repeated();
}

void BroadcastLane::form_own() {
  if (own_.empty() || own_in_flight_ || !may_send() || !core_.room_for_messages() || !may_mint()) {
    return;
  }
  const bool behind = core_.now.steady < held_until_;
  if (behind && own_formed_ && core_.now.steady < *own_formed_ + held_max) {
    wake_at(std::min(held_until_, *own_formed_ + held_max));
    return;
  }
  const std::size_t others = core_.table.reachable() - 1;
  const bool direct = others <= core_.config.broadcast_direct_fanout;
  const Duration pause = coalesced(direct ? others : copies_max);
  if (own_formed_ && core_.now.steady < *own_formed_ + pause &&
      bytes_ < core_.config.datagram_bytes) {
    wake_at(*own_formed_ + pause);
    return;
  }
  Flight flight{.own = true};
  if (direct) {
    choose_all();
    core_.prng.shuffle(std::span(targets_));  // the last of many is not always the same
    flight.targets = targets_;
  } else {
    flight.others = copies();
    core_.table.pick(flight.others, no_slot, core_.prng, flight.targets);
  }
  own_formed_ = core_.now.steady;
  last_ = nullptr;
  const auto copies = static_cast<std::int64_t>(std::max<std::size_t>(flight.targets.size(), 1));
  core_.stats.broadcasts_held += behind ? 1 : 0;
  const std::int64_t share = behind ? copies * held_share : copies;
  for (std::int64_t budget = burst_bytes / share; !own_.empty() && budget > 0 && may_mint();) {
    BroadcastPtr message = mint(flight.targets.size());
    budget -= static_cast<std::int64_t>(told_bytes(*message) + message->topic.size() + 64);
    flight.messages.push_back(std::move(message));
  }
  if (flight.targets.empty()) {
    // Alone: whoever comes begins behind it.
    release(flight);
    if (!own_.empty()) {
      wake();
    }
    return;
  }
  launch(std::move(flight));
}

void BroadcastLane::on_behind(std::uint64_t messages) {
  if (messages >= far_behind) {
    const auto times = static_cast<Duration::rep>(std::min(messages / far_behind, held_times_max));
    held_until_ = std::max(held_until_, core_.now.steady + times * held_by_request);
  }
}

// What is announced is pulled soon, by all who are told: the next waits until that may be over, or
// more would be announced than is retained.
bool BroadcastLane::may_mint() {
  if (own_.front().payload.size() <= core_.max_datagram_payload()) {
    return true;
  }
  const Duration wait = announced_.wait(core_.now.steady);
  if (wait > Duration::zero()) {
    wake_at(core_.now.steady + wait);
  }
  return wait == Duration::zero();
}

// From here on it has its number and can't be superseded.
BroadcastPtr BroadcastLane::mint(std::size_t targets) {
  Own own = std::move(own_.front());
  own_.pop_front();
  const std::size_t waited = own.bytes();
  const std::size_t size = own.payload.size();
  std::optional<Announced> announced;
  if (size > core_.max_datagram_payload()) {
    announced = Announced{static_cast<std::uint32_t>(size), crypto::checksum_of(own.payload)};
    announced_.spend(size * targets);
  }
  BroadcastPtr message = core_.broadcasts.deliver_own(
      std::move(own.topic), std::make_shared<const ByteVector>(std::move(own.payload)), announced);
  bytes_ = bytes_ - waited + told_bytes(*message);
  return message;
}

void BroadcastLane::form_passing() {
  if (passing_.empty()) {
    return;
  }
  const TimePoint due =
      passing_formed_ ? *passing_formed_ + coalesced(passing_others_) : core_.now.steady;
  if (core_.now.steady < due && bytes_ < core_.config.datagram_bytes) {
    wake_at(due);
    return;
  }
  passing_formed_ = core_.now.steady;
  Flight flight{.messages = std::exchange(passing_, {}),
                .others = std::exchange(passing_others_, 0)};
  core_.table.pick(flight.others, no_slot, core_.prng, flight.targets);
  launch(std::move(flight));
}

void BroadcastLane::form_repeated() {
  if (!core_.active()) {
    last_ = nullptr;
  }
  if (!last_ || !flights_.empty() || !own_.empty()) {
    return;
  }
  const TimePoint due = last_told_ + core_.config.broadcast_repeat_after;
  if (core_.now.steady < due) {
    wake_at(due);
    return;
  }
  Flight flight{.messages = {std::exchange(last_, nullptr)}, .repeated = true};
  choose_all();
  core_.prng.shuffle(std::span(targets_));
  flight.targets = targets_;
  bytes_ += told_bytes(*flight.messages.front());
  launch(std::move(flight));
}

bool BroadcastLane::may_send() {
  const Duration wait = pace_.wait(core_.now.steady);
  if (wait > Duration::zero()) {
    wake_at(core_.now.steady + wait);
  }
  return wait == Duration::zero();
}

std::optional<Transmit> BroadcastLane::poll(MutableBytes out) {
  if (queued() == 0 && flights_.empty() && !last_) {
    return std::nullopt;
  }
  form();
  while (!flights_.empty()) {
    Flight& flight = flights_.front();
    if (!advance(flight)) {
      land(flight);
      form();
      continue;
    }
    if (!may_send()) {
      return std::nullopt;
    }
    const Slot to = flight.targets[flight.next++];
    if (!core_.table.used(to) || !core_.table.at(to).reachable()) {
      continue;
    }
    if (const auto sent = send(flight, to, out)) {
      pace_.spend(sent->size);
      return sent;
    }
  }
  return std::nullopt;
}

// False: all of it is out.
bool BroadcastLane::advance(Flight& flight) {
  if (flight.next == flight.targets.size()) {
    // Nobody could be told of the piece: it has no end yet, and none will be.
    flight.begin = flight.end > flight.begin ? flight.end : flight.messages.size();
    flight.end = flight.begin;
    flight.next = 0;
  }
  return flight.begin < flight.messages.size() && !flight.targets.empty();
}

// Its messages no longer count against the bound.
void BroadcastLane::release(const Flight& flight) {
  for (const BroadcastPtr& message : flight.messages) {
    bytes_ -= told_bytes(*message);
  }
}

void BroadcastLane::land(Flight& flight) {
  if (flight.own && flight.others == 0 && core_.config.broadcast_repeat_after > Duration::zero()) {
    last_ = flight.messages.back();
    last_told_ = core_.now.steady;
  }
  release(flight);
  in_flight_ -= flight.messages.size();
  own_in_flight_ = own_in_flight_ && !flight.own;
  flights_.pop_front();
}

std::optional<Transmit> BroadcastLane::send(Flight& flight, Slot to, MutableBytes out) {
  constexpr std::size_t offset = crypto::DatagramSealer::plaintext_offset;
  const std::size_t room = std::min(out.size(), core_.config.datagram_bytes);
  wire::PacketWriter writer(out.subspan(offset, room - crypto::datagram_overhead), "");
  if (flight.others > 0) {
    (void)writer.add(wire::Spread{flight.others});
  }
  std::size_t at = flight.begin;
  std::size_t packed = 0;
  for (; at < flight.messages.size() && (flight.end == flight.begin || at < flight.end); ++at) {
    if (writer.add(flight.messages[at]->on_wire(core_.self.boot()))) {
      ++packed;
    } else if (packed > 0) {
      break;
    } else {
      ++core_.stats.broadcasts_dropped;  // its origin has longer datagrams than we may send
    }
  }
  flight.end = std::max(flight.end, at);
  if (packed == 0) {
    return std::nullopt;
  }
  const Description& about = *core_.table.at(to).description;
  const std::size_t size = writer.finish().size();
  const auto sealed = core_.sealer.seal(out, size, about.inbox);
  if (!sealed) {
    return std::nullopt;
  }
  core_.stats.broadcasts_sent += packed;
  ++core_.stats.datagrams_sent;
  core_.stats.bytes_sent += sealed->size();
  core_.trace(TraceKind::datagram_sent, 0, sealed->size());
  return Transmit{about.address, sealed->size()};
}

}  // namespace swim::engine
