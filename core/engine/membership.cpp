#include "core/engine/membership.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/precedence.hpp"

namespace swim::engine {

namespace {
constexpr Duration tombstone_age_min = std::chrono::hours(1);
constexpr std::size_t lost_addresses_max = 32;

// Others wait to hear it: accusations and what answers them, deaths, leaves, and who comes back.
bool awaited(const Claim& before, const Claim& after) {
  return after.suspect || after.leaving || is_terminal(after) || before.suspect ||
         is_terminal(before);
}

bool refuted(const Claim& before, const Claim& after) {
  return before.suspect && !is_terminal(before) && !after.suspect && !is_terminal(after) &&
         before.incarnation.boot == after.incarnation.boot;
}

// Others wait for that too (DESIGN §4.2, urgent lane).
bool apps_changed(const Description& before, const Description& after) {
  return before.incarnation.boot == after.incarnation.boot &&
         !std::ranges::equal(before.apps, after.apps);
}

DescriptionPtr with_apps(const DescriptionPtr& about, const ByteVector& apps) {
  if (std::ranges::equal(about->apps, apps)) {
    return about;
  }
  Description other = *about;
  other.apps = apps;
  return share(std::move(other));
}

// What is shown of the run that is known now. Each app's change is an event of its own, so whatever
// else is told of the run shown leaves its apps as they were told.
DescriptionPtr about_after(const Record& record, const NextEvent& next) {
  if (next.app) {
    return with_apps(record.description,
                     wire::encode_apps(next.app->after).value_or(record.description->apps));
  }
  const bool begins = !record.listed() || next.type == EventType::joined ||
                      record.shown.boot() != record.description->incarnation.boot;
  return begins ? record.description : with_apps(record.description, record.shown.about->apps);
}

// Of a run that is shown alive, if only until the event after this says how it ended: a verdict may
// name an older count than the description that is shown with it.
Incarnation said_last(const Record& record) {
  const Incarnation claimed = record.claim().incarnation;
  const Incarnation& described = record.description->incarnation;
  const bool newer =
      compare_runs(described, claimed) == 0 && compare_descriptors(described, claimed) > 0;
  return newer ? described : claimed;
}

// Null where there was none, or where it is the same. A copy: descriptions stay on this thread.
std::shared_ptr<const ByteVector> metadata_before(const Shown& before, const Shown& after) {
  if (before.about == nullptr || before.about == after.about ||
      std::ranges::equal(before.about->metadata, after.about->metadata)) {
    return nullptr;
  }
  return std::make_shared<const ByteVector>(before.about->metadata);
}
}  // namespace

Slot Membership::find_or_add(std::string_view name, const Incarnation& incarnation) {
  if (incarnation.boot == 0 || incarnation.life > limits::life_max) {
    core_.drop(DropReason::malformed);  // no run can have said that of itself
    return no_slot;
  }
  const Slot known = core_.table.find(name);
  if (known != no_slot) {
    return known;
  }
  if (name.empty() || (core_.table.size() >= limits::members_max && !make_room())) {
    ++core_.stats.names_refused;
    return no_slot;
  }
  return core_.table.add(name);
}

bool Membership::has_room() const {
  return core_.table.size() < limits::members_max || expendable() != no_slot;
}

// Over the cap the oldest tombstone goes first, never one younger than an hour (DESIGN §4.4).
Slot Membership::expendable() const {
  Slot oldest = no_slot;
  std::uint32_t oldest_age = 0;
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (!core_.table.used(slot) || !core_.table.at(slot).terminal() ||
        core_.table.at(slot).listed()) {
      continue;
    }
    const std::uint32_t age = note_at(core_.table.at(slot), core_.now.steady).age_s;
    if (oldest == no_slot || age > oldest_age) {
      oldest = slot;
      oldest_age = age;
    }
  }
  return std::chrono::seconds(oldest_age) < tombstone_age_min ? no_slot : oldest;
}

bool Membership::make_room() {
  const Slot oldest = expendable();
  if (oldest != no_slot) {
    remove(oldest);
  }
  return oldest != no_slot;
}

// A tombstone is taken from others while it is of use, and never at the cost of another one: what
// was let go for want of room would come back with each sync.
Slot Membership::find_or_bury(const wire::Dead& message) {
  const bool known = core_.table.find(message.node) != no_slot;
  if (!known && (core_.table.size() >= limits::members_max ||
                 std::chrono::seconds(message.note.age_s) >= core_.config.tombstone_retention)) {
    return no_slot;
  }
  return find_or_add(message.node, message.claim.incarnation);
}

void Membership::remove(Slot slot) {
  core_.members_changed = true;
  core_.suspicions.end(slot);
  core_.hearsay.forget(slot);
  core_.prober.forget(slot);
  core_.gossip.forget(slot);
  core_.broadcasts.forget(core_.table.at(slot).name());
  core_.table.remove(slot);
}

