// The work of BroadcastStream: a request becomes a batch of the runtime, its report the response.
#pragma once

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "server/service_context.hpp"
#include "swim/v1/messaging.pb.h"

namespace swim::server {

// The status that the call for one message would have ended with.
void fill_rejection(const grpc::Status& status, std::uint64_t id,
                    ::swim::v1::MessageRejection& out);

// nullopt where a batch of `size` may be taken.
std::optional<grpc::Status> check_batch(int size);

// As a Work of ProducerReactor.
class BroadcastBatches {
 public:
  using Request = ::swim::v1::BroadcastStreamRequest;
  using Response = ::swim::v1::BroadcastStreamResponse;

  // `context` must outlive it.
  explicit BroadcastBatches(ServiceContext& context) : context_(&context) {}

  std::optional<grpc::Status> start(const Request& request, Response& response,
                                    std::function<void()> done);
  void abandon() { *abandoned_ = true; }

 private:
  struct Job;

  static void post(const std::shared_ptr<Job>& job);
  static void report(Job& job, const Expected<runtime::BatchReport>& report);

  ServiceContext* context_;
  std::shared_ptr<std::atomic<bool>> abandoned_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace swim::server
