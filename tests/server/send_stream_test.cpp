#include <gmock/gmock.h>

#include <set>

#include "core/base/limits.hpp"
#include "tests/server/messages.hpp"

namespace swim::server {
namespace {

using testing::both_alive;
using testing::Folder;
using testing::Node;
using testing::patience;
using testing::reason_of;
using testing::seeds;
using testing::send;
using testing::Subscription;
using testing::wait_until;

class SendStream : public ::testing::Test {
 protected:
  SendStream() : one(folder, "one"), two(folder, "two", {seeds(one)}) {
    EXPECT_TRUE(wait_until([&] { return both_alive(one, two); }));
    context.set_deadline(std::chrono::system_clock::now() + patience);
    stream = one.messages->SendStream(&context);
  }
  ~SendStream() override {
    if (stream) {
      context.TryCancel();
      static_cast<void>(finish());
    }
  }
  grpc::Status finish() {
    while (stream->Read(&last)) {
    }
    const auto status = stream->Finish();
    stream.reset();
    return status;
  }
  static void add(pb::SendStreamRequest& request, const std::string& member,
                  const std::string& payload, pb::Delivery delivery = pb::DELIVERY_ACKNOWLEDGED) {
    pb::SendRequest& message = *request.add_messages();
    message.set_member(member);
    message.set_topic("t");
    message.set_payload(payload);
    message.set_delivery(delivery);
  }

  const Folder folder;
  Node one;
  Node two;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<pb::SendStreamRequest, pb::SendStreamResponse>> stream;
  pb::SendStreamResponse last;
};

TEST_F(SendStream, many_more_than_are_under_way_at_a_time_arrive_once_each) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  pb::SendStreamRequest request;
  request.set_first_id(40);
  constexpr int count = 100;
  for (int i = 0; i < count; ++i) {
    add(request, "two", std::to_string(i));
  }
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Write(pb::SendStreamRequest()));
  stream->WritesDone();
  ASSERT_TRUE(stream->Read(&last));
  EXPECT_EQ(last.first_id(), 40U);
  ASSERT_EQ(last.results_size(), count);
  std::set<std::string> ids;
  for (const pb::SendResult& result : last.results()) {
    ASSERT_TRUE(result.has_accepted()) << result.rejected().message();
    EXPECT_TRUE(result.accepted().has_round_trip());
    ids.insert(result.accepted().request_id());
  }
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(count));
  ASSERT_TRUE(stream->Read(&last));
  EXPECT_EQ(last.results_size(), 0);
  EXPECT_TRUE(finish().ok());
  ASSERT_TRUE(there.read_messages(count));
  std::set<std::string> got;
  for (const auto& message : there.messages) {
    got.insert(message.payload());
  }
  EXPECT_EQ(got.size(), static_cast<std::size_t>(count));
  EXPECT_TRUE(wait_until([&] { return one.status().stats().producers() == 0; }));
}

TEST_F(SendStream, each_result_is_that_of_the_call) {
  pb::SendStreamRequest request;
  request.set_first_id(7);
  add(request, "nobody", "x");
  add(request, "two", "x");  // nobody subscribes
  add(request, "two", "x", pb::DELIVERY_BEST_EFFORT);
  add(request, "two", std::string(limits::send_payload_bytes_max + 1, 'x'));
  add(request, "two", "x", static_cast<pb::Delivery>(9));
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&last));
  ASSERT_EQ(last.results_size(), 5);
  EXPECT_TRUE(last.results(2).has_accepted());
  for (const int place : {0, 1, 3, 4}) {
    const pb::SendRequest& message = request.messages(place);
    grpc::ClientContext alone;
    pb::SendResponse response;
    const auto status = one.messages->Send(&alone, message, &response);
    const pb::MessageRejection& rejection = last.results(place).rejected();
    EXPECT_NE(rejection.reason(), "");
    EXPECT_EQ(rejection.reason(), reason_of(status));
    EXPECT_EQ(rejection.code(), status.error_code());
    EXPECT_EQ(rejection.message(), status.error_message());
    EXPECT_EQ(rejection.id(), 7U + static_cast<unsigned>(place));
  }
}

TEST_F(SendStream, a_request_of_too_many_ends_the_stream) {
  pb::SendStreamRequest request;
  for (std::size_t i = 0; i <= limits::batch_messages_max; ++i) {
    add(request, "two", "x");
  }
  ASSERT_TRUE(stream->Write(request));
  EXPECT_EQ(reason_of(finish()), "BAD_BATCH");
}

TEST_F(SendStream, a_repeated_request_id_is_taken_once) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  pb::SendStreamRequest request;
  for (int i = 0; i < 3; ++i) {
    add(request, "two", "same");
    request.mutable_messages(i)->set_request_id("123e4567-e89b-12d3-a456-426614174000");
  }
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&last));
  for (const pb::SendResult& result : last.results()) {
    EXPECT_TRUE(result.has_accepted()) << result.rejected().message();
  }
  ASSERT_TRUE(send(one, "two", "end").ok());
  ASSERT_TRUE(there.read_messages(2));
  EXPECT_EQ(there.messages[1].payload(), "end");
  EXPECT_TRUE(wait_until([&] { return two.status().stats().requests_repeated() == 2; }));
}

TEST_F(SendStream, it_ends_with_the_client_and_with_the_node) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  pb::SendStreamRequest request;
  for (std::size_t i = 0; i < limits::batch_messages_max; ++i) {
    add(request, "two", "x");
  }
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(there.read_messages(1));  // in the middle of it
  context.TryCancel();
  EXPECT_EQ(finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(wait_until([&] { return one.status().stats().producers() == 0; }));
  grpc::ClientContext again;
  stream = one.messages->SendStream(&again);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(there.read_messages(there.messages.size() + 1));
  one.daemon->shut_down();
  EXPECT_EQ(reason_of(finish()), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace swim::server
