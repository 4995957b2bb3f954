#include "core/engine/sends.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/wire/native/codec.hpp"

namespace swim::engine {

Sends::Sends(Core& core)
    : core_(core), taken_(core.config.requests_remembered_for, core.config.requests_remembered) {}

bool is_topic(std::string_view topic) {
  return !topic.empty() && topic.size() <= limits::topic_bytes_max &&
         std::ranges::all_of(topic, [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
}

Expected<Slot> Sends::receiver(std::string_view member, std::string_view topic) const {
  if (const auto refused = core_.refusal(true)) {
    return tl::unexpected(*refused);
  }
  if (!is_topic(topic)) {
    return fail(Errc::invalid_argument, "a topic has 1 to 64 bytes and no control characters");
  }
  const Slot slot = core_.table.find(member);
  if (slot == no_slot || (slot != MemberTable::self && !core_.table.at(slot).listed())) {
    return fail(Errc::unknown_member, "no member of that name");
  }
  if (slot != MemberTable::self && !core_.table.at(slot).reachable()) {
    return fail(Errc::not_alive, "that member has failed or left");
  }
  return slot;
}

Expected<void> Sends::datagram(std::string_view member, std::string_view topic, Bytes payload,
                               const wire::RequestId& request_id) {
  const auto slot = receiver(member, topic);
  if (!slot) {
    return tl::unexpected(slot.error());
  }
  if (payload.size() > core_.max_datagram_payload()) {
    return fail(Errc::too_large, "a best-effort payload must fit one datagram");
  }
  if (*slot == MemberTable::self) {
    deliver(core_.self.name(), core_.self.boot(), topic, to_vector(payload), request_id);
    return {};
  }
  if (core_.user_outbox.size() >= limits::pending_sends_max / 2) {
    return fail(Errc::queue_full, "too many datagrams wait to be sent: slow down and try again");
  }
  const Record& record = core_.table.at(*slot);
  PendingSend& send = core_.push_to(PendingSend::Kind::user, *slot);
  send.node = record.name();
  send.boot = record.claim().incarnation.boot;
  send.user = std::make_shared<const UserPayload>(
      UserPayload{std::string(topic), to_vector(payload), request_id});
  ++core_.stats.messages_sent;
  return {};
}

Expected<OperationId> Sends::stream(std::string_view member, std::string_view topic, Bytes payload,
                                    const wire::RequestId& request_id) {
  const auto slot = receiver(member, topic);
  if (!slot) {
    return tl::unexpected(slot.error());
  }
  if (payload.size() > limits::send_payload_bytes_max) {
    return fail(Errc::too_large, "a payload has at most 1 MiB");
  }
  if (pending_ >= limits::operations_max) {
    return fail(Errc::queue_full, "too many sends are under way: slow down and try again");
  }
  const OperationId operation = core_.next_operation();
  if (*slot == MemberTable::self) {
    const auto code =
        take(core_.self.name(), core_.self.boot(), topic, to_vector(payload), request_id);
    OperationCompleted done{.id = operation};
    if (code != wire::SendCode::taken) {
      done.error = Error{Errc::no_subscriber, "no application subscribes here"};
    }
    core_.complete(std::move(done));
    return operation;
  }
  if (!core_.streams.open_send(*slot, operation, std::string(topic), to_vector(payload),
                               request_id)) {
    return fail(Errc::queue_full, "too many streams are open: slow down and try again");
  }
  ++pending_;
  ++core_.stats.messages_sent;
  return operation;
}

void Sends::on_user_msg(const wire::UserMsg& message) {
  if (message.target_boot != core_.self.boot()) {
    core_.drop(DropReason::stranger);
    return;
  }
  if (core_.state != NodeState::left && first_time({message.origin_boot, message.request_id})) {
    deliver(message.origin, message.origin_boot, message.topic, to_vector(message.payload),
            message.request_id);
  }
}

wire::SendCode Sends::take(std::string_view origin, std::uint64_t origin_boot,
                           std::string_view topic, ByteVector payload,
                           const wire::RequestId& request_id) {
  if (!core_.accepts_messages || core_.state == NodeState::left) {
    return wire::SendCode::no_subscriber;
  }
  if (first_time({origin_boot, request_id})) {
    deliver(origin, origin_boot, topic, std::move(payload), request_id);
  }
  return wire::SendCode::taken;
}

bool Sends::first_time(const RequestMemory::Request& request) {
  if (taken_.knows(request, core_.now.steady)) {
    ++core_.stats.requests_repeated;
    return false;
  }
  taken_.remember(request, core_.now.steady);
  return true;
}

void Sends::deliver(std::string_view origin, std::uint64_t origin_boot, std::string_view topic,
                    ByteVector payload, const wire::RequestId& request_id) {
  ++core_.stats.messages_delivered;
  core_.trace(TraceKind::message_delivered, origin_boot, 0);
  core_.emit(MessageReceived{std::string(origin), origin_boot, 0, std::string(topic),
                             std::make_shared<const ByteVector>(std::move(payload)), false,
                             origin_boot == core_.self.boot(), request_id, core_.now.wall});
}

}  // namespace swim::engine
