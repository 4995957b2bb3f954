#include "server/messaging_service.hpp"

#include <optional>
#include <utility>

#include "server/broadcast_batches.hpp"
#include "server/convert.hpp"
#include "server/message_checks.hpp"
#include "server/pieces.hpp"
#include "server/producer_reactor.hpp"
#include "server/send_batches.hpp"
#include "server/sending.hpp"
#include "server/status.hpp"
#include "server/stream_reactor.hpp"

namespace swim::server {
namespace {

ByteVector bytes_of(const std::string& payload) {
  return {payload.begin(), payload.end()};
}

template <class Work>
grpc::ServerBidiReactor<typename Work::Request, typename Work::Response>* producer(
    ServiceContext& context) {
  auto ticket = context.streams.enter(Channel::producers);
  if (!ticket) {
    return new RefusedProducer<typename Work::Request, typename Work::Response>(
        too_many_streams(context.streams.max_streams()));
  }
  return ProducerReactor<Work>::make(context.fan_out, std::move(*ticket), Work(context)).get();
}

}  // namespace

grpc::ServerUnaryReactor* MessagingService::Broadcast(grpc::CallbackServerContext* call,
                                                      const pb::BroadcastRequest* request,
                                                      pb::BroadcastResponse* response) {
  auto* reactor = call->DefaultReactor();
  runtime::Runtime& runtime = context_.runtime;
  const ErrorSubject subject{.size = request->payload().size(),
                             .size_limit = runtime.view()->max_broadcast_payload};
  if (const auto refused = check(*request, *subject.size_limit)) {
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
  const auto posted =
      runtime.broadcast(request->topic(), bytes_of(request->payload()), request->supersede_key(),
                        parse_uuid(request->request_id()).value_or(RequestId{}), std::move(done));
  if (!posted) {
    reactor->Finish(to_status(posted.error(), subject));
  }
  return reactor;
}

grpc::ServerBidiReactor<pb::BroadcastStreamRequest, pb::BroadcastStreamResponse>*
MessagingService::BroadcastStream(grpc::CallbackServerContext* /*call*/) {
  return producer<BroadcastBatches>(context_);
}

grpc::ServerUnaryReactor* MessagingService::Send(grpc::CallbackServerContext* call,
                                                 const pb::SendRequest* request,
                                                 pb::SendResponse* response) {
  auto* reactor = call->DefaultReactor();
  send_message(context_, *request, request_id_of(*request), *response,
               [reactor](const grpc::Status& status) { reactor->Finish(status); });
  return reactor;
}

grpc::ServerBidiReactor<pb::SendStreamRequest, pb::SendStreamResponse>*
MessagingService::SendStream(grpc::CallbackServerContext* /*call*/) {
  return producer<SendBatches>(context_);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MessagingService::Subscribe(
    grpc::CallbackServerContext* /*call*/, const grpc::ByteBuffer* bytes) {
  pb::SubscribeRequest request;
  if (!from_buffer(*bytes, request)) {
    return new RefusedStream(unreadable());
  }
  auto topics = TopicPatterns::make({request.topics().begin(), request.topics().end()});
  if (!topics) {
    return new RefusedStream(bad_topic("topics", topics.error()));
  }
  auto ticket = context_.streams.enter(Channel::messages);
  if (!ticket) {
    return new RefusedStream(too_many_streams(context_.streams.max_streams()));
  }
  if (!context_.streams.engine_told()) {
    return new RefusedStream(to_status(Error{Errc::queue_full}));
  }
  runtime::Runtime& runtime = context_.runtime;
  auto selection = context_.subscribed.get(MessageSelection::key(*topics, request.include_own()),
                                           runtime.messages(), *topics, request.include_own(),
                                           context_.stream_origin);
  const auto reactor = StreamReactor<SubscribeFeed>::make(
      context_.fan_out, Channel::messages, std::move(*ticket),
      bookmark_interval(request.has_bookmark_interval(), request.bookmark_interval()),
      SubscribeFeed(std::move(selection), request.resume_token()));
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
