#include "tests/server/messages.hpp"

#include <gmock/gmock.h>

#include <set>

#include "core/base/limits.hpp"

namespace swim::server {
namespace {

using testing::both_alive;
using testing::broadcast;
using testing::Folder;
using ::testing::HasSubstr;
using testing::Node;
using testing::reason_of;
using testing::seeds;
using testing::send;
using testing::Subscription;
using testing::wait_until;

class Messages : public ::testing::Test {
 protected:
  Messages() : one(folder, "one"), two(folder, "two", {seeds(one)}) {
    EXPECT_TRUE(wait_until([&] { return both_alive(one, two); }));
  }
  const Folder folder;
  Node one;
  Node two;
};

TEST_F(Messages, a_broadcast_reaches_subscribers_of_its_topic_everywhere) {
  pb::SubscribeRequest request;
  request.add_topics("orders.*");
  Subscription there(two, request);
  ASSERT_TRUE(there.read());
  EXPECT_TRUE(there.last.has_bookmark());
  request.set_include_own(true);
  Subscription here(one, request);
  ASSERT_TRUE(here.read());
  ASSERT_TRUE(broadcast(one, "other", "no").ok());
  ASSERT_TRUE(broadcast(one, "orders.new", "yes").ok());
  ASSERT_TRUE(there.read_messages(1));
  EXPECT_EQ(there.messages[0].topic(), "orders.new");
  EXPECT_EQ(there.messages[0].payload(), "yes");
  EXPECT_EQ(there.messages[0].origin(), "one");
  EXPECT_EQ(there.messages[0].origin_uid(), one.status().boot());
  EXPECT_TRUE(there.messages[0].broadcast());
  EXPECT_FALSE(there.messages[0].own());
  ASSERT_TRUE(here.read_messages(1));
  EXPECT_TRUE(here.messages[0].own());
}

TEST_F(Messages, a_topic_may_hold_spaces_and_any_letters) {
  for (const char* topic : {"a b",
                            "gr\xC3\xB6\xC3\x9F"
                            "e"}) {
    EXPECT_TRUE(broadcast(one, topic, "x").ok()) << topic;
  }
}

TEST_F(Messages, each_broadcast_arrives_once) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  constexpr int count = 200;
  for (int i = 0; i < count; ++i) {
    ASSERT_TRUE(broadcast(one, "t", std::to_string(i)).ok());
  }
  ASSERT_TRUE(there.read_messages(count));
  std::vector<std::string> got;
  for (const auto& message : there.messages) {
    got.push_back(message.payload());
  }
  std::sort(got.begin(), got.end());
  EXPECT_EQ(std::unique(got.begin(), got.end()), got.end());
  EXPECT_EQ(got.size(), static_cast<std::size_t>(count));
}

TEST_F(Messages, an_acknowledged_send_says_that_it_arrived) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  // At once after the first response: by then the daemon takes messages.
  pb::SendResponse response;
  const auto status = send(one, "two", "hello", pb::DELIVERY_ACKNOWLEDGED, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(response.has_round_trip());
  ASSERT_TRUE(there.read_messages(1));
  EXPECT_EQ(there.messages[0].payload(), "hello");
  EXPECT_FALSE(there.messages[0].broadcast());
  EXPECT_EQ(there.messages[0].request_id(), response.request_id());
}

TEST_F(Messages, a_best_effort_send_arrives_on_a_good_network) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  pb::SendResponse response;
  ASSERT_TRUE(send(one, "two", "hi", pb::DELIVERY_BEST_EFFORT, &response).ok());
  EXPECT_FALSE(response.has_round_trip());
  EXPECT_TRUE(there.read_messages(1));
}

TEST_F(Messages, a_large_payload_goes_acknowledged) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  const std::string large(limits::send_payload_bytes_max, 'x');
  const auto status = send(one, "two", large);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_TRUE(there.read_messages(1));
  EXPECT_EQ(there.messages[0].payload(), large);
}

TEST_F(Messages, without_a_subscriber_an_acknowledged_send_says_so) {
  EXPECT_EQ(reason_of(send(one, "two", "x")), "NO_SUBSCRIBER");
  {
    Subscription there(two);
    ASSERT_TRUE(there.read());
    EXPECT_TRUE(send(one, "two", "x").ok());
  }
  EXPECT_TRUE(wait_until([&] { return reason_of(send(one, "two", "x")) == "NO_SUBSCRIBER"; }));
}

