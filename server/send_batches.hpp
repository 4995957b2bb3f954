// The work of SendStream: some messages of a request on their way at a time, the results in the
// order of the request.
#pragma once

#include <grpcpp/support/status.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "server/service_context.hpp"
#include "swim/v1/messaging.pb.h"

namespace swim::server {

// As a Work of ProducerReactor.
class SendBatches {
 public:
  using Request = ::swim::v1::SendStreamRequest;
  using Response = ::swim::v1::SendStreamResponse;

  // `context` must outlive it.
  explicit SendBatches(ServiceContext& context) : context_(&context) {}

  std::optional<grpc::Status> start(const Request& request, Response& response,
                                    std::function<void()> done);
  // What is under way is waited for; it has its own time limit.
  void abandon() { *abandoned_ = true; }

 private:
  struct Job;

  static void advance(const std::shared_ptr<Job>& job);
  static void launch(const std::shared_ptr<Job>& job, int place);
  static void finished(const std::shared_ptr<Job>& job, int place, const grpc::Status& status);

  ServiceContext* context_;
  std::shared_ptr<std::atomic<bool>> abandoned_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace swim::server
