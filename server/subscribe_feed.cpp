#include "server/subscribe_feed.hpp"

#include <utility>

#include "server/convert.hpp"
#include "server/pieces.hpp"
#include "server/resume_token.hpp"

namespace swim::server {

SubscribeFeed::SubscribeFeed(std::shared_ptr<MessageSelection> selection, const std::string& token)
    : selection_(std::move(selection)) {
  const std::uint64_t last = selection_->log().last();
  const ReadToken read = read_token(token, selection_->boot(), selection_->filter_hash(), last);
  switch (read.verdict) {
    case TokenVerdict::none:
      cursor_ = last;
      break;
    case TokenVerdict::good:
      cursor_ = read.position;
      break;
    case TokenVerdict::restarted:
      // All that this run received is new to the client; what is gone of it, it is told by a gap.
      cursor_ = 0;
      reset_ = pb::MessageReset::REASON_RESTARTED;
      break;
    case TokenVerdict::expired:
      cursor_ = last;
      reset_ = pb::MessageReset::REASON_TOKEN_INVALID;
      break;
  }
}

bool SubscribeFeed::next(Response& response) {
  pb::SubscribeResponse out;
  if (reset_ != pb::MessageReset::REASON_UNSPECIFIED) {
    out.mutable_reset()->set_reason(std::exchange(reset_, pb::MessageReset::REASON_UNSPECIFIED));
    behind_ = true;
    send(out, response);
    return true;
  }
  auto batch = selection_->after(cursor_);
  if (batch.overrun) {
    out.mutable_gap()->set_reason(pb::MessageGap::REASON_OVERRUN);
    out.mutable_gap()->set_missed(batch.first - cursor_ - 1);
    cursor_ = batch.first - 1;
    behind_ = true;
    send(out, response);
    return true;
  }
  cursor_ = batch.next;
  behind_ = batch.more;
  if (batch.count != 0) {
    response = batch.bytes;
    greeted_ = true;
    return true;
  }
  if (!greeted_) {
    bookmark(response);
    return true;
  }
  return false;
}

void SubscribeFeed::bookmark(Response& response) {
  pb::SubscribeResponse out;
  out.mutable_bookmark();
  send(out, response);
}

void SubscribeFeed::send(pb::SubscribeResponse& out, Response& response) {
  out.set_resume_token(selection_->token_at(cursor_));
  response = to_buffer(out);
  greeted_ = true;
}

}  // namespace swim::server
