// From the core's values to the API's messages. Pure. Text that other members chose is made valid
// UTF-8, or one bad name would break every client's stream.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.hpp"
#include "core/engine/event.hpp"
#include "core/engine/member.hpp"
#include "core/engine/snapshot.hpp"
#include "swim/v1/member.pb.h"
#include "swim/v1/membership.pb.h"
#include "swim/v1/messaging.pb.h"
#include "swim/v1/node.pb.h"

namespace swim::server {

// Generated names, which would otherwise be taken for the core's own.
namespace pb = ::swim::v1;

pb::MemberStatus to_proto(MemberStatus status);
pb::NodeState to_proto(NodeState state);
pb::MemberEvent::Type to_proto(EventType type);
pb::MemberEvent::Reason to_proto(EventReason reason);
pb::Accusation::Evidence to_proto(Evidence evidence);
pb::LeftReason to_proto(LeftReason reason);
// nullopt for the unspecified and for values of a later version.
std::optional<MemberStatus> from_proto(pb::MemberStatus status);

void fill(const MemberInfo& member, pb::Member& out);
void fill(const MemberEvent& event, pb::MemberEvent& out);
void fill_envelope(const MessageReceived& message, pb::ReceivedMessage& out);  // no payload
void fill(const Explanation& explanation, pb::ExplainMemberResponse& out);

void fill(WallTime time, google::protobuf::Timestamp& out);
void fill(Duration duration, google::protobuf::Duration& out);
// nullopt: not a duration that fits, or negative.
std::optional<Duration> from_proto(const google::protobuf::Duration& duration);

std::string boot_text(std::uint64_t boot);  // 16 hexadecimal digits

using RequestId = std::array<std::uint8_t, 16>;
std::string uuid_text(const RequestId& id);
// With or without hyphens; nullopt where it is no UUID.
std::optional<RequestId> parse_uuid(std::string_view text);

}  // namespace swim::server
