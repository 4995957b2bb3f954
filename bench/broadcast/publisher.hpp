// A publisher at one node: writes batches at a pace, or as fast as the node takes them.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "bench/broadcast/ledger.hpp"
#include "swim/v1/messaging.grpc.pb.h"

namespace swim::bench {

struct Load {
  std::string topic;
  std::size_t payload_bytes = 64;
  double per_second = 0;  // of one publisher; 0: as fast as the node takes them
};

// One thread writes, one reads the answers.
class Publisher {
 public:
  Publisher(std::shared_ptr<grpc::Channel> channel, std::uint32_t index, Load load, Ledger& ledger);
  ~Publisher() { stop(0); }
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;
  Publisher(Publisher&&) = delete;
  Publisher& operator=(Publisher&&) = delete;

  // Writes no more, and waits until all that was written is answered; gives up where nothing is
  // answered for so many seconds.
  void stop(double patience);

  // After stop() only: reasons of messages that were not taken, and how the stream ended ("" =
  // well).
  [[nodiscard]] const std::map<std::string, std::uint64_t>& rejected() const { return rejected_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void write();
  void read();
  // Messages that are due now, at most a batch; waits where none is.
  std::size_t due(std::uint64_t written) const;
  void fill(v1::BroadcastStreamRequest& batch, std::uint64_t first, std::size_t count) const;

  std::unique_ptr<v1::MessagingService::Stub> stub_;
  grpc::ClientContext context_;
  std::uint32_t index_;
  Load load_;
  Ledger& ledger_;
  std::uint64_t start_ns_;
  std::map<std::string, std::uint64_t> rejected_;
  std::string failure_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> finished_ = false;
  std::atomic<std::uint64_t> answers_ = 0;
  std::unique_ptr<grpc::ClientReaderWriter<v1::BroadcastStreamRequest, v1::BroadcastStreamResponse>>
      stream_;
  std::thread writer_;
  std::thread reader_;
};

}  // namespace swim::bench
