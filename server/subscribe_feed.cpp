#include "server/subscribe_feed.hpp"

#include <utility>

#include "server/convert.hpp"
#include "server/http_text.hpp"
#include "server/resume_token.hpp"

namespace swim::server {

SubscribeFeed::SubscribeFeed(MessageSource source, TopicPatterns topics, bool include_own,
                             const std::string& token)
    : source_(source),
      topics_(std::move(topics)),
      include_own_(include_own),
      filter_(topics_.hash() + (include_own ? 1 : 0)) {
  const std::uint64_t last = source_.messages->last();
  const ReadToken read = read_token(token, source_.boot, filter_, last);
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
  if (reset_ != pb::MessageReset::REASON_UNSPECIFIED) {
    response.mutable_reset()->set_reason(
        std::exchange(reset_, pb::MessageReset::REASON_UNSPECIFIED));
    response.set_resume_token(token());
    greeted_ = behind_ = true;
    return true;
  }
  while (true) {
    const auto read = source_.messages->read_after(cursor_, messages_per_batch);
    if (read.overrun) {
      put_gap(read.first - cursor_ - 1, response);
      behind_ = true;
      return true;
    }
    if (read.entries.empty()) {
      behind_ = false;
      break;
    }
    put(read.entries, response);
    behind_ = cursor_ < read.last;
    if (response.kind_case() != Response::KIND_NOT_SET) {
      response.set_resume_token(token());
      greeted_ = true;
      return true;
    }
  }
  if (!greeted_) {
    bookmark(response);
    return true;
  }
  return false;
}

// As many messages as fit, or one loss: that is a response of its own.
void SubscribeFeed::put(const Entries& entries, Response& response) {
  std::size_t bytes = 0;
  for (const auto& [position, event] : entries) {
    const auto* lost = std::get_if<MessagesLost>(&event);
    if (lost != nullptr && response.has_messages()) {
      return;
    }
    cursor_ = position;
    if (lost != nullptr) {
      return put_lost(*lost, response);
    }
    const auto& message = std::get<MessageReceived>(event);
    if (!wants(message)) {
      continue;
    }
    fill(message, *response.mutable_messages()->add_messages());
    bytes += message.payload ? message.payload->size() : 0;
    if (bytes >= batch_bytes) {
      return;
    }
  }
}

// Of what topics they were nobody knows: every subscriber is told.
void SubscribeFeed::put_lost(const MessagesLost& lost, Response& response) {
  pb::MessageGap& gap = *response.mutable_gap();
  gap.set_reason(pb::MessageGap::REASON_LOST);
  gap.set_missed(lost.last - lost.first + 1);
  gap.set_origin(valid_utf8(lost.origin));
  gap.set_origin_uid(boot_text(lost.origin_boot));
  gap.set_first_sequence(lost.first);
  gap.set_last_sequence(lost.last);
}

void SubscribeFeed::put_gap(std::uint64_t missed, Response& response) {
  cursor_ += missed;
  pb::MessageGap& gap = *response.mutable_gap();
  gap.set_reason(pb::MessageGap::REASON_OVERRUN);
  gap.set_missed(missed);
  response.set_resume_token(token());
  greeted_ = true;
}

void SubscribeFeed::bookmark(Response& response) {
  response.mutable_bookmark();
  response.set_resume_token(token());
  greeted_ = true;
}

bool SubscribeFeed::wants(const MessageReceived& message) const {
  return (include_own_ || !message.own || !message.broadcast) && topics_.matches(message.topic);
}

std::string SubscribeFeed::token() const {
  return encode_token({source_.boot, cursor_, filter_});
}

}  // namespace swim::server
