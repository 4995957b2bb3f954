#include "server/watch_feed.hpp"

#include <limits>
#include <utility>

#include "server/convert.hpp"
#include "server/pieces.hpp"
#include "server/resume_token.hpp"

namespace swim::server {
namespace {

// A position that is never reached: resuming there leads to a new snapshot.
constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();

}  // namespace

WatchFeed::WatchFeed(SnapshotSource snapshot, StreamGate& gate,
                     std::shared_ptr<MemberSelection> selection, const std::string& token)
    : source_(std::move(snapshot)),
      gate_(gate),
      selection_(std::move(selection)),
      overrun_reason_(pb::MemberSnapshot::REASON_TOKEN_EXPIRED) {
  const ReadToken read =
      read_token(token, selection_->boot(), selection_->filter().hash(), selection_->log().last());
  switch (read.verdict) {
    case TokenVerdict::none:
      start_snapshot(pb::MemberSnapshot::REASON_INITIAL);
      break;
    case TokenVerdict::restarted:
      start_snapshot(pb::MemberSnapshot::REASON_RESTARTED);
      break;
    case TokenVerdict::expired:
      start_snapshot(pb::MemberSnapshot::REASON_TOKEN_EXPIRED);
      break;
    case TokenVerdict::good:
      cursor_ = read.position;
      break;
  }
}

void WatchFeed::start_snapshot(Reason reason) {
  snapshot_ = source_();
  reason_ = reason;
  at_ = 0;
  ++gate_.resyncs[static_cast<std::size_t>(reason)];
}

bool WatchFeed::next(Response& response) {
  if (!snapshot_) {
    auto batch = selection_->after(cursor_);
    if (!batch.overrun) {
      overrun_reason_ = pb::MemberSnapshot::REASON_OVERFLOW;
      cursor_ = batch.next;
      behind_ = batch.more;
      gate_.watch_events += batch.count;
      response = batch.bytes;
      return batch.count != 0;
    }
    start_snapshot(overrun_reason_);
  }
  next_part(response);
  return true;
}

void WatchFeed::next_part(Response& response) {
  behind_ = true;  // the other parts, then the events since
  pb::WatchMembersResponse out;
  pb::MemberSnapshot& part = *out.mutable_snapshot();
  part.set_reason(reason_);
  part.set_begin(at_ == 0);
  const auto& members = snapshot_->members;
  while (at_ < members.size() && static_cast<std::size_t>(part.members_size()) < members_per_part) {
    const MemberInfo& member = *members[at_++];
    if (selection_->filter().matches(member)) {
      fill(member, *part.add_members());
    }
  }
  out.set_revision(snapshot_->revision);
  if (at_ < members.size()) {
    out.set_resume_token(selection_->token_at(nowhere));
  } else {
    part.set_end(true);
    cursor_ = snapshot_->revision;
    overrun_reason_ = pb::MemberSnapshot::REASON_OVERFLOW;
    snapshot_.reset();
    out.set_resume_token(selection_->token_at(cursor_));
  }
  response = to_buffer(out);
}

void WatchFeed::bookmark(Response& response) {
  pb::WatchMembersResponse out;
  out.mutable_bookmark()->set_member_count(selection_->count(source_()));
  out.set_resume_token(selection_->token_at(cursor_));
  out.set_revision(cursor_);
  response = to_buffer(out);
}

}  // namespace swim::server
