// Syncs by digest: what is held is told by a few numbers a record, and only what differs is sent
// (DESIGN §4.4). Three parts, the initiator's first: items, then records and wants, then the rest.
#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/digest.hpp"
#include "core/engine/frames.hpp"
#include "core/engine/record_messages.hpp"
#include "core/engine/streams.hpp"

namespace swim::engine {

bool add_record(Frames& frames, const Record& record, TimePoint now) {
  if (record.terminal()) {
    return frames.add(dead_message(record, now));
  }
  bool added = record.description->incarnation.boot == 0 || frames.add(alive_message(record, now));
  for (const Accusation& accusation : record.accusers()) {
    added = added && frames.add(suspect_message(record, accusation, now));
  }
  return added;
}

// Both sides see both hellos, so they agree on it before the first word.
bool Streams::by_digest(const Stream& stream) const {
  return core_.config.healing.digest_sync &&
         (stream.secure.peer().capabilities & wire::capability_digest_sync) != 0;
}

bool Streams::send_items(Stream& stream) {
  Frames frames(stream.secure);
  // A displaced run claims nothing and only listens (DESIGN §4.1).
  return (core_.self.displaced() || add_self(frames)) && add_items(stream, frames) &&
         frames.flush(false);
}

// Who learns of a run takes its mark for the baseline, so the mark comes first: the descriptor
// knows only how far it was when minted.
bool Streams::add_self(Frames& frames) {
  const std::uint64_t sequence = core_.broadcasts.sequence();
  return (sequence == 0 || frames.add(wire::SyncMark{core_.self.boot(), sequence})) &&
         frames.add(alive_message(core_.table.at(MemberTable::self), core_.now.steady));
}

// Others' runs: our own mark goes with our own record.
bool Streams::add_marks(Frames& frames) {
  const auto marks = core_.broadcasts.all_marks();
  return std::ranges::all_of(marks, [&](const wire::SyncMark& mark) { return frames.add(mark); });
}

// Before the verdict of a join, and while displaced, nothing is said of this node itself.
bool Streams::add_items(Stream& stream, Frames& frames) {
  stream.talk = std::make_unique<Reconciliation>();
  stream.talk->changes_before = core_.table.changes();
  const bool with_self = stream.purpose != Purpose::join && !core_.self.displaced();
  const Slot first = with_self ? MemberTable::self : MemberTable::self + 1;
  const auto items = static_cast<std::uint32_t>(core_.table.size() - first);
  bool added = add_marks(frames) && frames.add(wire::SyncBegin{.mode = wire::SyncMode::digest,
                                                               .records = items,
                                                               .digest = core_.table.digest()});
  for (Slot slot = first; added && slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot)) {
      const Record& record = core_.table.at(slot);
      added = frames.add(wire::SyncItem{.name_hash = name_hash(record.name()),
                                        .claim = record.claim(),
                                        .descriptor = record.description->incarnation});
    }
  }
  return added && frames.add(wire::SyncEnd{.records = items});
}

bool Streams::on_sync_begin(Stream& stream, const wire::SyncBegin& begin) {
  if (begin.mode == wire::SyncMode::digest && stream.purpose == Purpose::accepted && !stream.talk &&
      !stream.synced) {
    stream.talk = std::make_unique<Reconciliation>();
  }
  return true;
}

bool Streams::on_item(Stream& stream, const wire::SyncItem& item) {
  return stream.purpose != Purpose::accepted || stream.synced ||
         (stream.talk && stream.talk->theirs.add(item));
}

bool Streams::on_want(Stream& stream, const wire::SyncWant& want) {
  if (!stream.talk || stream.purpose == Purpose::accepted) {
    return true;
  }
  stream.talk->wanted.push_back(want.name_hash);
  return stream.talk->wanted.size() <= limits::members_max;
}

// The responder's part: what it knows better, and what it would like to know.
bool Streams::answer_items(Stream& stream) {
  Frames frames(stream.secure);
  Inventory& theirs = stream.talk->theirs;
  const bool silent = core_.self.displaced();
  bool added = add_marks(frames);
  added = added && (silent || add_self(frames));
  added = added && frames.add(wire::SyncBegin{.mode = wire::SyncMode::digest,
                                              .digest = core_.table.digest()});
  std::uint32_t records = 0;
  std::vector<std::uint64_t> wanted;
  for (Slot slot = 0; added && slot < core_.table.slots(); ++slot) {
    if (!core_.table.used(slot)) {
      continue;
    }
    const Record& record = core_.table.at(slot);
    const std::uint64_t hash = name_hash(record.name());
    const wire::SyncItem* item = theirs.meet(hash);
    const Difference found =
        item != nullptr ? difference(record.state(), *item) : Difference{.ours_is_news = true};
    if (found.theirs_is_news) {
      wanted.push_back(hash);
    }
    if (found.ours_is_news && !silent && slot != MemberTable::self) {
      ++records;
      added = add_record(frames, record, core_.now.steady);
    }
  }
  for (const std::uint64_t hash : theirs.unmet()) {
    wanted.push_back(hash);
  }
  for (const std::uint64_t hash : wanted) {
    added = added && frames.add(wire::SyncWant{hash});
  }
  stream.synced = true;
  const bool last = wanted.empty();
  return added && frames.add(wire::SyncEnd{.records = records}) && frames.flush(last);
}

// The initiator's last part. After a join it is also the first word about itself.
bool Streams::send_wanted(Stream& stream) {
  Frames frames(stream.secure);
  const bool silent = core_.self.displaced();
  std::vector<std::uint64_t>& wanted = stream.talk->wanted;
  std::ranges::sort(wanted);
  bool added = silent || add_self(frames);
  added = added && frames.add(wire::SyncBegin{.mode = wire::SyncMode::digest});
  std::uint32_t records = 0;
  for (Slot slot = 1; added && !silent && !wanted.empty() && slot < core_.table.slots(); ++slot) {
    if (core_.table.used(slot) &&
        std::ranges::binary_search(wanted, name_hash(core_.table.at(slot).name()))) {
      ++records;
      added = add_record(frames, core_.table.at(slot), core_.now.steady);
    }
  }
  return added && frames.add(wire::SyncEnd{.records = records}) && frames.flush(true);
}

// A sync that was begun here has ended, well or not.
void Streams::sync_over(const Stream& stream) {
  const bool completed = stream.finished && stream.talk && stream.secure.peer_finished();
  const bool changed = stream.talk && (core_.table.changes() != stream.talk->changes_before ||
                                       !stream.talk->wanted.empty());
  core_.stats.syncs_unchanged += completed && !changed ? 1 : 0;
  if (stream.cause == SyncCause::difference) {
    const Slot slot = core_.table.find(stream.target);
    core_.anti_entropy.on_sync_over(
        slot == no_slot ? 0 : core_.table.at(slot).claim().incarnation.boot, changed);
  } else if (stream.cause == SyncCause::retry) {
    core_.retries.on_sync_over();
  }
}

}  // namespace swim::engine
