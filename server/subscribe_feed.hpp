// What a subscriber is told: the messages behind its cursor that it wants, or how many are gone
// (DESIGN §7). A cursor; what it sends comes from the selection that all subscribers to its topics
// share. Knows no gRPC call; one thread at a time.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <string>

#include "server/selections.hpp"
#include "swim/v1/messaging.pb.h"

namespace swim::server {

class SubscribeFeed {
 public:
  using Response = grpc::ByteBuffer;  // of a SubscribeResponse

  // The log of `selection` must outlive the feed.
  SubscribeFeed(std::shared_ptr<MessageSelection> selection, const std::string& token);

  bool next(Response& response);
  bool behind() const { return behind_; }
  void bookmark(Response& response);
  std::shared_ptr<Audience> audience() const { return selection_; }

 private:
  void send(::swim::v1::SubscribeResponse& out, Response& response);

  std::shared_ptr<MessageSelection> selection_;
  std::uint64_t cursor_{};  // position of the last message that the client has, or doesn't want
  ::swim::v1::MessageReset::Reason reset_{};
  bool greeted_{};
  bool behind_{};
};

}  // namespace swim::server
