// swim.v1.AdminService: on the admin socket only. Each call is a line of the audit log.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/log_line.hpp"
#include "server/service_context.hpp"
#include "swim/v1/admin.grpc.pb.h"

namespace swim::server {

class AdminService final : public ::swim::v1::AdminService::CallbackService {
 public:
  explicit AdminService(ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* Join(grpc::CallbackServerContext* call,
                                 const ::swim::v1::JoinRequest* request,
                                 ::swim::v1::JoinResponse* response) override;
  grpc::ServerUnaryReactor* Drain(grpc::CallbackServerContext* call,
                                  const ::swim::v1::DrainRequest* request,
                                  ::swim::v1::DrainResponse* response) override;
  grpc::ServerUnaryReactor* Leave(grpc::CallbackServerContext* call,
                                  const ::swim::v1::LeaveRequest* request,
                                  ::swim::v1::LeaveResponse* response) override;
  grpc::ServerUnaryReactor* ForceLeave(grpc::CallbackServerContext* call,
                                       const ::swim::v1::ForceLeaveRequest* request,
                                       ::swim::v1::ForceLeaveResponse* response) override;
  grpc::ServerUnaryReactor* ListKeys(grpc::CallbackServerContext* call,
                                     const ::swim::v1::ListKeysRequest* request,
                                     ::swim::v1::ListKeysResponse* response) override;
  grpc::ServerUnaryReactor* Reload(grpc::CallbackServerContext* call,
                                   const ::swim::v1::ReloadRequest* request,
                                   ::swim::v1::ReloadResponse* response) override;
  grpc::ServerUnaryReactor* Ping(grpc::CallbackServerContext* call,
                                 const ::swim::v1::PingRequest* request,
                                 ::swim::v1::PingResponse* response) override;
  grpc::ServerUnaryReactor* SetLogLevel(grpc::CallbackServerContext* call,
                                        const ::swim::v1::SetLogLevelRequest* request,
                                        ::swim::v1::SetLogLevelResponse* response) override;

 private:
  class Call;
  std::shared_ptr<Call> begin(grpc::CallbackServerContext* context, const char* method,
                              std::vector<LogField> arguments);

  ServiceContext& context_;
};

}  // namespace swim::server
