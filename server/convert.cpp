#include "server/convert.hpp"

#include <charconv>
#include <cstdio>
#include <limits>

#include "core/wire/labels.hpp"
#include "server/http_text.hpp"

namespace swim::server {

pb::MemberStatus to_proto(MemberStatus status) {
  switch (status) {
    case MemberStatus::alive:
      return pb::MEMBER_STATUS_ALIVE;
    case MemberStatus::suspect:
      return pb::MEMBER_STATUS_SUSPECT;
    case MemberStatus::leaving:
      return pb::MEMBER_STATUS_LEAVING;
    case MemberStatus::left:
      return pb::MEMBER_STATUS_LEFT;
    case MemberStatus::failed:
      return pb::MEMBER_STATUS_FAILED;
  }
  return pb::MEMBER_STATUS_UNSPECIFIED;
}

std::optional<MemberStatus> from_proto(pb::MemberStatus status) {
  for (const MemberStatus one : {MemberStatus::alive, MemberStatus::suspect, MemberStatus::leaving,
                                 MemberStatus::left, MemberStatus::failed}) {
    if (to_proto(one) == status) {
      return one;
    }
  }
  return std::nullopt;
}

pb::NodeState to_proto(NodeState state) {
  switch (state) {
    case NodeState::starting:
      return pb::NODE_STATE_STARTING;
    case NodeState::joining:
      return pb::NODE_STATE_JOINING;
    case NodeState::running:
      return pb::NODE_STATE_RUNNING;
    case NodeState::draining:
      return pb::NODE_STATE_DRAINING;
    case NodeState::left:
      return pb::NODE_STATE_LEFT;
  }
  return pb::NODE_STATE_UNSPECIFIED;
}

pb::MemberEvent::Type to_proto(EventType type) {
  switch (type) {
    case EventType::joined:
      return pb::MemberEvent::TYPE_JOINED;
    case EventType::updated:
      return pb::MemberEvent::TYPE_UPDATED;
    case EventType::suspected:
      return pb::MemberEvent::TYPE_SUSPECTED;
    case EventType::refuted:
      return pb::MemberEvent::TYPE_REFUTED;
    case EventType::failed:
      return pb::MemberEvent::TYPE_FAILED;
    case EventType::leaving:
      return pb::MemberEvent::TYPE_LEAVING;
    case EventType::left:
      return pb::MemberEvent::TYPE_LEFT;
    case EventType::replaced:
      return pb::MemberEvent::TYPE_REPLACED;
    case EventType::conflict:
      return pb::MemberEvent::TYPE_CONFLICT;
    case EventType::expired:
      return pb::MemberEvent::TYPE_EXPIRED;
    case EventType::app_lost:
      return pb::MemberEvent::TYPE_APP_LOST;
    case EventType::app_back:
      return pb::MemberEvent::TYPE_APP_BACK;
  }
  return pb::MemberEvent::TYPE_UNSPECIFIED;
}

pb::MemberEvent::Reason to_proto(EventReason reason) {
  switch (reason) {
    case EventReason::none:
      return pb::MemberEvent::REASON_UNSPECIFIED;
    case EventReason::first_seen:
      return pb::MemberEvent::REASON_FIRST_SEEN;
    case EventReason::rejoined:
      return pb::MemberEvent::REASON_REJOINED;
    case EventReason::recovered:
      return pb::MemberEvent::REASON_RECOVERED;
    case EventReason::probe_silent:
      return pb::MemberEvent::REASON_PROBE_SILENT;
    case EventReason::probe_refused:
      return pb::MemberEvent::REASON_PROBE_REFUSED;
    case EventReason::probe_stalled:
      return pb::MemberEvent::REASON_PROBE_STALLED;
    case EventReason::accused:
      return pb::MemberEvent::REASON_ACCUSED;
    case EventReason::goodbye:
      return pb::MemberEvent::REASON_GOODBYE;
    case EventReason::silent:
      return pb::MemberEvent::REASON_SILENT;
    case EventReason::forced:
      return pb::MemberEvent::REASON_FORCED;
    case EventReason::new_boot:
      return pb::MemberEvent::REASON_NEW_BOOT;
    case EventReason::labels:
      return pb::MemberEvent::REASON_LABELS;
    case EventReason::address:
      return pb::MemberEvent::REASON_ADDRESS;
    case EventReason::drain_cancelled:
      return pb::MemberEvent::REASON_DRAIN_CANCELLED;
    case EventReason::retention:
      return pb::MemberEvent::REASON_RETENTION;
    case EventReason::forgotten:
      return pb::MemberEvent::REASON_FORGOTTEN;
    case EventReason::app_attached:
      return pb::MemberEvent::REASON_APP_ATTACHED;
    case EventReason::app_detached:
      return pb::MemberEvent::REASON_APP_DETACHED;
    case EventReason::app_broken:
      return pb::MemberEvent::REASON_APP_BROKEN;
  }
  return pb::MemberEvent::REASON_UNSPECIFIED;
}

pb::Accusation::Evidence to_proto(Evidence evidence) {
  switch (evidence) {
    case Evidence::unknown:
      return pb::Accusation::EVIDENCE_UNSPECIFIED;
    case Evidence::silent:
      return pb::Accusation::EVIDENCE_SILENT;
    case Evidence::refused:
      return pb::Accusation::EVIDENCE_REFUSED;
    case Evidence::stalled:
      return pb::Accusation::EVIDENCE_STALLED;
  }
  return pb::Accusation::EVIDENCE_UNSPECIFIED;
}

pb::LeftReason to_proto(LeftReason reason) {
  switch (reason) {
    case LeftReason::none:
      return pb::LEFT_REASON_UNSPECIFIED;
    case LeftReason::goodbye:
      return pb::LEFT_REASON_GOODBYE;
    case LeftReason::silent:
      return pb::LEFT_REASON_SILENT;
    case LeftReason::forced:
      return pb::LEFT_REASON_FORCED;
  }
  return pb::LEFT_REASON_UNSPECIFIED;
}

void fill(WallTime time, google::protobuf::Timestamp& out) {
  const std::int64_t millis = time.unix_ms % 1000;
  out.set_seconds(time.unix_ms / 1000 - (millis < 0 ? 1 : 0));
  out.set_nanos(static_cast<std::int32_t>((millis < 0 ? millis + 1000 : millis) * 1'000'000));
}

void fill(Duration duration, google::protobuf::Duration& out) {
  constexpr std::int64_t second = 1'000'000'000;
  out.set_seconds(duration.count() / second);
  out.set_nanos(static_cast<std::int32_t>(duration.count() % second));
}

std::optional<Duration> from_proto(const google::protobuf::Duration& duration) {
  constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
  if (duration.seconds() < 0 || duration.seconds() > seconds_max || duration.nanos() < 0 ||
      duration.nanos() > 999'999'999) {
    return std::nullopt;
  }
  return std::chrono::seconds(duration.seconds()) + Duration(duration.nanos());
}

void fill(const MemberInfo& member, pb::Member& out) {
  out.set_name(valid_utf8(member.name));
  out.set_uid(boot_text(member.incarnation.boot));
  out.set_address(address_to_string(member.address));
  out.set_port(member.address.port);
  out.set_status(to_proto(member.status));
  out.mutable_incarnation()->set_life(member.incarnation.life);
  out.mutable_incarnation()->set_boot(out.uid());
  out.mutable_incarnation()->set_count(member.incarnation.count);
  // Metadata that is not ours to read has no labels.
  for (const auto& [key, value] : wire::decode_labels(member.metadata).value_or(wire::Labels{})) {
    (*out.mutable_labels())[valid_utf8(key)] = valid_utf8(value);
  }
  out.set_zone(valid_utf8(member.zone));
  fill(member.status_since, *out.mutable_status_time());
  out.set_local(member.local);
  out.set_revision(member.revision);
  out.set_left_reason(to_proto(member.left_reason));
  for (const wire::AppState& app : member.apps) {
    pb::App& one = *out.add_apps();
    one.set_name(app.name);
    one.set_state(app.lost ? pb::APP_STATE_LOST : pb::APP_STATE_ATTACHED);
  }
}

void fill(const MemberEvent& event, pb::MemberEvent& out) {
  out.set_type(to_proto(event.type));
  out.set_reason(to_proto(event.reason));
  fill(*event.member, *out.mutable_member());
  if (event.previous) {
    out.set_previous_status(to_proto(*event.previous));
  }
  out.set_revision(event.revision);
  fill(event.time, *out.mutable_event_time());
  if (event.type == EventType::suspected || event.type == EventType::failed) {
    out.set_accuser(valid_utf8(event.accuser));
  }
  out.set_app(event.app);
}

void fill_envelope(const MessageReceived& message, pb::ReceivedMessage& out) {
  out.set_origin(valid_utf8(message.origin));
  out.set_origin_uid(boot_text(message.origin_boot));
  out.set_sequence(message.sequence);
  out.set_topic(valid_utf8(message.topic));
  out.set_broadcast(message.broadcast);
  out.set_own(message.own);
  if (!message.broadcast) {
    out.set_request_id(uuid_text(message.request_id));
  }
  fill(message.time, *out.mutable_receive_time());
}

void fill(const Explanation& explanation, pb::ExplainMemberResponse& out) {
  fill(*explanation.member, *out.mutable_member());
  for (const Explanation::Accusation& accusation : explanation.accusations) {
    pb::Accusation& one = *out.add_accusations();
    one.set_accuser(valid_utf8(accusation.accuser));
    one.set_accuser_uid(boot_text(accusation.accuser_boot));
    one.set_evidence(to_proto(accusation.evidence));
    fill(accusation.time, *one.mutable_time());
  }
  if (explanation.member->status == MemberStatus::suspect) {
    fill(explanation.suspicion_left, *out.mutable_suspicion_left());
  }
  for (const MemberEvent& event : explanation.transitions) {
    fill(event, *out.add_transitions());
  }
  if (explanation.last_ack) {
    fill(*explanation.last_ack, *out.mutable_last_ack_time());
    fill(explanation.last_round_trip, *out.mutable_last_round_trip());
  }
}

std::string boot_text(std::uint64_t boot) {
  std::string text(16, '0');
  for (std::size_t digit = text.size(); digit > 0; boot >>= 4U) {
    text[--digit] = "0123456789abcdef"[boot & 0xFU];
  }
  return text;
}

std::string uuid_text(const RequestId& id) {
  std::string text;
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::array<char, 3> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", static_cast<unsigned>(id[i]));
    text += i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
    text += hex.data();
  }
  return text;
}

std::optional<RequestId> parse_uuid(std::string_view text) {
  RequestId id{};
  const bool hyphens = text.size() == 36;
  if (!hyphens && text.size() != 32) {
    return std::nullopt;
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (hyphens && (i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') {
      return std::nullopt;
    }
    const char* const first = text.data() + at;
    const auto [end, error] = std::from_chars(first, first + 2, id[i], 16);
    if (error != std::errc() || end != first + 2) {
      return std::nullopt;
    }
    at += 2;
  }
  return id;
}

}  // namespace swim::server
