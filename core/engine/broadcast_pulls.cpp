#include "core/engine/broadcast_pulls.hpp"

#include <algorithm>
#include <memory>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr std::size_t sources_max = 4;
constexpr std::size_t liars_max = 8;
constexpr Duration busy_pause = std::chrono::milliseconds(100);
// Who turned us away so often is asked again, but others are asked as well.
constexpr std::uint32_t turned_away_max = 3;
constexpr Duration room_pause = std::chrono::milliseconds(10);
constexpr std::uint64_t unopened = UINT64_MAX;

std::size_t weight_when_here(const BroadcastMessage& announced) {
  return weight_of(announced) + announced.announced->bytes;
}

// Sequences of one run, as few spans as they need, in as many requests as those need.
std::vector<wire::PullRequest> requests_for(
    const std::vector<std::pair<std::uint64_t, std::uint64_t>>& keys) {
  std::vector<wire::PullRequest> requests;
  for (const auto& [boot, sequence] : keys) {
    wire::PullRequest* last = requests.empty() ? nullptr : &requests.back();
    if (last != nullptr && last->origin_boot == boot &&
        last->spans.items[last->spans.count - 1U].last + 1 == sequence) {
      ++last->spans.items[last->spans.count - 1U].last;
      continue;
    }
    if (last == nullptr || last->origin_boot != boot ||
        last->spans.count == last->spans.items.size()) {
      last = &requests.emplace_back(wire::PullRequest{.origin_boot = boot});
    }
    last->spans.items[last->spans.count++] = {sequence, sequence};
  }
  return requests;
}
}  // namespace

// ---- what is wanted ----------------------------------------------------------------------------

void BroadcastPulls::want(const BroadcastRun& run, BroadcastPtr announced, std::uint8_t others,
                          std::uint64_t teller) {
  const Key key{run.origin->boot, announced->sequence};
  auto place = wanted_.find(key);
  if (place == wanted_.end()) {
    if (wanted_.size() >= limits::broadcast_announced_max) {
      ++core_.stats.payloads_held_back;
      return;
    }
    ++core_.stats.payloads_announced;
    place = wanted_.emplace(key, Wanted{.message = std::move(announced)}).first;
  } else if (place->second.message->announced != announced->announced) {
    // One of the two is not true. The first is held on to until a payload belied it; those whose
    // payloads were judged by it may have told the truth.
    if (place->second.liars.empty() || place->second.stream != 0) {
      return;
    }
    place->second = Wanted{.message = std::move(announced), .others = place->second.others};
  }
  Wanted& wanted = place->second;
  wanted.others = std::max(wanted.others, others);
  add_source(wanted, teller);
  add_source(wanted, run.origin->boot);
  arm(std::max(core_.now.steady, wanted.ask_at));
}

// The members are walked for who is not the origin.
Slot BroadcastPulls::slot_of(const BroadcastMessage& message, std::uint64_t boot) const {
  if (boot == message.origin->boot) {
    return core_.table.find(message.origin->name);
  }
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot) && core_.table.at(slot).claim().incarnation.boot == boot) {
      return slot;
    }
  }
  return no_slot;
}

void BroadcastPulls::add_source(Wanted& wanted, std::uint64_t boot) const {
  const Source source{slot_of(*wanted.message, boot), boot};
  if (usable(source) && wanted.sources.size() < sources_max &&
      std::ranges::find(wanted.sources, source) == wanted.sources.end() &&
      std::ranges::find(wanted.liars, boot) == wanted.liars.end()) {
    wanted.sources.push_back(source);
  }
}

bool BroadcastPulls::usable(const Source& source) const {
  if (source.slot == no_slot || source.slot == MemberTable::self ||
      !core_.table.used(source.slot)) {
    return false;
  }
  const Record& record = core_.table.at(source.slot);
  return record.reachable() && record.claim().incarnation.boot == source.boot;
}

void BroadcastPulls::forget(std::uint64_t boot, const wire::Span& span) {
  auto place = wanted_.lower_bound({boot, span.first});
  while (place != wanted_.end() && place->first.first == boot && place->first.second <= span.last) {
    unexpect(place->second);  // what still comes of it is not wanted
    place = wanted_.erase(place);
  }
}

bool BroadcastPulls::comes(const Wanted& wanted) {
  return wanted.stream != 0 || !wanted.sources.empty();
}

bool BroadcastPulls::comes_soon(const Wanted& wanted) {
  return wanted.stream != 0 || (!wanted.sources.empty() && wanted.turned_away < turned_away_max);
}

bool BroadcastPulls::coming(std::uint64_t boot, std::uint64_t sequence) const {
  const auto place = wanted_.find({boot, sequence});
  return place != wanted_.end() && comes(place->second);
}

