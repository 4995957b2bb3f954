#include "cli/format/failure_text.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

struct Advice {
  std::string_view reason;
  ExitCode code;
  std::string_view hint;
};

// What to try about each reason that the API names; the daemon's own message says what happened.
constexpr std::array<Advice, 30> advices{{
    {"BAD_APP_NAME", ExitCode::usage, "as in `swimctl attach web -- ./server`"},
    {"BAD_DELIVERY", ExitCode::usage, ""},
    {"BAD_FILTER", ExitCode::usage,
     "write --selector 'role=web,env in (a,b),!old' and --status alive,suspect"},
    {"BAD_LABELS", ExitCode::usage, ""},
    {"BAD_LOG_LEVEL", ExitCode::usage, "one of debug, info, warn, error"},
    {"BAD_PAGE_SIZE", ExitCode::usage, ""},
    {"BAD_PAGE_TOKEN", ExitCode::usage, ""},
    {"BAD_REQUEST_ID", ExitCode::usage, "leave --request-id out, or give a UUID"},
    {"BAD_SEED", ExitCode::usage, ""},
    {"BAD_SUPERSEDE_KEY", ExitCode::usage, ""},
    {"BAD_TIMEOUT", ExitCode::usage, ""},
    {"BAD_TOPIC", ExitCode::usage, "a subscription may end in `.*`, a message's topic may not"},
    {"INVALID_ARGUMENT", ExitCode::usage, "`swimctl status` shows this node"},
    {"KEYRING_INVALID", ExitCode::failed, "the keys in use stay; correct the file and reload"},
    {"MEMBER_NOT_ALIVE", ExitCode::failed, "`swimctl explain MEMBER` tells why"},
    {"MEMBER_NOT_FOUND", ExitCode::failed, "see `swimctl members` for the names"},
    {"METADATA_TOO_LARGE", ExitCode::failed, "the limit stands in `swimctl status -o json`"},
    {"NAME_CONFLICT", ExitCode::failed,
     "another process has this node's name; give each its own node.name"},
    {"NODE_DRAINING", ExitCode::failed, "take the drain back by `swimctl drain --cancel`"},
    {"NODE_LEFT", ExitCode::failed, "`swimctl join` does that"},
    {"NO_SEEDS", ExitCode::failed, "name seeds: `swimctl join HOST:PORT`"},
    {"NO_SUBSCRIBER", ExitCode::failed, "--best-effort does not ask"},
    {"PAYLOAD_TOO_LARGE", ExitCode::failed, "`swimctl status` shows the limits"},
    {"QUEUE_FULL", ExitCode::failed, "try again in a moment"},
    {"SETTINGS_INVALID", ExitCode::failed, "the settings in force stay; correct them and reload"},
    {"SHUTTING_DOWN", ExitCode::unreachable,
     "the daemon is about to end; try again when it is back"},
    {"TIMEOUT", ExitCode::timed_out, "it may have arrived all the same"},
    {"TOO_MANY_APPS", ExitCode::failed, "`swimctl status` shows them"},
    {"TOO_MANY_STREAMS", ExitCode::failed, ""},
    {"UNREACHABLE", ExitCode::failed, "see `swimctl explain MEMBER`"},
}};

const Advice* advice_for(std::string_view reason) {
  const auto found = std::find_if(advices.begin(), advices.end(),
                                  [reason](const Advice& one) { return one.reason == reason; });
  return found == advices.end() ? nullptr : &*found;
}

Failure with_reason(const grpc::Status& status, const ErrorReason& info) {
  Failure failure = explain_reason(status.error_message(), info.reason);
  if (advice_for(info.reason) == nullptr && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    failure.code = ExitCode::unreachable;
    failure.hint = "try again in a moment";
  }
  return failure;
}

Failure without_reason(const grpc::Status& status, const std::string& place) {
  const std::string said = printable(status.error_message());
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return {ExitCode::unreachable, "no swimd answered at " + place + " (" + said + ")",
              "if something else listens there, name the right place by --endpoint; if swimd just "
              "ended, see its log"};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {ExitCode::timed_out, "no answer from " + place + " in time",
              "is it a swimd, and is it running and not stopped? --timeout waits longer"};
    case grpc::StatusCode::UNIMPLEMENTED:
      return {ExitCode::failed,
              place + " does not serve this call" + (said.empty() ? "" : " (" + said + ")"),
              "admin commands go to the admin socket (--admin-endpoint); or the daemon is of "
              "another version: compare `swimctl version`"};
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return {ExitCode::failed, place + " refused this user: " + said, ""};
    case grpc::StatusCode::RESOURCE_EXHAUSTED:  // gRPC's own, before the daemon sees the request
      return {ExitCode::failed, said, "`swimctl status` shows how large a payload may be"};
    default:
      return {ExitCode::failed, said.empty() ? "the daemon failed without a message" : said, ""};
  }
}

bool is_one_of(const ErrorReason& info, std::initializer_list<std::string_view> reasons) {
  return std::find(reasons.begin(), reasons.end(), info.reason) != reasons.end();
}

}  // namespace

ErrorReason reason_of(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) {
    return {};
  }
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) {
      return {info.reason(), {info.metadata().begin(), info.metadata().end()}};
    }
  }
  return {};
}

Failure explain_reason(const std::string& message, const std::string& reason) {
  Failure failure;
  failure.what = printable(message) + " [" + printable(reason) + "]";
  failure.reason = reason;
  if (const Advice* advice = advice_for(reason)) {
    failure.code = advice->code;
    failure.hint = advice->hint;
  }
  return failure;
}

Failure explain_status(const grpc::Status& status, const std::string& place) {
  const ErrorReason info = reason_of(status);
  return info.reason.empty() ? without_reason(status, place) : with_reason(status, info);
}

bool is_passing(const grpc::Status& status) {
  switch (status.error_code()) {
    // The daemon ended the stream without a word, as one does that is going away.
    case grpc::StatusCode::OK:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:  // a moment's shortage; gRPC's own is for good
      return is_one_of(reason_of(status), {"QUEUE_FULL", "TOO_MANY_STREAMS"});
    default:
      return false;
  }
}

bool attaches_again(const grpc::Status& status) {
  return is_passing(status) ||
         is_one_of(reason_of(status), {"TOO_MANY_APPS", "NAME_CONFLICT", "NODE_LEFT"});
}

}  // namespace swim::cli
