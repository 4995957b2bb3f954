#include "core/engine/record.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"

namespace swim::engine {

namespace {

using Milliseconds = std::chrono::milliseconds;

std::uint32_t saturated(std::int64_t value) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, UINT32_MAX));
}

template <class Unit>
std::int64_t whole(Duration duration) {
  return std::chrono::duration_cast<Unit>(duration).count();
}

std::uint32_t wrapped_ms(TimePoint time) {
  return static_cast<std::uint32_t>(whole<Milliseconds>(time.time_since_epoch()));
}

// The event by which a member that only came was shown.
MemberEvent arrival(const Shown& shown, bool own) {
  return {.revision = shown.revision,
          .type = EventType::joined,
          .reason = EventReason::first_seen,
          .member = view_of(shown, own),
          .previous = std::nullopt,
          .accuser = {},
          .time = shown.since};
}

}  // namespace

void Record::set_claim(const Claim& claim) {
  life_ = claim.incarnation.life;
  boot_ = claim.incarnation.boot;
  count_ = claim.incarnation.count;
  terminal_ = claim.terminal;
  leaving_ = claim.leaving;
  suspect_ = claim.suspect;
  behind_ = is_behind(state());
}

void Record::describe(DescriptionPtr about) {
  description = std::move(about);
  behind_ = is_behind(state());
}

Doubt& Record::doubted() {
  if (!doubt) {
    doubt = std::make_unique<Doubt>();
  }
  return *doubt;
}

Past& Record::remembered() {
  if (!past) {
    past = std::make_unique<Past>();
  }
  return *past;
}

void Record::settle() {
  if (!doubt || doubtful()) {
    return;
  }
  SWIM_ASSERT(doubt->suspicion == no_timer);
  doubt.reset();
}

void Record::unlist() {
  shown = {};
  if (past && !past->events.empty()) {
    past->events = std::vector<MemberEvent>{std::move(past->events.back())};
  }
}

void Record::on_ack(TimePoint now) {
  acked = true;
  last_ack_ms = wrapped_ms(now);
}

void Record::remember(const MemberEvent& event, bool own) {
  if (!listed() && (!past || past->events.empty())) {
    SWIM_ASSERT(event.reason == EventReason::first_seen);
    return;  // last_events() knows it from what is shown
  }
  std::vector<MemberEvent>& events = remembered().events;
  if (events.empty()) {
    events.push_back(arrival(shown, own));
  }
  if (events.size() == limits::transitions_max) {
    events.erase(events.begin());
  }
  events.push_back(event);
}

std::vector<MemberEvent> Record::last_events(bool own) const {
  if (past && !past->events.empty()) {
    return past->events;
  }
  return listed() ? std::vector{arrival(shown, own)} : std::vector<MemberEvent>();
}

MemberPtr view_of(const Shown& shown, bool own) {
  const Description& about = *shown.about;
  auto view = std::make_shared<MemberInfo>();
  view->name = about.name;
  view->address = about.address;
  view->status = shown.status;
  view->incarnation = {shown.life, shown.boot(), shown.count};
  view->metadata = about.metadata;
  view->zone = about.zone;
  view->apps = wire::decode_apps(about.apps).value_or(wire::AppStates{});
  view->status_since = shown.since;
  view->left_reason = shown.left_reason;
  view->local = own;
  view->revision = shown.revision;
  return view;
}

MemberStatus status_of(const Claim& claim) {
  switch (claim.terminal) {
    case Terminal::dead:
      return MemberStatus::failed;
    case Terminal::left:
      return MemberStatus::left;
    case Terminal::none:
      break;
  }
  if (claim.leaving) {
    return MemberStatus::leaving;
  }
  return claim.suspect ? MemberStatus::suspect : MemberStatus::alive;
}

Duration drain_left(const Record& record, TimePoint now) {
  if (!record.doubt) {
    return {};
  }
  const Doubt& doubt = *record.doubt;
  const auto total = Milliseconds(doubt.note.drain_ms);
  const auto before = Milliseconds(doubt.note.drain_age_ms);
  return std::max(Duration::zero(), total - before - (now - doubt.note_time));
}

ClaimNote note_at(const Record& record, TimePoint now) {
  if (!record.doubt) {
    return {};
  }
  ClaimNote note = record.doubt->note;
  const Duration passed = now - record.doubt->note_time;
  if (note.drain_ms != 0) {
    note.drain_age_ms = saturated(note.drain_age_ms + whole<Milliseconds>(passed));
  }
  if (record.terminal()) {
    note.age_s = saturated(note.age_s + whole<std::chrono::seconds>(passed));
  }
  return note;
}

Duration since_ack(const Record& record, TimePoint now) {
  return Milliseconds(wrapped_ms(now) - record.last_ack_ms);
}

bool told_within(const Record& record, Duration interval, TimePoint now) {
  return record.past && record.past->verdict_sent != TimePoint{} &&
         now - record.past->verdict_sent < interval;
}

}  // namespace swim::engine
