#include "server/subscribe_feed.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "server/convert.hpp"
#include "server/resume_token.hpp"
#include "tests/unit/server/feeds.hpp"

namespace swim::server {
namespace {

class SubscribeFeeds : public ::testing::Test {
 protected:
  void arrive(const std::string& topic, bool own = false, std::size_t bytes = 1) {
    MessageReceived message;
    message.origin = "web-1";
    message.origin_boot = 0xAB;
    message.sequence = ++sequence;
    message.topic = topic;
    message.payload = std::make_shared<const ByteVector>(bytes, std::uint8_t{'x'});
    message.broadcast = true;
    message.own = own;
    log.append(std::move(message));
  }
  SubscribeFeed subscribe(const std::string& token = "", std::vector<std::string> topics = {},
                          bool own = false) {
    const auto patterns = *TopicPatterns::make(std::move(topics));
    return {subscribed.get(MessageSelection::key(patterns, own), log, patterns, own, origin),
            token};
  }
  static pb::SubscribeResponse next(SubscribeFeed& feed) {
    pb::SubscribeResponse response;
    EXPECT_TRUE(testing::next(feed, response));
    return response;
  }
  static bool idle(SubscribeFeed& feed) {
    pb::SubscribeResponse response;
    return !testing::next(feed, response);
  }

