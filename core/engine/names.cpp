// The words for the engine's enumerations, as the API and the metrics spell them.
#include "core/engine/event.hpp"
#include "core/engine/member.hpp"
#include "core/engine/snapshot.hpp"
#include "core/engine/stats.hpp"

namespace swim {

std::string_view to_string(MemberStatus status) {
  switch (status) {
    case MemberStatus::alive:
      return "ALIVE";
    case MemberStatus::suspect:
      return "SUSPECT";
    case MemberStatus::leaving:
      return "LEAVING";
    case MemberStatus::left:
      return "LEFT";
    case MemberStatus::failed:
      return "FAILED";
  }
  return "UNKNOWN";
}

std::string_view to_string(NodeState state) {
  switch (state) {
    case NodeState::starting:
      return "STARTING";
    case NodeState::joining:
      return "JOINING";
    case NodeState::running:
      return "RUNNING";
    case NodeState::draining:
      return "DRAINING";
    case NodeState::left:
      return "LEFT";
  }
  return "UNKNOWN";
}

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::joined:
      return "JOINED";
    case EventType::updated:
      return "UPDATED";
    case EventType::suspected:
      return "SUSPECTED";
    case EventType::refuted:
      return "REFUTED";
    case EventType::failed:
      return "FAILED";
    case EventType::leaving:
      return "LEAVING";
    case EventType::left:
      return "LEFT";
    case EventType::replaced:
      return "REPLACED";
    case EventType::conflict:
      return "CONFLICT";
    case EventType::expired:
      return "EXPIRED";
    case EventType::app_lost:
      return "APP_LOST";
    case EventType::app_back:
      return "APP_BACK";
  }
  return "UNKNOWN";
}

std::string_view to_string(EventReason reason) {
  switch (reason) {
    case EventReason::none:
      return "NONE";
    case EventReason::first_seen:
      return "FIRST_SEEN";
    case EventReason::rejoined:
      return "REJOINED";
    case EventReason::recovered:
      return "RECOVERED";
    case EventReason::probe_silent:
      return "PROBE_SILENT";
    case EventReason::probe_refused:
      return "PROBE_REFUSED";
    case EventReason::probe_stalled:
      return "PROBE_STALLED";
    case EventReason::accused:
      return "ACCUSED";
    case EventReason::goodbye:
      return "GOODBYE";
    case EventReason::silent:
      return "SILENT";
    case EventReason::forced:
      return "FORCED";
    case EventReason::new_boot:
      return "NEW_BOOT";
    case EventReason::labels:
      return "LABELS";
    case EventReason::address:
      return "ADDRESS";
    case EventReason::drain_cancelled:
      return "DRAIN_CANCELLED";
    case EventReason::retention:
      return "RETENTION";
    case EventReason::forgotten:
      return "FORGOTTEN";
    case EventReason::app_attached:
      return "APP_ATTACHED";
    case EventReason::app_detached:
      return "APP_DETACHED";
    case EventReason::app_broken:
      return "APP_BROKEN";
  }
  return "UNKNOWN";
}

const char* to_string(DropReason reason) {
  switch (reason) {
    case DropReason::auth:
      return "auth";
    case DropReason::malformed:
      return "malformed";
    case DropReason::version:
      return "version";
    case DropReason::replay:
      return "replay";
    case DropReason::unknown_key:
      return "unknown_key";
    case DropReason::oversize:
      return "oversize";
    case DropReason::overload:
      return "overload";
    case DropReason::stranger:
      return "stranger";
  }
  return "unknown";
}

}  // namespace swim
