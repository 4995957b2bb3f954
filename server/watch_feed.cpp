#include "server/watch_feed.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "server/convert.hpp"
#include "server/resume_token.hpp"

namespace swim::server {
namespace {

// A position that is never reached: resuming there leads to a new snapshot.
constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();

}  // namespace

WatchFeed::WatchFeed(ViewSource source, StreamGate& gate, MemberFilter filter,
                     const std::string& token)
    : source_(std::move(source)),
      gate_(gate),
      view_(std::move(filter)),
      overrun_reason_(pb::MemberSnapshot::REASON_TOKEN_EXPIRED) {
  const ReadToken read =
      read_token(token, source_.boot, view_.filter().hash(), source_.events->last());
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
      view_.resume();
      break;
  }
}

void WatchFeed::start_snapshot(Reason reason) {
  snapshot_ = source_.snapshot();
  reason_ = reason;
  at_ = 0;
  view_.clear();
  ++gate_.resyncs[static_cast<std::size_t>(reason)];
}

bool WatchFeed::next(Response& response) {
  while (!snapshot_) {
    auto read = source_.events->read_after(cursor_, events_per_batch);
    if (read.overrun) {
      start_snapshot(overrun_reason_);
      break;
    }
    overrun_reason_ = pb::MemberSnapshot::REASON_OVERFLOW;
    if (read.entries.empty()) {
      behind_ = false;
      return false;
    }
    cursor_ = read.entries.back().first;
    behind_ = cursor_ < read.last;
    for (const auto& [position, event] : read.entries) {
      if (view_.show(event)) {
        fill(event, *response.mutable_events()->add_events());
      }
    }
    if (response.has_events()) {
      gate_.watch_events += static_cast<std::uint64_t>(response.events().events_size());
      response.set_resume_token(token_at(cursor_));
      response.set_revision(cursor_);
      return true;
    }
  }
  next_part(response);
  return true;
}

void WatchFeed::next_part(Response& response) {
  behind_ = true;  // the other parts, then the events since
  pb::MemberSnapshot& part = *response.mutable_snapshot();
  part.set_reason(reason_);
  part.set_begin(at_ == 0);
  const auto& members = snapshot_->members;
  while (at_ < members.size() && static_cast<std::size_t>(part.members_size()) < members_per_part) {
    const MemberInfo& member = *members[at_++];
    if (view_.show(member)) {
      fill(member, *part.add_members());
    }
  }
  response.set_revision(snapshot_->revision);
  if (at_ < members.size()) {
    response.set_resume_token(token_at(nowhere));
    return;
  }
  part.set_end(true);
  cursor_ = snapshot_->revision;
  overrun_reason_ = pb::MemberSnapshot::REASON_OVERFLOW;
  snapshot_.reset();
  response.set_resume_token(token_at(cursor_));
}

void WatchFeed::bookmark(Response& response) {
  const auto snapshot = source_.snapshot();
  const auto matching =
      std::count_if(snapshot->members.begin(), snapshot->members.end(),
                    [this](const MemberPtr& member) { return view_.filter().matches(*member); });
  response.mutable_bookmark()->set_member_count(static_cast<std::int32_t>(matching));
  response.set_resume_token(token_at(cursor_));
  response.set_revision(cursor_);
}

std::string WatchFeed::token_at(std::uint64_t position) const {
  return encode_token({source_.boot, position, view_.filter().hash()});
}

}  // namespace swim::server
