#include <gmock/gmock.h>

#include <future>
#include <set>
#include <thread>

#include "core/base/limits.hpp"
#include "tests/server/messages.hpp"

namespace swim::server {
namespace {

using testing::both_alive;
using testing::broadcast;
using testing::Folder;
using testing::Node;
using testing::patience;
using testing::reason_of;
using testing::seeds;
using testing::Subscription;
using testing::wait_until;

// A producer that reads where the test asks it to.
class Producer {
 public:
  explicit Producer(const Node& node, std::chrono::milliseconds deadline = patience) {
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    stream = node.messages->BroadcastStream(&context);
  }
  ~Producer() {
    if (stream) {
      context.TryCancel();
      static_cast<void>(finish());
    }
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // `count` messages whose payloads are their numbers, or of `bytes` bytes each.
  bool write(std::uint64_t first_id, int count, std::size_t bytes = 0) {
    pb::BroadcastStreamRequest request;
    request.set_first_id(first_id);
    for (int i = 0; i < count; ++i) {
      pb::BroadcastRequest& message = *request.add_messages();
      message.set_topic("t");
      message.set_payload(std::to_string(first_id + static_cast<std::uint64_t>(i)) +
                          std::string(bytes, ' '));
    }
    return stream->Write(request);
  }
  bool read() { return stream->Read(&last); }
  grpc::Status finish() {
    while (read()) {
    }
    const auto status = stream->Finish();
    stream.reset();
    return status;
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<pb::BroadcastStreamRequest, pb::BroadcastStreamResponse>>
      stream;
  pb::BroadcastStreamResponse last;
};

class BroadcastStream : public ::testing::Test {
 protected:
  void start(const Node::Flags& flags = {}) {
    one = std::make_unique<Node>(folder, "one", flags);
    two = std::make_unique<Node>(folder, "two", Node::Flags{seeds(*one)});
    ASSERT_TRUE(wait_until([&] { return both_alive(*one, *two); }));
  }
  bool no_producers() const {
    return wait_until([&] { return one->status().stats().producers() == 0; });
  }

  const Folder folder;
  std::unique_ptr<Node> one;
  std::unique_ptr<Node> two;
};

TEST_F(BroadcastStream, each_request_is_answered_in_order_and_each_message_arrives_once) {
  start();
  Subscription there(*two);
  ASSERT_TRUE(there.read());
  Producer producer(*one);
  for (std::uint64_t id = 1000; id < 1030; id += 10) {
    ASSERT_TRUE(producer.write(id, 10));
  }
  producer.stream->WritesDone();
  for (std::uint64_t id = 1000; id < 1030; id += 10) {
    ASSERT_TRUE(producer.read());
    EXPECT_EQ(producer.last.first_id(), id);
    EXPECT_EQ(producer.last.accepted(), 10U);
    EXPECT_EQ(producer.last.rejected_size(), 0);
  }
  EXPECT_FALSE(producer.read());
  EXPECT_TRUE(producer.finish().ok());
  ASSERT_TRUE(there.read_messages(30));
  std::set<std::string> got;
  for (const auto& message : there.messages) {
    got.insert(message.payload());
  }
  EXPECT_EQ(got.size(), 30U);
  EXPECT_TRUE(no_producers());
}

TEST_F(BroadcastStream, what_can_not_be_taken_is_told_with_the_reason_that_the_call_has) {
  start();
  Producer producer(*one);
  const std::size_t limit = one->status().limits().max_broadcast_payload_bytes();
  pb::BroadcastStreamRequest request;
  request.set_first_id(7);
  for (const auto& [topic, size] :
       std::vector<std::pair<std::string, std::size_t>>{{"t", 1},
                                                        {"a*", 1},
                                                        {"t", limit + 2000},
                                                        {"t", 1},
                                                        {"t", limits::send_payload_bytes_max + 1},
                                                        {"", 1},
                                                        {"t", 1}}) {
    pb::BroadcastRequest& message = *request.add_messages();
    message.set_topic(topic);
    message.set_payload(std::string(size, 'x'));
  }
  ASSERT_TRUE(producer.stream->Write(request));
  ASSERT_TRUE(producer.read());
  EXPECT_EQ(producer.last.accepted(), 3U);
  ASSERT_EQ(producer.last.rejected_size(), 4);
  const std::array<std::uint64_t, 4> places{1, 2, 4, 5};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const pb::MessageRejection& rejection = producer.last.rejected(static_cast<int>(i));
    const pb::BroadcastRequest& message = request.messages(static_cast<int>(places[i]));
    const auto alone = broadcast(*one, message.topic(), message.payload());
    EXPECT_EQ(rejection.id(), 7 + places[i]);
    EXPECT_EQ(rejection.reason(), reason_of(alone));
    EXPECT_EQ(rejection.code(), alone.error_code());
    EXPECT_EQ(rejection.message(), alone.error_message());
  }
  EXPECT_EQ(producer.last.rejected(1).metadata().at("max_bytes"), std::to_string(limit));
}

TEST_F(BroadcastStream, a_request_of_too_many_ends_the_stream_and_nothing_of_it_is_taken) {
  start();
  Subscription there(*two);
  ASSERT_TRUE(there.read());
  Producer producer(*one);
  ASSERT_TRUE(producer.write(0, static_cast<int>(limits::batch_messages_max)));
  ASSERT_TRUE(producer.write(1000, static_cast<int>(limits::batch_messages_max) + 1));
  ASSERT_TRUE(producer.read());
  EXPECT_EQ(producer.last.accepted(), limits::batch_messages_max);
  EXPECT_FALSE(producer.read());
  EXPECT_EQ(reason_of(producer.finish()), "BAD_BATCH");
  ASSERT_TRUE(broadcast(*one, "t", "end").ok());
  ASSERT_TRUE(there.read_messages(limits::batch_messages_max + 1));
  EXPECT_EQ(there.messages.back().payload(), "end");
}

TEST_F(BroadcastStream, an_empty_request_is_answered_too) {
  start();
  Producer producer(*one);
  ASSERT_TRUE(producer.write(5, 0));
  ASSERT_TRUE(producer.read());
  EXPECT_EQ(producer.last.first_id(), 5U);
  EXPECT_EQ(producer.last.accepted(), 0U);
}

TEST_F(BroadcastStream, a_producer_that_is_too_fast_is_slowed_down_and_loses_nothing) {
  start({"--broadcast.queue-limit=64"});
  Subscription there(*two);
  ASSERT_TRUE(there.read());
  constexpr int batches = 20;
  constexpr int size = 100;
  Producer producer(*one);
  std::thread writer([&] {
    for (int i = 0; i < batches; ++i) {
      EXPECT_TRUE(producer.write(static_cast<std::uint64_t>(i * size), size));
    }
    producer.stream->WritesDone();
  });
  for (int i = 0; i < batches; ++i) {
    ASSERT_TRUE(producer.read());
    EXPECT_EQ(producer.last.accepted(), static_cast<std::uint32_t>(size));
  }
  writer.join();
  EXPECT_TRUE(producer.finish().ok());
  ASSERT_TRUE(there.read_messages(batches * size));
  std::set<std::string> got;
  for (const auto& message : there.messages) {
    got.insert(message.payload());
  }
  EXPECT_EQ(got.size(), static_cast<std::size_t>(batches * size));
  EXPECT_TRUE(wait_until([&] { return one->status().stats().batches_held() > 0; }));
}

// Through a lane that takes a quarter of a megabyte at once and the rest of the batch in longer
// than anybody here waits.
TEST_F(BroadcastStream, a_stream_that_ends_while_its_batch_waits_leaves_nothing_behind) {
  start({"--broadcast.queue-limit=1", "--broadcast.bytes-per-second=65536"});
  for (unsigned end = 0; end < 3; ++end) {
    Producer producer(*one, end == 0 ? std::chrono::seconds(5) : patience);
    ASSERT_TRUE(producer.write(0, 256, 14'000));
    ASSERT_TRUE(wait_until([&] { return one->status().stats().batches_held() > end; }));
    if (end == 0) {
      EXPECT_EQ(producer.finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    } else if (end == 1) {
      producer.context.TryCancel();
      EXPECT_EQ(producer.finish().error_code(), grpc::StatusCode::CANCELLED);
    } else {
      // Who doesn't read gives the daemon no room for what it still has to say.
      auto status = std::async(std::launch::async, [&] { return producer.finish(); });
      one->daemon->shut_down();
      EXPECT_EQ(reason_of(status.get()), "SHUTTING_DOWN");
      break;
    }
    EXPECT_TRUE(no_producers());
  }
}

TEST_F(BroadcastStream, an_idle_stream_ends_with_the_node) {
  start();
  Producer producer(*one);
  ASSERT_TRUE(producer.write(0, 1));
  ASSERT_TRUE(producer.read());
  one->daemon->shut_down();
  EXPECT_EQ(reason_of(producer.finish()), "SHUTTING_DOWN");
}

TEST_F(BroadcastStream, a_draining_node_rejects_each_message) {
  start();
  grpc::ClientContext context;
  pb::DrainRequest request;
  request.mutable_timeout()->set_seconds(30);
  pb::DrainResponse response;
  ASSERT_TRUE(one->admin->Drain(&context, request, &response).ok());
  Producer producer(*one);
  ASSERT_TRUE(producer.write(0, 3));
  ASSERT_TRUE(producer.read());
  ASSERT_EQ(producer.last.rejected_size(), 3);
  EXPECT_EQ(producer.last.rejected(2).reason(), "NODE_DRAINING");
}

TEST_F(BroadcastStream, streams_of_all_kinds_share_one_limit) {
  start({"--api.max-streams=1"});
  Producer producer(*one);
  ASSERT_TRUE(producer.write(0, 1));
  ASSERT_TRUE(producer.read());
  EXPECT_EQ(reason_of(Producer(*one).finish()), "TOO_MANY_STREAMS");
}

}  // namespace
}  // namespace swim::server
