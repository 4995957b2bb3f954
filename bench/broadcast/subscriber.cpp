#include "bench/broadcast/subscriber.hpp"

#include <utility>

namespace swim::bench {

Subscriber::Subscriber(std::shared_ptr<grpc::Channel> channel, std::string topic, Ledger& ledger)
    : stub_(v1::MessagingService::NewStub(std::move(channel))),
      order_(ledger, ledger.publishers()),
      thread_([this, topic = std::move(topic)] { read(topic); }) {}

void Subscriber::stop() {
  stopping_.store(true);
  context_.TryCancel();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Subscriber::read(const std::string& topic) {
  v1::SubscribeRequest request;
  request.add_topics(topic);
  request.set_include_own(true);
  const auto reader = stub_->Subscribe(&context_, request);
  v1::SubscribeResponse response;  // read into again and again: its memory is kept
  while (reader->Read(&response)) {
    attached_.store(true);
    take(response);
  }
  const grpc::Status status = reader->Finish();
  if (!stopping_.load()) {
    failure_ = status.error_message().empty() ? "the subscription ended" : status.error_message();
  }
  ended_.store(true);
}

void Subscriber::take(const v1::SubscribeResponse& response) {
  switch (response.kind_case()) {
    case v1::SubscribeResponse::kMessages:
      for (const auto& message : response.messages().messages()) {
        order_.take(message.payload());
      }
      break;
    case v1::SubscribeResponse::kGap:
      order_.faults.announced_lost += response.gap().missed();
      break;
    case v1::SubscribeResponse::kReset:
      ++order_.faults.resets;
      break;
    default:
      break;
  }
}

}  // namespace swim::bench
