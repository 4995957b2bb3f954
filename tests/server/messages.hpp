// Clients of MessagingService, as tests need them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/server/harness.hpp"

namespace swim::server::testing {

// Reads where the test asks it to.
class Subscription {
 public:
  explicit Subscription(const Node& node, const pb::SubscribeRequest& request = {}) {
    context.set_deadline(std::chrono::system_clock::now() + patience);
    reader = node.messages->Subscribe(&context, request);
  }
  ~Subscription() {
    if (reader) {
      context.TryCancel();
      while (reader->Read(&last)) {
      }
      reader->Finish();
    }
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  bool read() { return reader->Read(&last); }
  bool read_messages(std::size_t count) {
    while (messages.size() < count) {
      if (!read()) {
        return false;
      }
      for (const auto& message : last.messages().messages()) {
        messages.push_back(message);
      }
    }
    return true;
  }
  grpc::Status finish() {
    while (read()) {
    }
    const auto status = reader->Finish();
    reader.reset();
    return status;
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<pb::SubscribeResponse>> reader;
  pb::SubscribeResponse last;
  std::vector<pb::ReceivedMessage> messages;
};

inline grpc::Status broadcast(const Node& node, const std::string& topic,
                              const std::string& payload) {
  grpc::ClientContext context;
  pb::BroadcastRequest request;
  request.set_topic(topic);
  request.set_payload(payload);
  pb::BroadcastResponse response;
  return node.messages->Broadcast(&context, request, &response);
}

inline grpc::Status send(const Node& node, const std::string& member, const std::string& payload,
                         pb::Delivery delivery = pb::DELIVERY_ACKNOWLEDGED,
                         pb::SendResponse* out = nullptr) {
  grpc::ClientContext context;
  pb::SendRequest request;
  request.set_member(member);
  request.set_topic("t");
  request.set_payload(payload);
  request.set_delivery(delivery);
  pb::SendResponse response;
  return node.messages->Send(&context, request, out == nullptr ? &response : out);
}

}  // namespace swim::server::testing
