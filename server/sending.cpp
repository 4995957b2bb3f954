#include "server/sending.hpp"

#include <optional>
#include <string>
#include <utility>

#include "core/crypto/random.hpp"
#include "server/membership_service.hpp"
#include "server/message_checks.hpp"
#include "server/status.hpp"

namespace swim::server {
namespace {

// The status is looked up when it matters: the one that the engine judged by is then published.
grpc::Status failure(const Error& error, ErrorSubject about, const runtime::Runtime& runtime) {
  const auto snapshot = runtime.snapshot();
  if (const MemberInfo* member = find_member(*snapshot, about.member)) {
    about.member_status = to_string(member->status);
  }
  return to_status(error, about);
}

}  // namespace

RequestId request_id_of(const pb::SendRequest& request) {
  if (const auto given = parse_uuid(request.request_id())) {
    return *given;
  }
  RequestId id{};
  crypto::random_bytes(id);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0FU) | 0x40U);  // RFC 4122, version 4
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3FU) | 0x80U);
  return id;
}

void send_message(ServiceContext& context, const pb::SendRequest& request, const RequestId& id,
                  pb::SendResponse& response, std::function<void(const grpc::Status&)> done) {
  runtime::Runtime& runtime = context.runtime;
  const bool acknowledged = request.delivery() == pb::DELIVERY_ACKNOWLEDGED;
  const std::uint64_t bound = payload_bound(request, *runtime.view());
  if (auto refused = check(request, bound)) {
    context.fan_out.post([done = std::move(done), status = std::move(*refused)] { done(status); });
    return;
  }
  const std::string name = request.member() == "self" ? runtime.node_name() : request.member();
  const ErrorSubject subject{.member = name, .size = request.payload().size(), .size_limit = bound};
  auto sent = deliver<Duration>(context.fan_out, [&runtime, &response, subject, id, acknowledged,
                                                  done](const Expected<Duration>& result) {
    if (!result) {
      done(failure(result.error(), subject, runtime));
      return;
    }
    response.set_request_id(uuid_text(id));
    if (acknowledged) {
      fill(*result, *response.mutable_round_trip());
    }
    done(grpc::Status::OK);
  });
  const auto posted =
      runtime.send(name, request.topic(), {request.payload().begin(), request.payload().end()}, id,
                   acknowledged, std::move(sent));
  if (!posted) {
    context.fan_out.post([done = std::move(done),
                          status = failure(posted.error(), subject, runtime)] { done(status); });
  }
}

}  // namespace swim::server