TEST_F(Messages, each_refusal_is_told_apart) {
  EXPECT_EQ(reason_of(send(one, "nobody", "x")), "MEMBER_NOT_FOUND");
  EXPECT_EQ(reason_of(broadcast(one, "", "x")), "BAD_TOPIC");
  EXPECT_EQ(reason_of(broadcast(one, "a*", "x")), "BAD_TOPIC");
  const auto limit = one.status().limits().max_broadcast_payload_bytes();
  const auto datagram = one.status().limits().max_datagram_payload_bytes();
  EXPECT_EQ(limit, limits::broadcast_payload_bytes_max);
  EXPECT_EQ(reason_of(broadcast(one, "t", std::string(limit + 2000, 'x'))), "PAYLOAD_TOO_LARGE");
  EXPECT_TRUE(broadcast(one, "t", std::string(limit - 64, 'x')).ok());
  EXPECT_EQ(reason_of(send(one, "two", std::string(datagram + 1, 'x'), pb::DELIVERY_BEST_EFFORT)),
            "PAYLOAD_TOO_LARGE");
  const std::string beyond_any(limits::send_payload_bytes_max + 1, 'x');
  EXPECT_EQ(reason_of(send(one, "two", beyond_any)), "PAYLOAD_TOO_LARGE");
  EXPECT_THAT(broadcast(one, "t", beyond_any).error_message(),
              HasSubstr("the most is " + std::to_string(limit)));
  EXPECT_THAT(send(one, "two", beyond_any, pb::DELIVERY_BEST_EFFORT).error_message(),
              HasSubstr("the most is " + std::to_string(datagram)));
  EXPECT_EQ(reason_of(send(one, "two", "x", static_cast<pb::Delivery>(9))), "BAD_DELIVERY");
  two.daemon->shut_down();
  ASSERT_TRUE(wait_until([&] { return one.sees("two") == pb::MEMBER_STATUS_LEFT; }));
  const auto dead = send(one, "two", "x");
  EXPECT_EQ(reason_of(dead), "MEMBER_NOT_ALIVE");
  EXPECT_NE(dead.error_message().find("LEFT"), std::string::npos);
}

TEST_F(Messages, a_request_id_that_is_no_uuid_is_refused) {
  grpc::ClientContext context;
  pb::SendRequest request;
  request.set_member("two");
  request.set_topic("t");
  request.set_request_id("seven");
  pb::SendResponse response;
  EXPECT_EQ(reason_of(one.messages->Send(&context, request, &response)), "BAD_REQUEST_ID");
}

TEST_F(Messages, a_repeated_request_id_is_taken_once) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  for (int i = 0; i < 3; ++i) {
    grpc::ClientContext context;
    pb::SendRequest request;
    request.set_member("two");
    request.set_topic("t");
    request.set_payload("same");
    request.set_delivery(pb::DELIVERY_ACKNOWLEDGED);
    request.set_request_id("123e4567-e89b-12d3-a456-426614174000");
    pb::SendResponse response;
    ASSERT_TRUE(one.messages->Send(&context, request, &response).ok());
  }
  ASSERT_TRUE(send(one, "two", "end").ok());
  ASSERT_TRUE(there.read_messages(2));
  EXPECT_EQ(there.messages[0].payload(), "same");
  EXPECT_EQ(there.messages[1].payload(), "end");
}

TEST_F(Messages, a_repeated_broadcast_is_accepted_and_sent_once) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  pb::BroadcastRequest request;
  request.set_topic("t");
  request.set_payload("same");
  request.set_request_id("123e4567-e89b-12d3-a456-426614174000");
  const auto again = [&] {
    grpc::ClientContext context;
    pb::BroadcastResponse response;
    return one.messages->Broadcast(&context, request, &response);
  };
  EXPECT_TRUE(again().ok());
  EXPECT_TRUE(again().ok());
  {
    grpc::ClientContext context;
    const auto stream = one.messages->BroadcastStream(&context);
    pb::BroadcastStreamRequest batch;
    *batch.add_messages() = request;
    ASSERT_TRUE(stream->Write(batch));
    pb::BroadcastStreamResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.accepted(), 1U);
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
  }
  request.set_payload("end");
  request.set_request_id("223e4567-e89b-12d3-a456-426614174000");
  ASSERT_TRUE(again().ok());
  ASSERT_TRUE(there.read_messages(2));
  std::multiset<std::string> got{there.messages[0].payload(), there.messages[1].payload()};
  EXPECT_EQ(got, (std::multiset<std::string>{"end", "same"}));
  EXPECT_TRUE(wait_until([&] { return one.status().stats().requests_repeated() == 2; }));
  request.set_request_id("seven");
  EXPECT_EQ(reason_of(again()), "BAD_REQUEST_ID");
  const auto limits = one.status().limits();
  EXPECT_EQ(limits.request_memory().seconds(), 600);
  EXPECT_EQ(limits.request_memory_max(), 65536U);
}

TEST_F(Messages, a_subscription_resumes_after_its_last_message) {
  std::string token;
  {
    Subscription there(two);
    ASSERT_TRUE(there.read());
    ASSERT_TRUE(send(one, "two", "first").ok());
    ASSERT_TRUE(there.read_messages(1));
    token = there.last.resume_token();
  }
  Subscription keeps_two_taking(two);
  ASSERT_TRUE(keeps_two_taking.read());
  ASSERT_TRUE(send(one, "two", "while away").ok());
  pb::SubscribeRequest request;
  request.set_resume_token(token);
  Subscription again(two, request);
  ASSERT_TRUE(again.read_messages(1));
  EXPECT_EQ(again.messages[0].payload(), "while away");
}

TEST_F(Messages, a_subscription_with_bad_topics_is_refused) {
  pb::SubscribeRequest request;
  request.add_topics("a*b");
  EXPECT_EQ(reason_of(Subscription(one, request).finish()), "BAD_TOPIC");
}

TEST_F(Messages, a_subscription_ends_with_the_node) {
  Subscription there(two);
  ASSERT_TRUE(there.read());
  two.daemon->shut_down();
  EXPECT_EQ(reason_of(there.finish()), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace swim::server
