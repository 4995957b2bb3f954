#include "server/message_checks.hpp"

#include "core/base/limits.hpp"
#include "server/convert.hpp"
#include "server/status.hpp"
#include "server/topic_patterns.hpp"

namespace swim::server {
namespace {

using grpc::StatusCode;

std::optional<grpc::Status> refuse_payload(const std::string& payload, std::uint64_t bound) {
  if (payload.size() <= limits::send_payload_bytes_max) {
    return std::nullopt;
  }
  return to_status(Error{Errc::too_large}, {.size = payload.size(), .size_limit = bound});
}

std::optional<grpc::Status> check_request_id(const std::string& text) {
  if (text.empty() || parse_uuid(text)) {
    return std::nullopt;
  }
  return make_status(StatusCode::INVALID_ARGUMENT, "BAD_REQUEST_ID",
                     "request_id is no UUID, as in 123e4567-e89b-12d3-a456-426614174000");
}

}  // namespace

grpc::Status bad_topic(const std::string& what, const std::string& problem) {
  return make_status(StatusCode::INVALID_ARGUMENT, "BAD_TOPIC", what + " " + problem);
}

std::uint64_t payload_bound(const pb::SendRequest& request, const runtime::NodeView& view) {
  return request.delivery() == pb::DELIVERY_ACKNOWLEDGED ? view.max_send_payload
                                                         : view.max_datagram_payload;
}

std::optional<grpc::Status> check(const pb::BroadcastRequest& request, std::uint64_t bound) {
  if (const auto topic = check_topic(request.topic()); !topic) {
    return bad_topic("topic", topic.error());
  }
  if (request.supersede_key().size() > limits::name_bytes_max) {
    return make_status(StatusCode::INVALID_ARGUMENT, "BAD_SUPERSEDE_KEY",
                       "supersede_key has " + std::to_string(request.supersede_key().size()) +
                           " bytes; the most is " + std::to_string(limits::name_bytes_max));
  }
  if (auto refused = check_request_id(request.request_id())) {
    return refused;
  }
  return refuse_payload(request.payload(), bound);
}

std::optional<grpc::Status> check(const pb::SendRequest& request, std::uint64_t bound) {
  if (const auto topic = check_topic(request.topic()); !topic) {
    return bad_topic("topic", topic.error());
  }
  if (request.delivery() < pb::DELIVERY_UNSPECIFIED ||
      request.delivery() > pb::DELIVERY_ACKNOWLEDGED) {
    return make_status(StatusCode::INVALID_ARGUMENT, "BAD_DELIVERY",
                       "delivery " + std::to_string(request.delivery()) +
                           " is not known; there are BEST_EFFORT (1) and ACKNOWLEDGED (2)");
  }
  if (auto refused = check_request_id(request.request_id())) {
    return refused;
  }
  return refuse_payload(request.payload(), bound);
}

}  // namespace swim::server