std::optional<std::uint64_t> BroadcastPulls::next_coming(std::uint64_t boot,
                                                         std::uint64_t from) const {
  return next(boot, from, comes);
}

std::optional<std::uint64_t> BroadcastPulls::next(std::uint64_t boot, std::uint64_t from,
                                                  bool (*such)(const Wanted&)) const {
  for (auto place = wanted_.lower_bound({boot, from});
       place != wanted_.end() && place->first.first == boot; ++place) {
    if (such(place->second)) {
      return place->first.second;
    }
  }
  return std::nullopt;
}

std::vector<wire::Span> BroadcastPulls::not_coming(std::uint64_t boot,
                                                   const wire::Span& span) const {
  std::vector<wire::Span> rest;
  std::uint64_t from = span.first;
  while (from <= span.last) {
    const auto soon = next(boot, from, comes_soon);
    if (!soon || *soon > span.last) {
      rest.push_back({from, span.last});
      break;
    }
    if (*soon > from) {
      rest.push_back({from, *soon - 1});
    }
    from = *soon + 1;
  }
  return rest;
}

// ---- when it is asked for ----------------------------------------------------------------------

void BroadcastPulls::arm(TimePoint when) {
  core_.timers.bring_forward(tick_, TimerKind::pull_tick, 0, when);
}

void BroadcastPulls::on_tick() {
  tick_ = no_timer;
  for (auto place = wanted_.begin(); place != wanted_.end(); ++place) {
    if (may_start(place->first, place->second) && !start(place)) {
      arm(core_.now.steady + busy_pause);  // no more streams now
      return;
    }
  }
}

bool BroadcastPulls::may_start(const Key& key, Wanted& wanted) {
  if (wanted.stream != 0) {
    return false;
  }
  choose_source(wanted);
  if (wanted.sources.empty()) {
    return false;
  }
  if (wanted.ask_at > core_.now.steady) {
    arm(wanted.ask_at);
    return false;
  }
  const auto busy = std::ranges::count_if(
      pulls_, [&](const auto& pull) { return pull.second.from == wanted.sources.front(); });
  const bool room = fits(key, wanted);
  if (!room) {
    arm(core_.now.steady + room_pause);
  }
  // The end of a pull starts the next.
  const bool may = room && pulls_.size() < limits::pulls_max &&
                   static_cast<std::size_t>(busy) < limits::pulls_per_member_max;
  if (!may && !std::exchange(wanted.held_back, true)) {
    ++core_.stats.payloads_held_back;
  }
  return may;
}

void BroadcastPulls::choose_source(Wanted& wanted) const {
  std::erase_if(wanted.sources, [&](const Source& source) { return !usable(source); });
}

// What is next in its order waits for nothing when it is here. Anything else needs room to wait in,
// or it would close a hole that is only late.
bool BroadcastPulls::fits(const Key& key, const Wanted& wanted) const {
  const BroadcastRun* run = core_.broadcasts.runs().find(key.first);
  return run != nullptr &&
         (core_.broadcasts.is_next(*run, key.second) ||
          (core_.broadcasts.waiting() + messages_ < core_.config.broadcast_reorder_messages &&
           core_.broadcasts.waiting_bytes() + bytes_ + weight_when_here(*wanted.message) <=
               core_.config.broadcast_reorder_bytes));
}

// And what else the same member has, as much as one stream may carry.
bool BroadcastPulls::start(Place first) {
  const Source from = first->second.sources.front();
  Pull pull{.from = from};
  std::size_t bytes = 0;
  for (auto place = first; place != wanted_.end() && pull.asked.size() < limits::pull_messages_max;
       ++place) {
    Wanted& wanted = place->second;
    const std::size_t size = wanted.message->announced->bytes;
    choose_source(wanted);
    const bool ready = wanted.stream == 0 && !wanted.sources.empty() &&
                       wanted.sources.front() == from && wanted.ask_at <= core_.now.steady;
    if (ready && bytes + size <= limits::pull_bytes_max && fits(place->first, wanted)) {
      pull.asked.push_back(place->first);
      bytes += size;
      ++messages_;
      bytes_ += weight_when_here(*wanted.message);
    }
  }
  const auto stream = core_.streams.open_pull(from.slot, requests_for(pull.asked));
  for (const Key& key : pull.asked) {
    Wanted& wanted = wanted_.at(key);
    wanted.stream = stream.value_or(unopened);
    if (!stream) {
      unexpect(wanted);
    }
  }
  if (!stream) {
    return false;
  }
  ++core_.stats.pulls_started;
  pulls_.emplace(*stream, std::move(pull));
  return true;
}