  StreamOrigin origin{0xB007, {}};
  std::uint64_t sequence{};
  runtime::EventLog<MessageEvent> log{8};
  Shared<MessageSelection> subscribed;
};

TEST_F(SubscribeFeeds, the_first_response_says_that_the_client_is_attached) {
  arrive("before");
  auto feed = subscribe();
  EXPECT_TRUE(next(feed).has_bookmark());
  EXPECT_TRUE(idle(feed));
  arrive("after");
  const auto response = next(feed);
  ASSERT_EQ(response.messages().messages_size(), 1);
  const auto& message = response.messages().messages(0);
  EXPECT_EQ(message.topic(), "after");
  EXPECT_EQ(message.origin(), "web-1");
  EXPECT_EQ(message.origin_uid(), "00000000000000ab");
  EXPECT_EQ(message.sequence(), 2U);
  EXPECT_EQ(message.payload(), "x");
  EXPECT_TRUE(message.broadcast());
}

TEST_F(SubscribeFeeds, topics_select) {
  auto feed = subscribe("", {"orders.*"});
  next(feed);
  arrive("other");
  EXPECT_TRUE(idle(feed));
  arrive("orders.new");
  EXPECT_EQ(next(feed).messages().messages(0).topic(), "orders.new");
}

TEST_F(SubscribeFeeds, own_broadcasts_only_if_asked_for) {
  auto without = subscribe();
  auto with = subscribe("", {}, true);
  next(without);
  next(with);
  arrive("mine", true);
  EXPECT_TRUE(idle(without));
  EXPECT_TRUE(next(with).messages().messages(0).own());
}

TEST_F(SubscribeFeeds, a_token_goes_on_after_the_last_message) {
  auto feed = subscribe();
  next(feed);
  arrive("one");
  const std::string token = next(feed).resume_token();
  arrive("two");
  auto again = subscribe(token);
  const auto response = next(again);
  ASSERT_EQ(response.messages().messages_size(), 1);
  EXPECT_EQ(response.messages().messages(0).topic(), "two");
}

TEST_F(SubscribeFeeds, a_resume_with_nothing_missed_is_greeted_too) {
  auto feed = subscribe();
  auto again = subscribe(next(feed).resume_token());
  EXPECT_TRUE(next(again).has_bookmark());
}

TEST_F(SubscribeFeeds, what_the_log_lost_is_a_gap_of_that_size) {
  auto feed = subscribe();
  next(feed);
  for (int i = 0; i < 11; ++i) {
    arrive("t");
  }
  const auto gap = next(feed);
  EXPECT_EQ(gap.gap().reason(), pb::MessageGap::REASON_OVERRUN);
  EXPECT_EQ(gap.gap().missed(), 3U);
  const auto rest = next(feed);
  ASSERT_EQ(rest.messages().messages_size(), 8);
  EXPECT_EQ(rest.messages().messages(0).sequence(), 4U);
}

TEST_F(SubscribeFeeds, what_the_cluster_lost_is_a_gap_in_its_place) {
  auto feed = subscribe("", {"orders.*"});
  next(feed);
  arrive("orders.new");
  log.append(MessagesLost{"web-1", 0xAB, 2, 5, {}});
  sequence = 5;
  arrive("orders.new");
  EXPECT_EQ(next(feed).messages().messages_size(), 1);
  const auto gap = next(feed).gap();
  EXPECT_EQ(gap.reason(), pb::MessageGap::REASON_LOST);
  EXPECT_EQ(gap.missed(), 4U);
  EXPECT_EQ(gap.origin(), "web-1");
  EXPECT_EQ(gap.origin_uid(), "00000000000000ab");
  EXPECT_EQ(gap.first_sequence(), 2U);
  EXPECT_EQ(gap.last_sequence(), 5U);
  EXPECT_EQ(next(feed).messages().messages(0).sequence(), 6U);
}

TEST_F(SubscribeFeeds, an_old_token_is_a_gap_too) {
  auto feed = subscribe();
  const std::string token = next(feed).resume_token();
  for (int i = 0; i < 9; ++i) {
    arrive("t");
  }
  auto again = subscribe(token);
  EXPECT_EQ(next(again).gap().missed(), 1U);
}

TEST_F(SubscribeFeeds, a_token_of_another_run_is_a_reset_and_all_of_this_run) {
  arrive("one");
  arrive("two");
  const auto topics = TopicPatterns::make({});
  auto feed = subscribe(encode_token({0xDEAD, 7, topics->hash()}));
  EXPECT_EQ(next(feed).reset().reason(), pb::MessageReset::REASON_RESTARTED);
  EXPECT_EQ(next(feed).messages().messages_size(), 2);
}

TEST_F(SubscribeFeeds, a_damaged_token_is_a_reset) {
  arrive("one");
  auto feed = subscribe("nonsense");
  EXPECT_EQ(next(feed).reset().reason(), pb::MessageReset::REASON_TOKEN_INVALID);
  EXPECT_TRUE(idle(feed));
}

TEST_F(SubscribeFeeds, a_token_is_good_for_its_own_topics_only) {
  auto feed = subscribe("", {"a"});
  const std::string token = next(feed).resume_token();
  auto other = subscribe(token, {"b"});
  EXPECT_TRUE(next(other).has_reset());
  auto own = subscribe(token, {"a"}, true);
  EXPECT_TRUE(next(own).has_reset());
}

TEST_F(SubscribeFeeds, a_message_is_converted_once_however_many_subscribe) {
  std::vector<SubscribeFeed> feeds;
  for (int i = 0; i < 256; ++i) {
    feeds.push_back(i % 2 == 0 ? subscribe() : subscribe("", {"orders.*"}, true));
    next(feeds.back());
  }
  EXPECT_EQ(subscribed.size(), 2U);
  arrive("orders.new", false, 10);
  arrive("orders.new", false, 100'000);
  for (auto& feed : feeds) {
    EXPECT_EQ(next(feed).messages().messages_size(), 2);
  }
  EXPECT_EQ(origin.conversions, 2U);
}

// Copied, passed on by reference, empty: it arrives whole.
TEST_F(SubscribeFeeds, payloads_of_all_sizes_are_what_protobuf_would_write) {
  auto feed = subscribe();
  next(feed);
  pb::ReceivedMessages expected;
  for (const std::size_t bytes : {0U, 1U, 127U, 128U, 1023U, 1024U, 20'000U}) {
    arrive("t", false, bytes);
    const auto entry = log.read_after(log.last() - 1, 1).entries.front();
    const auto& message = std::get<MessageReceived>(entry->value);
    fill_envelope(message, *expected.add_messages());
    expected.mutable_messages()->rbegin()->set_payload(message.payload->data(),
                                                       message.payload->size());
  }
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(next(feed).messages(), expected));
}

// The payload outlives the log for as long as gRPC holds the response.
TEST_F(SubscribeFeeds, a_response_keeps_what_it_refers_to) {
  auto feed = subscribe();
  next(feed);
  arrive("t", false, 5000);
  grpc::ByteBuffer bytes;
  ASSERT_TRUE(feed.next(bytes));
  for (int i = 0; i < 20; ++i) {
    arrive("other");
  }
  EXPECT_FALSE(idle(feed));  // the selection has seen that it is gone
  pb::SubscribeResponse response;
  ASSERT_TRUE(from_buffer(bytes, response));
  EXPECT_EQ(response.messages().messages(0).payload(), std::string(5000, 'x'));
}

TEST_F(SubscribeFeeds, one_who_wants_none_of_it_misses_nothing) {
  auto feed = subscribe("", {"rare"});
  next(feed);
  for (int i = 0; i < 20; ++i) {
    arrive("t");
    EXPECT_FALSE(feed.audience()->news());
  }
  EXPECT_TRUE(idle(feed));
  arrive("rare");
  EXPECT_TRUE(feed.audience()->news());
  EXPECT_EQ(next(feed).messages().messages_size(), 1);
}

TEST_F(SubscribeFeeds, large_messages_come_in_several_responses) {
  auto feed = subscribe();
  next(feed);
  for (int i = 0; i < 3; ++i) {
    arrive("t", false, MessageSelection::batch_bytes);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(next(feed).messages().messages_size(), 1);
  }
  EXPECT_TRUE(idle(feed));
}

}  // namespace
}  // namespace swim::server
