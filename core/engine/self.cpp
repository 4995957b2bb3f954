#include "core/engine/self.hpp"

#include <algorithm>
#include <limits>

#include "core/engine/core.hpp"

namespace swim::engine {

namespace {
constexpr Duration takeover_backoff_max = std::chrono::minutes(5);
// Shorter ones are within every suspicion; and after such a time without any it is healed.
constexpr Duration stall_worth_telling = std::chrono::milliseconds(100);
constexpr Duration stall_remembered = std::chrono::minutes(5);
constexpr std::uint32_t repeats_burst = 4;
constexpr Duration repeats_interval = std::chrono::milliseconds(250);
// An accusation does not say where the accused is: it may be our own earlier run, and then the
// first answer shows it.
constexpr Duration observe_first = std::chrono::milliseconds(20);
constexpr Duration observe_pause_min = std::chrono::seconds(1);
constexpr Duration observe_pause_max = std::chrono::seconds(10);
constexpr Duration rival_doubted_after = 3 * observe_pause_max;
}  // namespace

Record& Self::record() {
  return core_.table.at(MemberTable::self);
}

const Record& Self::record() const {
  return core_.table.at(MemberTable::self);
}

Claim Self::claim() const {
  return record().claim();
}

void Self::start(LocalMember member) {
  name_ = member.name;
  boot_ = core_.seams.ids.draw();
  core_.table.add(name_);
  Description own;
  own.name = name_;
  own.address = member.address;
  own.metadata = std::move(member.metadata);
  own.zone = std::move(member.zone);
  own.capabilities =
      wire::capability_full_sync | wire::capability_fetch |
      (core_.config.healing.digest_sync ? wire::capability_digest_sync : wire::Capability{});
  own.inbox = core_.seams.ids.draw();
  core_.sealer.set_inbox(own.inbox, core_.now.steady, core_.config.inbox_grace);
  core_.table.describe(MemberTable::self, share(std::move(own)));
  set_life(static_cast<std::uint64_t>(std::max<std::int64_t>(core_.now.wall.unix_ms / 1000, 1)));
  core_.membership.show(MemberTable::self);
}

void Self::set_life(std::uint64_t life) {
  core_.table.set_claim(MemberTable::self,
                        {.incarnation = {life, boot_, 0}, .leaving = claim().leaving});
  describe(*record().description);
  core_.trace(TraceKind::new_life, boot_, life);
  announce();
}

void Self::announce() {
  core_.gossip.mark(MemberTable::self, true, true);
}

// What is said of this node from now on, with a new count or, where that would overflow, a new
// life.
void Self::mint(Claim next, Description about) {
  const bool overflow = next.incarnation.count == std::numeric_limits<std::uint32_t>::max();
  next.incarnation.count += overflow ? 0 : 1;
  core_.table.set_claim(MemberTable::self, next);
  describe(std::move(about));
  if (overflow) {
    set_life(life() + 1);
  } else {
    announce();
  }
}

void Self::describe(Description about) {
  about.incarnation = claim().incarnation;
  about.sequence = core_.broadcasts.sequence();
  about.apps = core_.apps.encoded();
  core_.table.describe(MemberTable::self, core_.keep(descriptor_of(about)));
}

void Self::raise_count() {
  mint(claim(), *record().description);
}

void Self::take_life_above(const Claim& known) {
  if (core_.state == NodeState::left || known.incarnation.life > limits::life_max) {
    return;  // as in on_claim
  }
  if (known.incarnation.boot != boot_ && known.incarnation.life >= life()) {
    set_life(known.incarnation.life + 1);
    forget_beaten_rival();
  } else if (known.incarnation.boot == boot_) {
    on_claim(known);
  }
}

// Wrongly declared dead, or taking the name back: a new life, the same boot. A drainer revives
// LEAVING with what remains of its drain.
void Self::revive(std::uint64_t above) {
  const Duration remaining = drain_left(record(), core_.now.steady);
  const bool leaving = claim().leaving;
  const auto wall =
      static_cast<std::uint64_t>(std::max<std::int64_t>(core_.now.wall.unix_ms / 1000, 0));
  set_life(std::max({wall, above + 1, life() + 1}));
  ++core_.stats.new_lives;
  if (leaving) {
    set_leaving(true, remaining);
  }
  core_.gossip.hurry(MemberTable::self);
  core_.membership.show(MemberTable::self);
}

void Self::on_claim(const Claim& heard, const std::optional<Endpoint>& address) {
  if (core_.state == NodeState::left || heard.incarnation.life > limits::life_max) {
    return;  // a run that left by itself never revives except by Join
  }
  if (heard.incarnation.boot != boot_) {
    on_rival(heard, address);
    return;
  }
  if (displaced()) {
    doubt_rival();
    return;
  }
  if (!supersedes(heard, claim())) {
    repeat(heard);
    return;
  }
  if (is_terminal(heard) || heard.incarnation.life > life()) {
    core_.health.adjust(1);
    revive(heard.incarnation.life);
    return;
  }
  if (heard.suspect) {
    ++core_.stats.refutations;
    core_.health.adjust(1);
    core_.trace(TraceKind::refuted, boot_, heard.incarnation.count);
  }
  Claim answer = claim();
  answer.incarnation.count = heard.incarnation.count;
  mint(answer, *record().description);
  core_.gossip.hurry(MemberTable::self);
}

// Somebody has missed our answer: what it was told there is over, and it will not hear it again
// from those who told it long ago.
void Self::repeat(const Claim& heard) {
  const bool bad_news = heard.suspect || is_terminal(heard);
  if (bad_news && heard != claim() &&
      repeats_.take(core_.now.steady, repeats_burst, repeats_interval)) {
    announce();
    core_.gossip.hurry(MemberTable::self);
  }
}

void Self::on_rival(const Claim& heard, const std::optional<Endpoint>& address) {
  if (rival_ && compare_runs(heard.incarnation, rival_->incarnation) < 0) {
    return;
  }
  if (compare_runs(heard.incarnation, claim().incarnation) < 0) {
    return;  // an earlier run of our name; our own claim already beats it everywhere
  }
  // It was here before us: who holds its port knows that it is gone. Once: if it takes a higher
  // life than ours after that, it runs, wherever that may be.
  const bool where_we_are = address == record().description->address &&
                            heard.incarnation.boot != gone_ &&
                            (!rival_ || rival_->incarnation.boot == heard.incarnation.boot);
  if (where_we_are) {
    gone_ = heard.incarnation.boot;
    win(heard.incarnation.life);
    return;
  }
  if (!is_terminal(heard)) {
    const bool news = !rival_ || rival_->incarnation.boot != heard.incarnation.boot;
    rival_ = heard;
    rival_heard_ = core_.now.steady;
    if (news) {
      observe_pause_ = {};
      core_.timers.set(takeover_timer_, TimerKind::takeover, 0, core_.now.steady + observe_first);
      ++core_.stats.name_conflicts;
      core_.membership.announce(MemberTable::self, EventType::conflict, EventReason::new_boot);
    }
    return;
  }
  if (!rival_) {
    revive(heard.incarnation.life);
    return;
  }
  const bool over_before = is_terminal(*rival_);
  rival_ = heard;
  if (!over_before) {
    core_.timers.set(takeover_timer_, TimerKind::takeover, 0, core_.now.steady + takeover_backoff_);
    takeover_backoff_ = std::min(2 * takeover_backoff_, takeover_backoff_max);
  }
}

// Others hold our own run, and nobody has said a word of the winner for long: it was heard of here
// alone, and is gone. No tombstone will ever come of it.
void Self::doubt_rival() {
  if (!is_terminal(*rival_) && core_.now.steady - rival_heard_ > rival_doubted_after) {
    Claim gone = *rival_;
    gone.terminal = Terminal::dead;
    on_rival(gone, std::nullopt);
  }
}

// Nobody gossips to a displaced run: it has to ask how the winner is.
void Self::observe_later() {
  observe_pause_ = std::clamp(2 * observe_pause_, observe_pause_min, observe_pause_max);
  core_.timers.set(takeover_timer_, TimerKind::takeover, 0,
                   core_.now.steady + core_.prng.jitter(observe_pause_, 20));
}

void Self::on_takeover_timer() {
  takeover_timer_ = no_timer;
  if (rival_ && !is_terminal(*rival_)) {
    core_.streams.observe();
    observe_later();
    return;
  }
  if (rival_) {
    win(rival_->incarnation.life);
  }
}

void Self::win(std::uint64_t above) {
  forget_rival();
  revive(above);
}

void Self::forget_rival() {
  core_.timers.cancel(takeover_timer_);
  rival_.reset();
}

// Gossip of a rival may overtake the verdict of a seed, which lets this run be the later one.
void Self::forget_beaten_rival() {
  if (rival_ && compare_runs(rival_->incarnation, claim().incarnation) < 0) {
    forget_rival();
    core_.gossip.hurry(MemberTable::self);
    core_.membership.show(MemberTable::self);
  }
}

void Self::set_metadata(ByteVector metadata) {
  Description next = *record().description;
  next.metadata = std::move(metadata);
  mint(claim(), std::move(next));
  core_.membership.show(MemberTable::self);
}

void Self::set_leaving(bool leaving, Duration drain) {
  Claim next = claim();
  next.leaving = leaving;
  Doubt& doubt = record().doubted();
  doubt.note = {};
  doubt.note_time = core_.now.steady;
  if (leaving) {
    doubt.note.drain_ms = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(drain).count());
  }
  mint(next, *record().description);
  record().settle();
  core_.membership.show(MemberTable::self);
}

