// swim.v1.MessagingService.
#pragma once

#include "server/service_context.hpp"
#include "server/subscribe_feed.hpp"
#include "swim/v1/messaging.grpc.pb.h"

namespace swim::server {

// Subscribe is served in bytes: streams share what they are sent.
using MessagingServiceBase = ::swim::v1::MessagingService::WithRawCallbackMethod_Subscribe<
    ::swim::v1::MessagingService::CallbackService>;

class MessagingService final : public MessagingServiceBase {
 public:
  explicit MessagingService(ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* Broadcast(grpc::CallbackServerContext* call,
                                      const ::swim::v1::BroadcastRequest* request,
                                      ::swim::v1::BroadcastResponse* response) override;
  grpc::ServerBidiReactor<::swim::v1::BroadcastStreamRequest, ::swim::v1::BroadcastStreamResponse>*
  BroadcastStream(grpc::CallbackServerContext* call) override;
  grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* call,
                                 const ::swim::v1::SendRequest* request,
                                 ::swim::v1::SendResponse* response) override;
  grpc::ServerBidiReactor<::swim::v1::SendStreamRequest, ::swim::v1::SendStreamResponse>*
  SendStream(grpc::CallbackServerContext* call) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscribe(grpc::CallbackServerContext* call,
                                                        const grpc::ByteBuffer* bytes) override;

 private:
  ServiceContext& context_;
};

}  // namespace swim::server