// ---- what comes --------------------------------------------------------------------------------

BroadcastPulls::Wanted* BroadcastPulls::expected(const Key& key, std::uint64_t stream) {
  const auto place = wanted_.find(key);
  return place != wanted_.end() && place->second.stream == stream ? &place->second : nullptr;
}

void BroadcastPulls::unexpect(Wanted& wanted) {
  if (std::exchange(wanted.stream, 0) != 0) {
    --messages_;
    bytes_ -= weight_when_here(*wanted.message);
  }
}

BroadcastPulls::Next BroadcastPulls::on_reply(std::uint64_t stream, const wire::PullReply& reply) {
  const auto found = pulls_.find(stream);
  const Key key{reply.origin_boot, reply.sequence};
  if (found == pulls_.end() ||
      std::ranges::find(found->second.asked, key) == found->second.asked.end()) {
    return Next::refused;
  }
  Pull& pull = found->second;
  Wanted* wanted = expected(key, stream);
  if (reply.code == wire::PullCode::here) {
    if (wanted != nullptr) {
      if (BroadcastRun* run = core_.broadcasts.runs().find(key.first)) {
        run->pulled = core_.now.steady;
      }
      return take_part(pull, key, *wanted, reply);
    }
    if (reply.offset + reply.payload.size() < reply.total_bytes) {
      return Next::more;
    }
  } else if (wanted != nullptr) {
    unexpect(*wanted);
    std::erase(wanted->sources, pull.from);
    if (reply.code == wire::PullCode::busy) {
      ++core_.stats.pulls_turned_away;
      ++wanted->turned_away;
      wanted->sources.push_back(pull.from);
      wanted->ask_at = core_.now.steady + core_.prng.jitter(busy_pause, 50);
    }
    search(key, *wanted);
    arm(core_.now.steady);
  }
  std::erase(pull.asked, key);
  return pull.asked.empty() ? Next::done : Next::more;
}

BroadcastPulls::Next BroadcastPulls::take_part(Pull& pull, const Key& key, Wanted& wanted,
                                               const wire::PullReply& reply) {
  const Announced& announced = *wanted.message->announced;
  if (pull.receiving != key) {
    pull.receiving = key;
    pull.payload.clear();
    pull.payload.reserve(announced.bytes);
    pull.checksum = {};
  }
  const bool goes_on = reply.total_bytes == announced.bytes &&
                       reply.offset == pull.payload.size() && !reply.payload.empty();
  if (goes_on) {
    pull.payload.insert(pull.payload.end(), reply.payload.begin(), reply.payload.end());
    pull.checksum.add(reply.payload);
    if (pull.payload.size() < announced.bytes) {
      return Next::more;
    }
  }
  if (!goes_on || pull.checksum.finish() != announced.checksum) {
    ++core_.stats.payloads_refused;
    if (wanted.liars.size() < liars_max) {
      wanted.liars.push_back(pull.from.boot);
    }
    return Next::refused;
  }
  complete(pull, key);
  return pull.asked.empty() ? Next::done : Next::more;
}

void BroadcastPulls::complete(Pull& pull, const Key& key) {
  const auto place = wanted_.find(key);
  BroadcastMessage whole = *place->second.message;
  whole.payload = std::make_shared<const ByteVector>(std::move(pull.payload));
  const std::uint8_t others = place->second.others;
  unexpect(place->second);
  wanted_.erase(place);
  pull.receiving.reset();
  std::erase(pull.asked, key);
  ++core_.stats.payloads_pulled;
  core_.broadcasts.on_pulled(std::make_shared<const BroadcastMessage>(std::move(whole)), others);
  arm(core_.now.steady);
}

// What it did not bring is asked of others.
void BroadcastPulls::on_over(std::uint64_t stream) {
  const auto found = pulls_.find(stream);
  if (found == pulls_.end()) {
    return;
  }
  const Pull pull = std::move(found->second);
  pulls_.erase(found);
  core_.stats.pulls_failed += pull.asked.empty() ? 0 : 1;
  for (const Key& key : pull.asked) {
    if (Wanted* wanted = expected(key, stream)) {
      unexpect(*wanted);
      std::erase(wanted->sources, pull.from);
      search(key, *wanted);
    }
  }
  arm(core_.now.steady);
}

// From here on repair has as much time as with any other hole, however long this was waited for.
void BroadcastPulls::search(const Key& key, const Wanted& wanted) {
  BroadcastRun* run = core_.broadcasts.runs().find(key.first);
  if (run != nullptr && !comes(wanted)) {
    run->pulled = core_.now.steady;
  }
}

}  // namespace swim::engine