void Self::set_left() {
  raise_count();
  core_.table.set_claim(MemberTable::self, declared(claim(), Terminal::left));
  Doubt& doubt = record().doubted();
  doubt.note = {.left_reason = LeftReason::goodbye};
  doubt.source = {name_, boot_, Evidence::unknown, core_.now.wall, 0};
  doubt.note_time = core_.now.steady;
  core_.gossip.mark(MemberTable::self, false, true);
  core_.membership.show(MemberTable::self);
}

void Self::rejoin() {
  Claim stays = claim();
  stays.leaving = false;
  core_.table.set_claim(MemberTable::self, stays);
  revive(life());
  record().settle();
}

// Others give this run the time that it was seen to need (DESIGN §4.2, stall allowance).
void Self::learn_stall(Duration length) {
  const auto ms = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                                 std::min(length, core_.config.stall_allowance))
                                                 .count());
  const std::uint32_t told = record().description->stall_ms;
  stalled_at_ = core_.now.steady;
  if (length >= stall_worth_telling && ms > told + told / 4) {
    advertise_stall(ms);
  }
}

void Self::forget_stalls() {
  if (record().description->stall_ms != 0 && core_.now.steady - stalled_at_ > stall_remembered) {
    advertise_stall(0);
  }
}

void Self::advertise_stall(std::uint32_t ms) {
  if (core_.active()) {
    Description about = *record().description;
    about.stall_ms = ms;
    mint(claim(), std::move(about));
  }
}

bool Self::says_apps(Bytes encoded) const {
  return std::ranges::equal(record().description->apps, encoded);
}

void Self::tell_apps() {
  raise_count();
  core_.gossip.hurry_to_all();
  core_.membership.show(MemberTable::self);
}

void Self::set_inbox(std::uint64_t inbox) {
  Description next = *record().description;
  next.inbox = inbox;
  mint(claim(), std::move(next));
}

}  // namespace swim::engine
