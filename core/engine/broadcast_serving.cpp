#include "core/engine/broadcast_serving.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr std::int64_t burst_bytes = 256 * 1024;
// Leaves room for the part's own fields in a frame.
constexpr std::size_t part_bytes = limits::stream_frame_bytes_max - 2048;
}  // namespace

BroadcastServing::BroadcastServing(Core& core)
    : core_(core), pace_(core.config.broadcast_bytes_per_second, burst_bytes) {}

bool BroadcastServing::serves(std::uint64_t stream) const {
  return std::ranges::find(served_, stream, &Served::stream) != served_.end() ||
         std::ranges::find(given_all_, stream) != given_all_.end();
}

BroadcastServing::Served& BroadcastServing::served_on(std::uint64_t stream) {
  const auto place = std::ranges::find(served_, stream, &Served::stream);
  if (place != served_.end()) {
    return *place;
  }
  const bool full = streams() >= served_max();
  turned_away_ += full ? 1 : 0;
  return served_.emplace_back(Served{.stream = stream, .turned_away = full});
}

// As many as get theirs within a second, more or less. At a slow pace the first who have a payload
// can give it to others then; served all at once, each would wait too long for its next part.
std::size_t BroadcastServing::served_max() const {
  return std::clamp<std::size_t>(core_.config.broadcast_bytes_per_second / limits::pull_bytes_max,
                                 1, limits::pulls_served_max);
}

bool BroadcastServing::on_request(std::uint64_t stream, const wire::PullRequest& request) {
  Served& served = served_on(stream);
  for (const wire::Span& span : request.spans.view()) {
    if (span.last < span.first || span.last > BroadcastOrder::sequence_max ||
        span.last - span.first >= limits::pull_messages_max - served.answers.size()) {
      return false;
    }
    for (std::uint64_t sequence = span.first; sequence <= span.last; ++sequence) {
      served.answers.push_back(answer_to(served, request.origin_boot, sequence));
    }
  }
  core_.timers.bring_forward(tick_, TimerKind::serve_tick, 0, core_.now.steady);
  return !served.answers.empty();
}

// A stream gets as much as one may ask for by it.
BroadcastServing::Answer BroadcastServing::answer_to(const Served& served, std::uint64_t boot,
                                                     std::uint64_t sequence) {
  Answer answer{.boot = boot, .sequence = sequence, .code = wire::PullCode::not_here};
  std::vector<BroadcastPtr> found;
  core_.broadcasts.retained().collect(boot, {sequence, sequence}, 1, 1, found);
  if (found.empty() || !found.front()->announced) {
    return answer;
  }
  std::size_t bytes = found.front()->payload->size();
  for (const Answer& before : served.answers) {
    bytes += before.message ? before.message->payload->size() : 0;
  }
  if (served.turned_away || bytes > limits::pull_bytes_max) {
    answer.code = wire::PullCode::busy;
    ++core_.stats.pulls_refused;
  } else {
    answer.code = wire::PullCode::here;
    answer.message = std::move(found.front());
  }
  return answer;
}

void BroadcastServing::on_over(std::uint64_t stream) {
  const auto place = std::ranges::find(served_, stream, &Served::stream);
  if (place != served_.end()) {
    turned_away_ -= place->turned_away ? 1 : 0;
    served_.erase(place);
  }
  std::erase(given_all_, stream);
}

void BroadcastServing::on_tick() {
  tick_ = no_timer;
  while (!served_.empty()) {
    if (const Duration wait = pace_.wait(core_.now.steady); wait > Duration::zero()) {
      core_.timers.set(tick_, TimerKind::serve_tick, 0, core_.now.steady + wait);
      return;
    }
    Served served = std::move(served_.front());
    served_.pop_front();
    const bool there = say_next(served);
    if (there && !served.answers.empty()) {
      served_.push_back(std::move(served));
    } else if (served.turned_away) {
      --turned_away_;
    } else if (there) {
      given_all_.push_back(served.stream);
    }
  }
}

// One part, or one refusal. False: the stream is gone.
bool BroadcastServing::say_next(Served& served) {
  const Answer& answer = served.answers.front();
  wire::PullReply reply{
      .origin_boot = answer.boot, .sequence = answer.sequence, .code = answer.code};
  bool whole = true;
  if (answer.message) {
    const Bytes payload = *answer.message->payload;
    reply.total_bytes = static_cast<std::uint32_t>(payload.size());
    reply.offset = static_cast<std::uint32_t>(served.sent);
    reply.payload =
        payload.subspan(served.sent, std::min(part_bytes, payload.size() - served.sent));
    served.sent += reply.payload.size();
    whole = served.sent == payload.size();
    core_.stats.payloads_served += whole ? 1 : 0;
  }
  pace_.spend(reply.payload.size());
  const bool last = whole && served.answers.size() == 1;
  const bool said = core_.streams.say_payload(served.stream, reply, last);
  if (whole) {
    served.answers.pop_front();
    served.sent = 0;
  }
  return said;
}

}  // namespace swim::engine
