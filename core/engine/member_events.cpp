#include "core/engine/member_events.hpp"

#include <algorithm>
#include <utility>

namespace swim::engine {

namespace {

EventReason left_reason(LeftReason reason) {
  switch (reason) {
    case LeftReason::silent:
      return EventReason::silent;
    case LeftReason::forced:
      return EventReason::forced;
    case LeftReason::none:
    case LeftReason::goodbye:
      break;
  }
  return EventReason::goodbye;
}

EventReason failure_reason(Evidence evidence) {
  switch (evidence) {
    case Evidence::silent:
      return EventReason::probe_silent;
    case Evidence::refused:
      return EventReason::probe_refused;
    case Evidence::stalled:
      return EventReason::probe_stalled;
    case Evidence::unknown:
      break;
  }
  return EventReason::accused;
}

std::pair<EventType, EventReason> event_of(AppChange::Step step) {
  switch (step) {
    case AppChange::Step::attached:
      return {EventType::updated, EventReason::app_attached};
    case AppChange::Step::detached:
      return {EventType::updated, EventReason::app_detached};
    case AppChange::Step::lost:
      return {EventType::app_lost, EventReason::app_broken};
    case AppChange::Step::back:
      break;
  }
  return {EventType::app_back, EventReason::app_attached};
}

NextEvent ending(const Record& record, Evidence evidence, bool keep_run) {
  if (record.claim().terminal == Terminal::left) {
    return {EventType::left, left_reason(record.doubt->note.left_reason), MemberStatus::left,
            keep_run};
  }
  return {EventType::failed, failure_reason(evidence), MemberStatus::failed, keep_run};
}

// The same run as shown, its status changed.
std::optional<NextEvent> status_event(const Record& record, Evidence evidence) {
  const MemberStatus before = record.shown.status;
  const MemberStatus after = status_of(record.claim());
  if (before == after) {
    return std::nullopt;
  }
  switch (after) {
    case MemberStatus::failed:
    case MemberStatus::left:
      return ending(record, evidence, false);
    case MemberStatus::suspect:
      // SUSPECT is shown of an ALIVE member only: from LEAVING the drain must first be taken back.
      if (before == MemberStatus::leaving) {
        return NextEvent{EventType::updated, EventReason::drain_cancelled, MemberStatus::alive};
      }
      return NextEvent{EventType::suspected, failure_reason(evidence), after};
    case MemberStatus::leaving:
      return NextEvent{EventType::leaving, EventReason::goodbye, after};
    case MemberStatus::alive:
      break;
  }
  if (before == MemberStatus::leaving) {
    return NextEvent{EventType::updated, EventReason::drain_cancelled, after};
  }
  return NextEvent{EventType::refuted, EventReason::none, after};
}

std::optional<NextEvent> app_event(const Description& shown, const Description& known,
                                   MemberStatus status) {
  if (std::ranges::equal(shown.apps, known.apps)) {
    return std::nullopt;
  }
  auto change = next_app_change(wire::decode_apps(shown.apps).value_or(wire::AppStates{}),
                                wire::decode_apps(known.apps).value_or(wire::AppStates{}));
  if (!change) {
    return std::nullopt;
  }
  const auto [type, reason] = event_of(change->step);
  return NextEvent{type, reason, status, false, std::move(change)};
}

std::optional<NextEvent> description_event(const Record& record) {
  const Description& shown = *record.shown.about;
  const Description& known = *record.description;
  if (shown.address != known.address) {
    return NextEvent{EventType::updated, EventReason::address, record.shown.status};
  }
  if (!std::ranges::equal(shown.metadata, known.metadata) || shown.zone != known.zone) {
    return NextEvent{EventType::updated, EventReason::labels, record.shown.status};
  }
  return app_event(shown, known, record.shown.status);
}

}  // namespace

std::optional<NextEvent> next_event(const Record& record, Evidence evidence) {
  const bool terminal = record.terminal();
  if (!record.listed()) {
    if (terminal || record.behind()) {
      return std::nullopt;
    }
    return NextEvent{EventType::joined, EventReason::first_seen, MemberStatus::alive};
  }
  const bool shown_over = is_over(record.shown.status);
  if (record.behind()) {
    return terminal && !shown_over ? std::optional(ending(record, evidence, true)) : std::nullopt;
  }
  if (record.shown.boot() != record.claim().incarnation.boot) {
    if (shown_over) {
      return terminal ? std::nullopt
                      : std::optional(NextEvent{EventType::joined, EventReason::rejoined,
                                                MemberStatus::alive});
    }
    return NextEvent{EventType::replaced, EventReason::new_boot, MemberStatus::alive};
  }
  if (shown_over && !terminal) {
    return NextEvent{EventType::joined, EventReason::recovered, MemberStatus::alive};
  }
  if (record.shown.status == MemberStatus::left && terminal) {
    return std::nullopt;  // LEFT stays LEFT, whatever an older life is said to have been
  }
  if (auto event = status_event(record, evidence)) {
    return event;
  }
  return terminal ? std::nullopt : description_event(record);
}

}  // namespace swim::engine
