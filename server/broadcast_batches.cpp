#include "server/broadcast_batches.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "server/convert.hpp"
#include "server/message_checks.hpp"
#include "server/status.hpp"

namespace swim::server {
namespace {

// A mailbox that is full is looked at again after this.
constexpr Duration retry_after = std::chrono::milliseconds(5);

}  // namespace

void fill_rejection(const grpc::Status& status, std::uint64_t id, pb::MessageRejection& out) {
  out.set_id(id);
  out.set_code(status.error_code());
  out.set_message(status.error_message());
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (details.ParseFromString(status.error_details()) && details.details_size() == 1 &&
      details.details(0).UnpackTo(&info)) {
    out.set_reason(info.reason());
    *out.mutable_metadata() = std::move(*info.mutable_metadata());
  }
}

std::optional<grpc::Status> check_batch(int size) {
  if (static_cast<std::size_t>(size) <= limits::batch_messages_max) {
    return std::nullopt;
  }
  return make_status(
      grpc::StatusCode::INVALID_ARGUMENT, "BAD_BATCH",
      "a request has at most " + std::to_string(limits::batch_messages_max) +
          " messages, this one has " + std::to_string(size),
      {{"max", std::to_string(limits::batch_messages_max)}, {"actual", std::to_string(size)}});
}

// One request on its way.
struct BroadcastBatches::Job {
  ServiceContext& context;
  const Request& request;
  Response& response;
  std::function<void()> done;
  std::shared_ptr<const std::atomic<bool>> abandoned;
  std::vector<runtime::BroadcastItem> items;
  std::vector<int> places;  // of the items in the request
  std::uint64_t bound{};    // of a payload
};

std::optional<grpc::Status> BroadcastBatches::start(const Request& request, Response& response,
                                                    std::function<void()> done) {
  if (auto refused = check_batch(request.messages_size())) {
    return refused;
  }
  auto job = std::make_shared<Job>(Job{*context_,
                                       request,
                                       response,
                                       std::move(done),
                                       abandoned_,
                                       {},
                                       {},
                                       context_->runtime.view()->max_broadcast_payload});
  response.set_first_id(request.first_id());
  job->items.reserve(static_cast<std::size_t>(request.messages_size()));
  job->places.reserve(job->items.capacity());
  for (int place = 0; place < request.messages_size(); ++place) {
    const pb::BroadcastRequest& message = request.messages(place);
    if (const auto refused = check(message, job->bound)) {
      fill_rejection(*refused, request.first_id() + static_cast<std::uint64_t>(place),
                     *response.add_rejected());
      continue;
    }
    job->items.push_back({message.topic(), as_bytes(message.payload()), message.supersede_key(),
                          parse_uuid(message.request_id()).value_or(RequestId{})});
    job->places.push_back(place);
  }
  post(job);
  return std::nullopt;
}

void BroadcastBatches::post(const std::shared_ptr<Job>& job) {
  if (job->items.empty()) {
    job->context.fan_out.post([job] { report(*job, runtime::BatchReport{}); });
    return;
  }
  const auto posted = job->context.runtime.broadcast_batch(
      {job->items, job->abandoned,
       deliver<runtime::BatchReport>(
           job->context.fan_out,
           [job](const Expected<runtime::BatchReport>& result) { report(*job, result); })});
  if (posted) {
    return;
  }
  if (posted.error().code == Errc::queue_full && !*job->abandoned) {
    job->context.fan_out.at(runtime::steady_now() + retry_after, [job] { post(job); });
    return;
  }
  job->context.fan_out.post([job, error = posted.error()] { report(*job, tl::unexpected(error)); });
}

void BroadcastBatches::report(Job& job, const Expected<runtime::BatchReport>& report) {
  const std::uint64_t first_id = job.request.first_id();
  const auto reject = [&job, first_id](std::size_t item, const Error& error) {
    const int place = job.places[item];
    const ErrorSubject subject{.size = job.request.messages(place).payload().size(),
                               .size_limit = job.bound};
    fill_rejection(to_status(error, subject), first_id + static_cast<std::uint64_t>(place),
                   *job.response.add_rejected());
  };
  if (report) {
    for (const auto& [item, error] : report->rejected) {
      reject(item, error);
    }
  } else {
    for (std::size_t item = 0; item < job.items.size(); ++item) {
      reject(item, report.error());
    }
  }
  // Those that were refused here and those that the engine refused.
  std::sort(job.response.mutable_rejected()->pointer_begin(),
            job.response.mutable_rejected()->pointer_end(),
            [](const auto* one, const auto* other) { return one->id() < other->id(); });
  job.response.set_accepted(
      static_cast<std::uint32_t>(job.request.messages_size() - job.response.rejected_size()));
  job.response.set_queue_depth(job.context.runtime.view()->stats.broadcasts_queued);
  job.done();
}

}  // namespace swim::server