void Membership::on_alive(const wire::Alive& message) {
  if (message.descriptor.node.name == core_.self.name()) {
    const bool own_words = message.descriptor.incarnation.boot == message.claim.incarnation.boot;
    core_.self.on_claim(message.claim,
                        own_words ? std::optional(message.descriptor.node.address) : std::nullopt);
    return;
  }
  const Slot slot = message.descriptor.incarnation.boot == 0
                        ? no_slot
                        : find_or_add(message.descriptor.node.name, message.claim.incarnation);
  if (slot == no_slot) {
    return;
  }
  const Transition transition = handle_alive(core_.table.at(slot).state(), message);
  const DescriptionPtr before = core_.table.at(slot).description;
  if (transition.descriptor_changed) {
    core_.broadcasts.on_described(slot, *core_.table.at(slot).description, message.descriptor);
    core_.table.describe(slot, core_.keep(message.descriptor));
  }
  absorb(slot, transition, message.note, {});
  if (transition.descriptor_changed) {
    core_.broadcasts.on_known(message.descriptor.incarnation.boot);
  }
  if (!core_.quiet_merge && apps_changed(*before, *core_.table.at(slot).description)) {
    core_.gossip.hurry(slot);
  }
  if (!transition.claim_changed) {
    correct(slot, message);
  }
}

// A run that is not the one we hold and comes behind it in the order, as after a restart within one
// second: it must learn what is held of its name, or it would speak and not be heard.
void Membership::correct(Slot slot, const wire::Alive& message) {
  Record& record = core_.table.at(slot);
  const Incarnation& theirs = message.claim.incarnation;
  if (theirs.boot == record.claim().incarnation.boot || theirs.boot == record.previous_boot() ||
      message.descriptor.incarnation.boot != theirs.boot || is_terminal(message.claim)) {
    return;
  }
  core_.tell_record(slot, message.descriptor.node.address, message.descriptor.inbox);
}

void Membership::on_suspect(const wire::Suspect& message) {
  if (message.node == core_.self.name()) {
    core_.self.on_claim(message.claim);
    return;
  }
  const Slot slot = find_or_add(message.node, message.claim.incarnation);
  if (slot == no_slot) {
    return;
  }
  const Source source{message.accuser, message.accuser_boot, message.evidence};
  const Transition transition = handle_suspect(core_.table.at(slot).state(), message);
  absorb(slot, transition, message.note, source);
  if ((transition.claim_changed || transition.confirms) && !core_.table.at(slot).terminal()) {
    core_.suspicions.add_accuser(slot, source);
  }
}

void Membership::on_dead(const wire::Dead& message) {
  if (message.node == core_.self.name()) {
    core_.self.on_claim(message.claim);
    return;
  }
  const Slot slot = find_or_bury(message);
  if (slot == no_slot) {
    return;
  }
  if (!core_.hearsay.hold(slot, message)) {
    believe(message);
  }
}

void Membership::believe(const wire::Dead& message) {
  const Slot slot = core_.table.find(message.node);
  if (slot == no_slot) {
    return;
  }
  const Transition transition = handle_dead(core_.table.at(slot).state(), message);
  absorb(slot, transition, message.note, {message.accuser, message.accuser_boot, message.evidence});
}

void Membership::declare(Slot slot, Terminal terminal, LeftReason reason, const Source& source) {
  Record& record = core_.table.at(slot);
  Transition transition{.state = record.state()};
  transition.state.claim = declared(record.claim(), terminal);
  transition.claim_changed = supersedes(transition.state.claim, record.claim());
  if (transition.claim_changed) {
    absorb(slot, transition, ClaimNote{.left_reason = reason}, source);
  }
}

void Membership::absorb(Slot slot, const Transition& transition, const ClaimNote& note,
                        const Source& source) {
  if (!transition.claim_changed && !transition.descriptor_changed) {
    return;
  }
  core_.members_changed = true;
  Record& record = core_.table.at(slot);
  const Claim before = record.claim();
  if (transition.claim_changed) {
    core_.table.set_claim(slot, transition.state.claim);
    core_.trace(TraceKind::claim_accepted, record.claim().incarnation.boot,
                record.claim().incarnation.count,
                static_cast<std::uint64_t>(status_of(record.claim())));
    if (before.incarnation.boot != record.claim().incarnation.boot &&
        before.incarnation.boot != 0) {
      record.remembered().previous_boot = before.incarnation.boot;
      record.acked = false;
    }
    if (record.doubt && record.doubt->found && refuted(before, record.claim())) {
      core_.prober.on_refuted();
    }
    begin_doubt(slot, note, source);
    count_transition(record, before);
  }
  if (!core_.quiet_merge) {
    core_.gossip.mark(slot, transition.descriptor_changed, transition.claim_changed);
    if (transition.claim_changed && awaited(before, record.claim())) {
      core_.gossip.hurry(slot);
    }
  }
  if (transition.claim_changed && record.claim().terminal == Terminal::dead) {
    core_.retries.note(slot);
  }
  core_.table.refresh(slot, core_.prng);
  if (record.behind() && !record.terminal()) {
    core_.streams.want_sync(source.accuser);
  }
  show(slot, source);
}

