#include "server/selections.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "server/convert.hpp"
#include "server/http_text.hpp"
#include "server/pieces.hpp"
#include "server/resume_token.hpp"

namespace swim::server {
namespace {

// Payloads from here on are passed on by reference; a smaller one is cheaper to copy.
constexpr std::size_t reference_from = 1024;

struct SharedMessage {
  std::string bytes;  // of a pb::ReceivedMessage; without its payload, where that is apart
  std::optional<grpc::Slice> payload;
};

// Of a pb::MemberEvent.
const std::string& shared(const runtime::LogEntry<MemberEvent>& entry, StreamOrigin& origin) {
  return entry.once<std::string>([&origin](const MemberEvent& event) {
    ++origin.conversions;
    pb::MemberEvent out;
    fill(event, out);
    return out.SerializeAsString();
  });
}

// What follows a pb::MemberEvent on the wire where its member no longer matches: one field more. So
// the event itself is the same bytes for all filters.
std::string_view end_of_the_last() {
  static const std::string field = [] {
    pb::MemberEvent out;
    out.set_no_longer_matches(true);
    return out.SerializeAsString();
  }();
  return field;
}

// Holds the payload for as long as gRPC needs it.
grpc::Slice slice_of(const std::shared_ptr<const ByteVector>& payload) {
  auto* const holder = new std::shared_ptr<const ByteVector>(payload);
  return {const_cast<std::uint8_t*>(payload->data()), payload->size(),
          [](void* used) { delete static_cast<std::shared_ptr<const ByteVector>*>(used); }, holder};
}

const SharedMessage& shared(const runtime::LogEntry<MessageEvent>& entry, StreamOrigin& origin) {
  return entry.once<SharedMessage>([&origin](const MessageEvent& event) {
    ++origin.conversions;
    const auto& message = std::get<MessageReceived>(event);
    const bool apart = message.payload && message.payload->size() >= reference_from;
    pb::ReceivedMessage out;
    fill_envelope(message, out);
    if (message.payload && !apart) {
      out.set_payload(message.payload->data(), message.payload->size());
    }
    return SharedMessage{out.SerializeAsString(),
                         apart ? std::optional(slice_of(message.payload)) : std::nullopt};
  });
}

std::size_t size_of(const SharedMessage& message) {
  return message.bytes.size() +
         (message.payload
              ? field_size(pb::ReceivedMessage::kPayloadFieldNumber, message.payload->size())
              : 0);
}

void put(const SharedMessage& message, Pieces& out) {
  out.begin(pb::ReceivedMessages::kMessagesFieldNumber, size_of(message));
  out.bytes(message.bytes);
  if (message.payload) {
    out.begin(pb::ReceivedMessage::kPayloadFieldNumber, message.payload->size());
    out.slice(*message.payload);
  }
}

// Of what topics they were nobody knows: every subscriber is told.
void fill(const MessagesLost& lost, pb::MessageGap& gap) {
  gap.set_reason(pb::MessageGap::REASON_LOST);
  gap.set_missed(lost.last - lost.first + 1);
  gap.set_origin(valid_utf8(lost.origin));
  gap.set_origin_uid(boot_text(lost.origin_boot));
  gap.set_first_sequence(lost.first);
  gap.set_last_sequence(lost.last);
}

}  // namespace

std::string MemberSelection::token_at(std::uint64_t position) const {
  return encode_token({origin_.boot, position, filter_.hash()});
}

std::int32_t MemberSelection::count(const std::shared_ptr<const Snapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  if (counted_ != snapshot) {
    counted_ = snapshot;
    count_ = static_cast<std::int32_t>(
        std::count_if(snapshot->members.begin(), snapshot->members.end(),
                      [this](const MemberPtr& member) { return filter_.matches(*member); }));
  }
  return count_;
}

bool MemberSelection::wants(const runtime::LogEntry<MemberEvent>& entry) const {
  return filter_.matches_everything() || filter_.concerns(entry.value);
}

MemberSelection::Made MemberSelection::make(const std::vector<Entry>& entries,
                                            std::uint64_t next) const {
  struct Part {
    std::string_view event;
    std::string_view ending;
  };
  std::vector<Part> parts;
  parts.reserve(entries.size());
  std::size_t size = 0;
  for (const Entry& entry : entries) {
    const bool last = filter_.no_longer_matches(entry->value);
    const Part part{shared(*entry, origin_), last ? end_of_the_last() : std::string_view{}};
    size +=
        field_size(pb::MemberEvents::kEventsFieldNumber, part.event.size() + part.ending.size());
    parts.push_back(part);
  }
  Pieces out;
  out.begin(pb::WatchMembersResponse::kEventsFieldNumber, size);
  for (const Part& part : parts) {
    out.begin(pb::MemberEvents::kEventsFieldNumber, part.event.size() + part.ending.size());
    out.bytes(part.event);
    out.bytes(part.ending);
  }
  out.field(pb::WatchMembersResponse::kResumeTokenFieldNumber, token_at(next));
  out.number(pb::WatchMembersResponse::kRevisionFieldNumber, next);
  return {out.finish(), entries.size(), next};
}

std::string MessageSelection::token_at(std::uint64_t position) const {
  return encode_token({origin_.boot, position, filter_});
}

bool MessageSelection::wants(const runtime::LogEntry<MessageEvent>& entry) const {
  const auto* message = std::get_if<MessageReceived>(&entry.value);
  return message == nullptr || ((include_own_ || !message->own || !message->broadcast) &&
                                topics_.matches(message->topic));
}

// As many messages as fit, or one loss: that is a response of its own.
MessageSelection::Made MessageSelection::make(const std::vector<Entry>& entries,
                                              std::uint64_t next) const {
  std::size_t taken = 0;
  std::size_t size = 0;
  for (std::size_t payload = 0; taken < entries.size() && payload < batch_bytes; ++taken) {
    const auto* message = std::get_if<MessageReceived>(&entries[taken]->value);
    if (message == nullptr) {
      break;
    }
    payload += message->payload ? message->payload->size() : 0;
    size += field_size(pb::ReceivedMessages::kMessagesFieldNumber,
                       size_of(shared(*entries[taken], origin_)));
  }
  const std::size_t count = std::max<std::size_t>(taken, 1);
  const std::uint64_t reached = count == entries.size() ? next : entries[count - 1]->position;
  if (taken == 0) {
    pb::SubscribeResponse response;
    fill(std::get<MessagesLost>(entries.front()->value), *response.mutable_gap());
    response.set_resume_token(token_at(reached));
    return {to_buffer(response), count, reached};
  }
  Pieces out;
  out.begin(pb::SubscribeResponse::kMessagesFieldNumber, size);
  for (std::size_t i = 0; i < taken; ++i) {
    put(shared(*entries[i], origin_), out);
  }
  out.field(pb::SubscribeResponse::kResumeTokenFieldNumber, token_at(reached));
  return {out.finish(), count, reached};
}

}  // namespace swim::server
