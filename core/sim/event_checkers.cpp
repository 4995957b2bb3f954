// The rules about the stream of member events that one run's watchers see.
#include <algorithm>

#include "core/engine/precedence.hpp"
#include "core/sim/checkers.hpp"

namespace swim::sim {

namespace {

Claim claim_of(const MemberInfo& member) {
  Claim claim{.incarnation = member.incarnation};
  claim.terminal = member.status == MemberStatus::failed ? Terminal::dead
                   : member.status == MemberStatus::left ? Terminal::left
                                                         : Terminal::none;
  claim.leaving = member.status == MemberStatus::leaving;
  claim.suspect = member.status == MemberStatus::suspect;
  return claim;
}

std::string title(const MemberEvent& event) {
  return std::string(to_string(event.type)) + "(" + std::string(to_string(event.reason)) + ") " +
         describe(*event.member);
}

bool one_of(std::optional<MemberStatus> status, std::initializer_list<MemberStatus> allowed) {
  return status && std::ranges::find(allowed, *status) != allowed.end();
}

// From what was shown (`before`; none: not listed) an event of this type may lead to `after`.
bool is_step(EventType type, EventReason reason, std::optional<MemberStatus> before,
             MemberStatus after) {
  using enum MemberStatus;
  switch (type) {
    case EventType::joined:
      return after == alive && (reason == EventReason::first_seen ? !before.has_value()
                                                                  : one_of(before, {left, failed}));
    case EventType::updated:
      return reason == EventReason::drain_cancelled
                 ? before == leaving && after == alive
                 : before == after && one_of(before, {alive, suspect, leaving});
    case EventType::suspected:
      return before == alive && after == suspect;
    case EventType::refuted:
      return before == suspect && after == alive;
    case EventType::failed:
      return one_of(before, {alive, suspect, leaving}) && after == failed;
    case EventType::leaving:
      return one_of(before, {alive, suspect}) && after == leaving;
    case EventType::left:
      return one_of(before, {alive, suspect, leaving, failed}) && after == left;
    case EventType::replaced:
      return one_of(before, {alive, suspect, leaving}) && after == alive;
    case EventType::app_lost:
    case EventType::app_back:
      return before == after && one_of(before, {alive, suspect, leaving});
    case EventType::conflict:
      return before == after;
    case EventType::expired:
      return before == after &&
             (reason == EventReason::forgotten || one_of(before, {left, failed}));
  }
  return false;
}

// Whether the event may change the run or the life that is shown under the name.
bool is_same_being(const MemberEvent& event, const Incarnation& before) {
  const Incarnation& after = event.member->incarnation;
  if (event.type == EventType::replaced || event.reason == EventReason::rejoined) {
    return after.boot != before.boot;
  }
  if (event.reason == EventReason::recovered) {
    return after.boot == before.boot && after.life > before.life;
  }
  return after.boot == before.boot;
}

}  // namespace

void ClaimOrder::on_event(RunId observer, const MemberEvent& event, Violations& out) {
  const Claim claim = claim_of(*event.member);
  const auto [place, first] = known_[packed(observer)].try_emplace(event.member->name);
  Known& known = place->second;
  if (!first && compare_claims(claim, known.claim) < 0) {
    out.push_back(
        {"claims only grow", title(event) + " comes after a greater claim: life " +
                                 std::to_string(known.claim.incarnation.life) + ", boot " +
                                 std::to_string(known.claim.incarnation.boot) + ", count " +
                                 std::to_string(known.claim.incarnation.count)});
  }
  if (event.reason == EventReason::forgotten) {
    known_[packed(observer)].erase(event.member->name);  // it may hear of the same life again
    return;
  }
  known.claim = claim;
  if (is_over(event.member->status)) {
    known.over = claim.incarnation;
  } else if (known.over && compare_runs(claim.incarnation, *known.over) <= 0) {
    out.push_back({"no dead life comes back", title(event) + " was over before"});
  }
}

void SelfBelief::on_event(RunId observer, const MemberEvent& event, Violations& out) const {
  const auto found = names_.find(packed(observer));
  if (found == names_.end()) {
    return;
  }
  const Self& self = found->second;
  const MemberInfo& member = *event.member;
  if (member.local != (member.name == self.name)) {
    out.push_back({"self belief", title(event) + " is taken for this node, " + self.name});
  }
  if (member.name == self.name && is_over(member.status) &&
      (member.status == MemberStatus::failed || !self.left)) {
    out.push_back({"self belief", "a running node shows itself as " + describe(member)});
  }
}

void OneDescriptor::on_own(const MemberInfo& member, Violations& out) {
  std::vector<Said>& said = said_[member.incarnation.boot];
  const auto same = std::ranges::find(said, member.incarnation, &Said::incarnation);
  if (same == said.end()) {
    said.push_back({member.incarnation, member.address, member.metadata, member.zone});
  } else if (same->address != member.address || same->metadata != member.metadata ||
             same->zone != member.zone) {
    out.push_back({"one descriptor", describe(member) + " says two things in one incarnation"});
  }
}

void OneDescriptor::on_event(RunId observer, const MemberEvent& event, Violations& out) {
  const MemberInfo& member = *event.member;
  if (member.local) {
    on_own(member, out);
    return;
  }
  if (is_over(member.status)) {
    return;  // whatever was shown last stays shown
  }
  const std::vector<Said>& said = said_[member.incarnation.boot];
  std::size_t& last = shown_[packed(observer)][member.incarnation.boot];
  for (std::size_t place = said.size(); place-- > 0;) {
    const Said& candidate = said[place];
    if (candidate.address == member.address && candidate.metadata == member.metadata &&
        candidate.zone == member.zone &&
        compare_descriptors(candidate.incarnation, member.incarnation) <= 0) {
      if (place < last) {
        out.push_back({"one descriptor", describe(member) + " went back to an older descriptor"});
      }
      last = std::max(last, place);
      return;
    }
  }
  out.push_back({"one descriptor", describe(member) + " was never described so by itself"});
}

void EventStory::on_event(RunId observer, const MemberEvent& event, Violations& out) {
  const auto wrong = [&](const std::string& what) {
    out.push_back({"event story", title(event) + ": " + what});
  };
  Story& story = stories_[packed(observer)];
  Chapter& chapter = story.members[event.member->name];
  if (event.revision != story.revision + 1 || event.member->revision != event.revision) {
    wrong("revision " + std::to_string(event.revision) + " (the member's " +
          std::to_string(event.member->revision) + ") follows " + std::to_string(story.revision));
  }
  if (event.previous != chapter.status) {
    wrong("`previous` is not what was shown");
  }
  if (!is_step(event.type, event.reason, chapter.status, event.member->status)) {
    wrong("not a step from " +
          (chapter.status ? std::string(to_string(*chapter.status)) : std::string("unlisted")));
  }
  if (chapter.status && !is_same_being(event, chapter.incarnation)) {
    wrong("the run changes from boot " + std::to_string(chapter.incarnation.boot) + " in life " +
          std::to_string(chapter.incarnation.life));
  }
  story.revision = event.revision;
  chapter.incarnation = event.member->incarnation;
  chapter.status = event.member->status;
  if (event.type == EventType::expired) {
    chapter.status.reset();
  }
}

void SnapshotFold::on_event(RunId observer, const MemberEvent& event, Violations& out) {
  Fold& fold = folds_[packed(observer)];
  // Filters judge by it whether a client knows the member.
  const auto before = fold.members.find(event.member->name);
  const bool listed = before != fold.members.end();
  const ByteVector& labels =
      event.previous_metadata ? *event.previous_metadata : event.member->metadata;
  if (listed != event.previous.has_value() ||
      (listed && (before->second->status != *event.previous ||
                  !std::ranges::equal(before->second->metadata, labels)))) {
    out.push_back({"an event says what was before", title(event)});
  }
  fold.revision = event.revision;
  if (event.type == EventType::expired) {
    fold.members.erase(event.member->name);
  } else {
    fold.members[event.member->name] = event.member;
  }
}

void SnapshotFold::check(RunId observer, const Snapshot& snapshot, Violations& out) const {
  const auto wrong = [&](const std::string& what) {
    out.push_back({"snapshot is the fold", what});
  };
  const auto found = folds_.find(packed(observer));
  const Fold nothing;
  const Fold& fold = found == folds_.end() ? nothing : found->second;
  if (snapshot.revision != fold.revision) {
    wrong("revision " + std::to_string(snapshot.revision) + ", last event " +
          std::to_string(fold.revision));
  }
  if (snapshot.members.size() != fold.members.size()) {
    wrong(std::to_string(snapshot.members.size()) + " members, by events " +
          std::to_string(fold.members.size()));
    return;
  }
  const auto is_local = [&](const MemberPtr& member) {
    return snapshot.local != nullptr && member->name == snapshot.local->name;
  };
  if (!snapshot.members.empty() && std::ranges::none_of(snapshot.members, is_local)) {
    wrong("this node is not in it");
  }
  auto expected = fold.members.begin();
  for (const MemberPtr& member : snapshot.members) {
    const MemberInfo& told = *(expected++)->second;
    if (member->name != told.name || member->status != told.status ||
        member->incarnation != told.incarnation || member->address != told.address ||
        member->metadata != told.metadata || member->apps != told.apps ||
        member->zone != told.zone || member->left_reason != told.left_reason ||
        member->status_since != told.status_since || member->revision != told.revision ||
        member->local != is_local(member)) {
      wrong(describe(*member) + ", by events " + describe(told));
    }
  }
}

}  // namespace swim::sim
