#include "server/messaging_service.hpp"

#include <optional>
#include <utility>

#include "core/base/limits.hpp"
#include "core/crypto/random.hpp"
#include "server/convert.hpp"
#include "server/membership_service.hpp"
#include "server/status.hpp"
#include "server/stream_reactor.hpp"

namespace swim::server {
namespace {

using grpc::StatusCode;

grpc::Status bad_topic(const std::string& what, const std::string& problem) {
  return make_status(StatusCode::INVALID_ARGUMENT, "BAD_TOPIC", what + " " + problem);
}

ByteVector bytes_of(const std::string& payload) {
  return {payload.begin(), payload.end()};
}

// What no way of delivery takes is refused before it is copied and queued, by the bound of the way
// that was asked for; below that the engine has the last word.
std::optional<grpc::Status> refuse_payload(const std::string& payload, std::uint64_t bound) {
  if (payload.size() <= limits::send_payload_bytes_max) {
    return std::nullopt;
  }
  return to_status(Error{Errc::too_large}, {.size = payload.size(), .size_limit = bound});
}

std::uint64_t payload_bound(const pb::SendRequest& request, const runtime::NodeView& view) {
  return request.delivery() == pb::DELIVERY_ACKNOWLEDGED ? view.max_send_payload
                                                         : view.max_broadcast_payload;
}

// What is wrong with the request itself.
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
  if (!request.request_id().empty() && !parse_uuid(request.request_id())) {
    return make_status(StatusCode::INVALID_ARGUMENT, "BAD_REQUEST_ID",
                       "request_id is no UUID, as in 123e4567-e89b-12d3-a456-426614174000");
  }
  return refuse_payload(request.payload(), bound);
}

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

}  // namespace

grpc::ServerUnaryReactor* MessagingService::Broadcast(grpc::CallbackServerContext* call,
                                                      const pb::BroadcastRequest* request,
                                                      pb::BroadcastResponse* response) {
  auto* reactor = call->DefaultReactor();
  if (const auto topic = check_topic(request->topic()); !topic) {
    reactor->Finish(bad_topic("topic", topic.error()));
    return reactor;
  }
  runtime::Runtime& runtime = context_.runtime;
  const ErrorSubject subject{.size = request->payload().size(),
                             .size_limit = runtime.view()->max_broadcast_payload};
  if (const auto refused = refuse_payload(request->payload(), *subject.size_limit)) {
    reactor->Finish(*refused);
    return reactor;
  }
  auto done = deliver<void>(context_.fan_out,
                            [reactor, response, subject, &runtime](const Expected<void>& queued) {
                              if (!queued) {
                                reactor->Finish(to_status(queued.error(), subject));
                                return;
                              }
                              response->set_queue_depth(runtime.view()->stats.broadcasts_queued);
                              reactor->Finish(grpc::Status::OK);
                            });
  const auto posted = runtime.broadcast(request->topic(), bytes_of(request->payload()),
                                        request->supersede_key(), std::move(done));
  if (!posted) {
    reactor->Finish(to_status(posted.error(), subject));
  }
  return reactor;
}

grpc::ServerUnaryReactor* MessagingService::Send(grpc::CallbackServerContext* call,
                                                 const pb::SendRequest* request,
                                                 pb::SendResponse* response) {
  auto* reactor = call->DefaultReactor();
  runtime::Runtime& runtime = context_.runtime;
  const bool acknowledged = request->delivery() == pb::DELIVERY_ACKNOWLEDGED;
  const std::uint64_t bound = payload_bound(*request, *runtime.view());
  if (const auto refused = check(*request, bound)) {
    reactor->Finish(*refused);
    return reactor;
  }
  const std::string name = request->member() == "self" ? runtime.node_name() : request->member();
  ErrorSubject subject{.member = name, .size = request->payload().size(), .size_limit = bound};
  const RequestId id = request_id_of(*request);
  response->set_request_id(uuid_text(id));
  // The status is looked up when it matters: the one that the engine judged by is then published.
  const auto finish = [reactor, &runtime](const Error& error, ErrorSubject about) {
    const auto snapshot = runtime.snapshot();
    if (const MemberInfo* member = find_member(*snapshot, about.member)) {
      about.member_status = to_string(member->status);
    }
    reactor->Finish(to_status(error, about));
  };
  auto done = deliver<Duration>(context_.fan_out, [reactor, response, subject, acknowledged,
                                                   finish](const Expected<Duration>& sent) {
    if (!sent) {
      finish(sent.error(), subject);
      return;
    }
    if (acknowledged) {
      fill(*sent, *response->mutable_round_trip());
    }
    reactor->Finish(grpc::Status::OK);
  });
  const auto posted = runtime.send(name, request->topic(), bytes_of(request->payload()), id,
                                   acknowledged, std::move(done));
  if (!posted) {
    finish(posted.error(), subject);
  }
  return reactor;
}

grpc::ServerWriteReactor<pb::SubscribeResponse>* MessagingService::Subscribe(
    grpc::CallbackServerContext* /*call*/, const pb::SubscribeRequest* request) {
  auto topics = TopicPatterns::make({request->topics().begin(), request->topics().end()});
  if (!topics) {
    return new RefusedStream<pb::SubscribeResponse>(bad_topic("topics", topics.error()));
  }
  auto ticket = context_.streams.enter(Channel::messages);
  if (!ticket) {
    return new RefusedStream<pb::SubscribeResponse>(
        too_many_streams(context_.streams.max_streams()));
  }
  runtime::Runtime& runtime = context_.runtime;
  const MessageSource source{&runtime.messages(), context_.boot};
  const auto reactor = StreamReactor<SubscribeFeed>::make(
      context_.fan_out, Channel::messages, std::move(*ticket),
      bookmark_interval(request->has_bookmark_interval(), request->bookmark_interval()),
      SubscribeFeed(source, std::move(*topics), request->include_own(), request->resume_token()));
  // The engine was told of the subscriber before this question, so by its answer it knows: whoever
  // acts on the first response must not meet NO_SUBSCRIBER.
  auto done =
      deliver<Explanation>(context_.fan_out, [reactor](const Expected<Explanation>& answer) {
        if (!answer && answer.error().code == Errc::not_running) {
          reactor->refuse(shutting_down());
        } else {
          reactor->open();
        }
      });
  if (const auto posted = runtime.explain(runtime.node_name(), std::move(done)); !posted) {
    reactor->refuse(to_status(posted.error()));
  }
  return reactor.get();
}

}  // namespace swim::server
