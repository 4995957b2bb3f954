#include "server/send_batches.hpp"

#include <deque>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "server/broadcast_batches.hpp"
#include "server/sending.hpp"
#include "server/status.hpp"

namespace swim::server {
namespace {

// A node that has no room for another send is asked again after this.
constexpr Duration retry_after = std::chrono::milliseconds(5);

}  // namespace

// One request on its way. The fan-out thread only.
struct SendBatches::Job {
  ServiceContext& context;
  const Request& request;
  Response& response;
  std::function<void()> done;
  std::shared_ptr<const std::atomic<bool>> abandoned;
  std::deque<int> waiting;  // places in the request
  std::vector<RequestId> ids;
  std::size_t under_way{};
  bool paused{};
  bool over{};
};

std::optional<grpc::Status> SendBatches::start(const Request& request, Response& response,
                                               std::function<void()> done) {
  if (auto refused = check_batch(request.messages_size())) {
    return refused;
  }
  response.set_first_id(request.first_id());
  auto job =
      std::make_shared<Job>(Job{*context_, request, response, std::move(done), abandoned_, {}, {}});
  job->waiting.resize(static_cast<std::size_t>(request.messages_size()));
  std::iota(job->waiting.begin(), job->waiting.end(), 0);
  job->ids.reserve(job->waiting.size());
  for (const pb::SendRequest& message : request.messages()) {
    job->ids.push_back(request_id_of(message));
    response.add_results();
  }
  context_->fan_out.post([job] { advance(job); });
  return std::nullopt;
}

void SendBatches::advance(const std::shared_ptr<Job>& job) {
  if (job->over) {
    return;
  }
  if (*job->abandoned) {
    for (const int place : std::exchange(job->waiting, {})) {
      fill_rejection(shutting_down(), job->request.first_id() + static_cast<std::uint64_t>(place),
                     *job->response.mutable_results(place)->mutable_rejected());
    }
  }
  while (!job->paused && !job->waiting.empty() && job->under_way < limits::sends_under_way_max) {
    const int place = job->waiting.front();
    job->waiting.pop_front();
    launch(job, place);
  }
  if (job->waiting.empty() && job->under_way == 0) {
    job->over = true;
    job->done();
  }
}

void SendBatches::launch(const std::shared_ptr<Job>& job, int place) {
  ++job->under_way;
  send_message(job->context, job->request.messages(place),
               job->ids[static_cast<std::size_t>(place)],
               *job->response.mutable_results(place)->mutable_accepted(),
               [job, place](const grpc::Status& status) { finished(job, place, status); });
}

void SendBatches::finished(const std::shared_ptr<Job>& job, int place, const grpc::Status& status) {
  --job->under_way;
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    // Its turn comes again before that of those behind it.
    job->waiting.push_front(place);
    if (!std::exchange(job->paused, true)) {
      job->context.fan_out.at(runtime::steady_now() + retry_after, [job] {
        job->paused = false;
        advance(job);
      });
    }
  } else if (!status.ok()) {
    fill_rejection(status, job->request.first_id() + static_cast<std::uint64_t>(place),
                   *job->response.mutable_results(place)->mutable_rejected());
  }
  advance(job);
}

}  // namespace swim::server
