#include "server/status.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include "server/http_text.hpp"

namespace swim::server {
namespace {

using grpc::StatusCode;

constexpr const char* error_domain = "swim.v1";

constexpr const char* left_text =
    "this node has left the cluster; AdminService.Join brings it back";
constexpr const char* conflict_text =
    "another process with this node's name is in the cluster; give each node its own node.name";
constexpr const char* no_seeds_text =
    "there are no seeds to contact; name some, or set discovery.seeds";

// "text: detail", where there is a detail.
std::string with_detail(const std::string& text, std::string_view detail) {
  return detail.empty() ? text : text + ": " + std::string(detail);
}

std::string text_of(const Error& error) {
  return std::string(error.what.empty() ? to_string(error.code) : error.what);
}

// Where it is no member's name, what is said behind it must still fit.
std::string quoted(const std::string& member) {
  std::string text = "\"";
  text += shortened(member, metadata_value_bytes_max);
  return text += '"';
}

grpc::Status too_large(const Error& error, const ErrorSubject& subject) {
  ErrorMetadata metadata;
  std::string text = subject.labels ? "the labels are too large" : "the payload is too large";
  if (subject.size) {
    text += ": " + std::to_string(*subject.size) + " bytes";
    metadata.emplace_back("actual_bytes", std::to_string(*subject.size));
  }
  if (subject.size_limit) {
    text += "; the most is " + std::to_string(*subject.size_limit);
    metadata.emplace_back("max_bytes", std::to_string(*subject.size_limit));
  }
  if (!subject.size && !subject.size_limit) {
    text = with_detail(text, error.what);
  }
  return make_status(StatusCode::INVALID_ARGUMENT,
                     subject.labels ? "METADATA_TOO_LARGE" : "PAYLOAD_TOO_LARGE", text, metadata);
}

grpc::Status about_member(StatusCode code, std::string_view reason, const std::string& text,
                          const ErrorSubject& subject) {
  ErrorMetadata metadata{{"member", subject.member}};
  if (!subject.member_status.empty()) {
    metadata.emplace_back("status", subject.member_status);
  }
  return make_status(code, reason, text, metadata);
}

grpc::Status precondition(std::string_view reason, const std::string& text) {
  return make_status(StatusCode::FAILED_PRECONDITION, reason, text);
}

grpc::Status not_alive(const ErrorSubject& subject) {
  const std::string state = subject.member_status.empty() ? "not alive" : subject.member_status;
  return about_member(StatusCode::FAILED_PRECONDITION, "MEMBER_NOT_ALIVE",
                      "member " + quoted(subject.member) + " is " + state, subject);
}

}  // namespace

grpc::Status make_status(StatusCode code, std::string_view reason, const std::string& message,
                         const ErrorMetadata& metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(error_domain);
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[key] = shortened(value, metadata_value_bytes_max);
  }
  google::rpc::Status details;
  details.set_code(static_cast<std::int32_t>(code));
  details.set_message(shortened(message, message_bytes_max));
  details.add_details()->PackFrom(info);
  return {code, details.message(), details.SerializeAsString()};
}

std::string first_of(const std::vector<std::string>& problems) {
  constexpr std::size_t room = message_bytes_max - 64;  // for the last words
  std::string text;
  std::size_t told = 0;
  for (const std::string& problem : problems) {
    const std::string next = told == 0 ? shortened(problem, room) : "; " + problem;
    if (text.size() + next.size() > room) {
      break;
    }
    text += next;
    ++told;
  }
  return told == problems.size()
             ? text
             : text + "; and " + std::to_string(problems.size() - told) + " more, all in the log";
}

grpc::Status shutting_down() {
  return make_status(StatusCode::UNAVAILABLE, "SHUTTING_DOWN",
                     "this node is shutting down; connect again");
}

grpc::Status unreadable() {
  return {StatusCode::INTERNAL, "the request is no message of this method"};
}

grpc::Status too_many_streams(std::uint32_t limit) {
  return make_status(StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS",
                     "this node serves " + std::to_string(limit) +
                         " streams already, its api.max-streams; close some, or raise it",
                     {{"limit", std::to_string(limit)}});
}

grpc::Status to_status(const Error& error, const ErrorSubject& subject) {
  const std::string text = text_of(error);
  const std::string member = quoted(subject.member);
  switch (error.code) {
    case Errc::invalid_address:
    case Errc::invalid_argument:
      return make_status(StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT", text);
    case Errc::too_large:
      return too_large(error, subject);
    case Errc::queue_full:
      return make_status(StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL",
                         with_detail("the queue is full; try again after a moment", error.what));
    case Errc::unknown_member:
      return about_member(StatusCode::NOT_FOUND, "MEMBER_NOT_FOUND",
                          "member " + member + " is not known to this node", subject);
    case Errc::not_alive:
      return not_alive(subject);
    case Errc::no_subscriber:
      return about_member(StatusCode::FAILED_PRECONDITION, "NO_SUBSCRIBER",
                          "nobody at member " + member + " subscribes to messages", subject);
    case Errc::not_running:
    case Errc::cancelled:
      return shutting_down();
    case Errc::draining:
      return precondition("NODE_DRAINING", "this node is draining and takes no new messages");
    case Errc::left:
      return precondition("NODE_LEFT", left_text);
    case Errc::name_conflict:
      return precondition("NAME_CONFLICT", conflict_text);
    case Errc::revision_mismatch:
      return make_status(StatusCode::ABORTED, "REVISION_MISMATCH",
                         "the member has another revision by now; read it again");
    case Errc::no_seeds:
      return precondition("NO_SEEDS", no_seeds_text);
    case Errc::no_seeds_reachable:
      return make_status(StatusCode::UNAVAILABLE, "NO_SEEDS_REACHABLE", text);
    case Errc::refused:
    case Errc::unreachable:
    case Errc::stalled:
    case Errc::closed:
      return about_member(StatusCode::UNAVAILABLE, "UNREACHABLE",
                          "member " + member + " can't be reached: " + text, subject);
    case Errc::timeout:
      return about_member(StatusCode::DEADLINE_EXCEEDED, "TIMEOUT",
                          "member " + member + " did not answer in time", subject);
    case Errc::rejected:
      return precondition("REJECTED", text);
    case Errc::not_authenticated:
      return make_status(
          StatusCode::FAILED_PRECONDITION, "NOT_AUTHENTICATED",
          with_detail("the peer did not authenticate us: key or label differs", error.what));
    case Errc::truncated:
    case Errc::bad_magic:
    case Errc::bad_version:
    case Errc::bad_tag:
    case Errc::trailing_bytes:
    case Errc::malformed:
    case Errc::buffer_too_small:
    case Errc::too_short:
    case Errc::decryption_failed:
    case Errc::invalid_key_length:
    case Errc::invalid_key:
    case Errc::unknown_key:
    case Errc::replayed:
    case Errc::session_table_full:
    case Errc::counter_exhausted:
      break;
  }
  return make_status(StatusCode::INTERNAL, "INTERNAL", text);
}

}  // namespace swim::server