// What was held beside the claim before speaks of another one.
void Membership::begin_doubt(Slot slot, const ClaimNote& note, const Source& source) {
  Record& record = core_.table.at(slot);
  if (!record.doubt && !record.doubtful()) {
    return;
  }
  Doubt& doubt = record.doubted();
  core_.suspicions.end(slot);
  doubt.accusers.clear();
  doubt.source = {std::string(source.accuser), source.boot, source.evidence, core_.now.wall, 0};
  doubt.note = note;
  doubt.note_time = core_.now.steady;
  if (record.claim().suspect && !record.terminal()) {
    doubt.suspected_since = doubt.suspicion_floor = core_.now.steady;
    doubt.found = false;
    doubt.questions = 0;
    core_.suspicions.arm(slot);
  }
  record.settle();
}

void Membership::count_transition(const Record& record, const Claim& before) {
  if (before.suspect && !is_terminal(before)) {
    ++(record.claim().terminal == Terminal::dead ? core_.stats.suspicions_confirmed
                                                 : core_.stats.suspicions_refuted);
  }
  if (record.claim().terminal == Terminal::left) {
    ++(record.doubt->note.left_reason == LeftReason::silent   ? core_.stats.left_silent
       : record.doubt->note.left_reason == LeftReason::forced ? core_.stats.left_forced
                                                              : core_.stats.left_goodbye);
  }
}

void Membership::show(Slot slot, const Source& source) {
  Record& record = core_.table.at(slot);
  while (const auto next = next_event(record, source.evidence)) {
    push_event(slot, *next, source);
  }
}

void Membership::announce(Slot slot, EventType type, EventReason reason) {
  const Record& record = core_.table.at(slot);
  // What is known now may be of another run than the one shown, in part or in whole.
  const bool other_run = record.behind() || record.shown.boot() != record.claim().incarnation.boot;
  push_event(slot, {type, reason, record.shown.status, other_run}, {});
}

void Membership::push_event(Slot slot, const NextEvent& next, const Source& source) {
  core_.members_changed = true;
  Record& record = core_.table.at(slot);
  const bool own = slot == MemberTable::self;
  const auto previous = record.listed() ? std::optional(record.shown.status) : std::nullopt;
  Shown shown = record.shown;
  shown.revision = ++core_.revision;
  shown.status = next.status;
  shown.left_reason = next.status == MemberStatus::left
                          ? note_at(record, core_.now.steady).left_reason
                          : LeftReason::none;
  if (previous != next.status) {
    shown.since = core_.now.wall;
  }
  if (!next.keep_run) {
    shown.about = about_after(record, next);
    shown.set_incarnation(is_over(next.status) ? record.claim().incarnation : said_last(record));
  }
  MemberEvent event{shown.revision, next.type,
                    next.reason,    view_of(shown, own),
                    previous,       std::string(source.accuser),
                    core_.now.wall, next.app ? next.app->name : std::string(),
                    nullptr};
  record.remember(event, own);
  event.previous_metadata = metadata_before(record.shown, shown);  // not needed in memories
  record.shown = std::move(shown);
  ++core_.stats.events[static_cast<std::size_t>(next.type)];
  core_.trace(TraceKind::member_event, record.shown.boot(), static_cast<std::uint64_t>(next.type),
              core_.revision);
  core_.emit(std::move(event));
}

void Membership::reap() {
  core_.broadcasts.reap();
  if (core_.table.all_reachable()) {
    return;
  }
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (!core_.table.used(slot) || !core_.table.at(slot).terminal()) {
      continue;
    }
    Record& record = core_.table.at(slot);
    const Duration age = std::chrono::seconds(note_at(record, core_.now.steady).age_s);
    const Duration listed = record.claim().terminal == Terminal::left
                                ? core_.config.left_retention
                                : core_.config.failed_retention;
    if (record.listed() && age >= listed) {
      announce(slot, EventType::expired, EventReason::retention);
      record.unlist();
    }
    if (age >= core_.config.tombstone_retention) {
      remove(slot);
    }
  }
}

std::vector<Endpoint> Membership::forget_all() {
  std::vector<Endpoint> lost;
  for (Slot slot = 1; slot < core_.table.slots(); ++slot) {
    if (!core_.table.used(slot)) {
      continue;
    }
    const Record& record = core_.table.at(slot);
    if (!record.behind() && record.claim().terminal != Terminal::left) {
      lost.push_back(record.description->address);
    }
    if (record.listed()) {
      announce(slot, EventType::expired, EventReason::forgotten);
    }
    remove(slot);
  }
  core_.prng.shuffle(std::span(lost));
  lost.resize(std::min(lost.size(), lost_addresses_max));
  return lost;
}

}  // namespace swim::engine
