// What a subscriber is told: the messages behind its cursor that it wants, or how many are gone
// (DESIGN §7). Knows no gRPC call; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/engine/event.hpp"
#include "core/runtime/event_log.hpp"
#include "server/topic_patterns.hpp"
#include "swim/v1/messaging.pb.h"

namespace swim::server {

struct MessageSource {
  runtime::EventLog<MessageEvent>* messages{};
  std::uint64_t boot{};  // of this process, for tokens
};

class SubscribeFeed {
 public:
  using Response = ::swim::v1::SubscribeResponse;

  static constexpr std::size_t messages_per_batch = 256;
  // A response is closed once it holds so many bytes of payload; one message may be larger.
  static constexpr std::size_t batch_bytes = 256 * 1024;

  // The log of `source` must outlive the feed.
  SubscribeFeed(MessageSource source, TopicPatterns topics, bool include_own,
                const std::string& token);

  bool next(Response& response);
  bool behind() const { return behind_; }
  void bookmark(Response& response);

 private:
  using Entries = decltype(runtime::EventLog<MessageEvent>::Read::entries);

  bool wants(const MessageReceived& message) const;
  void put(const Entries& entries, Response& response);
  static void put_lost(const MessagesLost& lost, Response& response);
  void put_gap(std::uint64_t missed, Response& response);
  std::string token() const;

  MessageSource source_;
  TopicPatterns topics_;
  bool include_own_;
  std::uint64_t filter_;
  std::uint64_t cursor_{};  // position of the last message that the client has, or doesn't want
  ::swim::v1::MessageReset::Reason reset_{};
  bool greeted_{};
  bool behind_{};
};

}  // namespace swim::server
