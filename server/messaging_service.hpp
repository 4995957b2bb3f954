// swim.v1.MessagingService.
#pragma once

#include "server/service_context.hpp"
#include "server/subscribe_feed.hpp"
#include "swim/v1/messaging.grpc.pb.h"

namespace swim::server {

class MessagingService final : public ::swim::v1::MessagingService::CallbackService {
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
  grpc::ServerWriteReactor<::swim::v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* call, const ::swim::v1::SubscribeRequest* request) override;

 private:
  ServiceContext& context_;
};

}  // namespace swim::server
