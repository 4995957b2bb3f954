// A subscriber at one node, in a thread of its own.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "bench/broadcast/ledger.hpp"
#include "swim/v1/messaging.grpc.pb.h"

namespace swim::bench {

class Subscriber {
 public:
  Subscriber(std::shared_ptr<grpc::Channel> channel, std::string topic, Ledger& ledger);
  ~Subscriber() { stop(); }
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
  Subscriber(Subscriber&&) = delete;
  Subscriber& operator=(Subscriber&&) = delete;

  // Whether the node said that every message from now on is sent.
  [[nodiscard]] bool attached() const { return attached_.load(); }
  // Whether the stream ended by itself; what it said is in failure() after stop().
  [[nodiscard]] bool ended() const { return ended_.load(); }

  void stop();

  // After stop() only.
  [[nodiscard]] const Order& order() const { return order_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void read(const std::string& topic);
  void take(const v1::SubscribeResponse& response);

  std::unique_ptr<v1::MessagingService::Stub> stub_;
  grpc::ClientContext context_;
  Order order_;
  std::string failure_;
  std::atomic<bool> attached_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace swim::bench
