#include "server/status.hpp"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

namespace swim::server {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

google::rpc::ErrorInfo info_of(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(details.message(), status.error_message());
  EXPECT_EQ(details.details_size(), 1);
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(details.details_size() == 1 && details.details(0).UnpackTo(&info));
  return info;
}

TEST(Status, every_error_of_the_core_has_one_info_with_our_domain) {
  for (int code = 0; code <= static_cast<int>(Errc::closed); ++code) {
    const grpc::Status status = to_status(Error{static_cast<Errc>(code)}, {.member = "m"});
    EXPECT_FALSE(status.ok()) << code;
    EXPECT_FALSE(status.error_message().empty()) << code;
    const auto info = info_of(status);
    EXPECT_EQ(info.domain(), "swim.v1") << code;
    EXPECT_THAT(info.reason(), MatchesRegex("[A-Z][A-Z_]+")) << code;
  }
}

TEST(Status, what_a_client_decides_by) {
  const auto expect = [](Errc code, StatusCode status, const std::string& reason) {
    const grpc::Status made = to_status(Error{code}, {.member = "m"});
    EXPECT_EQ(made.error_code(), status) << reason;
    EXPECT_EQ(info_of(made).reason(), reason);
  };
  expect(Errc::unknown_member, StatusCode::NOT_FOUND, "MEMBER_NOT_FOUND");
  expect(Errc::not_alive, StatusCode::FAILED_PRECONDITION, "MEMBER_NOT_ALIVE");
  expect(Errc::no_subscriber, StatusCode::FAILED_PRECONDITION, "NO_SUBSCRIBER");
  expect(Errc::queue_full, StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL");
  expect(Errc::too_large, StatusCode::INVALID_ARGUMENT, "PAYLOAD_TOO_LARGE");
  expect(Errc::draining, StatusCode::FAILED_PRECONDITION, "NODE_DRAINING");
  expect(Errc::left, StatusCode::FAILED_PRECONDITION, "NODE_LEFT");
  expect(Errc::name_conflict, StatusCode::FAILED_PRECONDITION, "NAME_CONFLICT");
  expect(Errc::revision_mismatch, StatusCode::ABORTED, "REVISION_MISMATCH");
  expect(Errc::unreachable, StatusCode::UNAVAILABLE, "UNREACHABLE");
  expect(Errc::timeout, StatusCode::DEADLINE_EXCEEDED, "TIMEOUT");
  expect(Errc::not_running, StatusCode::UNAVAILABLE, "SHUTTING_DOWN");
  expect(Errc::cancelled, StatusCode::UNAVAILABLE, "SHUTTING_DOWN");
}

TEST(Status, too_large_says_how_large_it_may_be) {
  const auto status = to_status(Error{Errc::too_large}, {.size = 2000, .size_limit = 1000});
  EXPECT_THAT(status.error_message(), HasSubstr("2000 bytes; the most is 1000"));
  const auto info = info_of(status);
  EXPECT_EQ(info.metadata().at("actual_bytes"), "2000");
  EXPECT_EQ(info.metadata().at("max_bytes"), "1000");
  EXPECT_EQ(info_of(to_status(Error{Errc::too_large}, {.labels = true})).reason(),
            "METADATA_TOO_LARGE");
}

TEST(Status, a_member_is_named_with_its_status) {
  const auto status =
      to_status(Error{Errc::not_alive}, {.member = "web-1", .member_status = "FAILED"});
  EXPECT_EQ(status.error_message(), "member \"web-1\" is FAILED");
  EXPECT_EQ(info_of(status).metadata().at("member"), "web-1");
  EXPECT_EQ(info_of(status).metadata().at("status"), "FAILED");
}

TEST(Status, a_name_that_is_no_text_breaks_nothing) {
  const auto info = info_of(to_status(Error{Errc::unknown_member}, {.member = "a\xFF"}));
  EXPECT_EQ(info.metadata().at("member"), "a\xEF\xBF\xBD");
}

// Bytes of the trailers as a client counts them that counts what is on the wire: name, value and 32
// for each, the message percent-encoded, the details in base64.
std::size_t trailer_bytes(const grpc::Status& status) {
  std::size_t message = 0;
  for (const char c : status.error_message()) {
    message += c < 0x20 || c > 0x7E || c == '%' ? 3 : 1;
  }
  const std::size_t details = (status.error_details().size() + 2) / 3 * 4;
  constexpr std::size_t entry = 32;
  return entry + sizeof("grpc-status") + 2 + entry + sizeof("grpc-message") + message + entry +
         sizeof("grpc-status-details-bin") + details;
}

TEST(Status, whatever_a_client_sent_the_trailers_stay_small) {
  for (const std::string part : {"x", "%", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xFF"}) {
    std::string name;
    while (name.size() < 10'000) {
      name += part;
    }
    const auto status = make_status(StatusCode::INVALID_ARGUMENT, "MEMBER_NOT_ALIVE", name,
                                    {{"member", name}, {"status", name}, {"a_third_key", name}});
    EXPECT_LT(trailer_bytes(status), 8192U - 1024U) << part;
    EXPECT_EQ(info_of(status).reason(), "MEMBER_NOT_ALIVE") << part;
    EXPECT_GT(status.error_message().size(), 1000U) << part;
  }
}

TEST(Status, what_is_said_of_a_name_that_is_too_long_is_said) {
  const auto status = to_status(Error{Errc::unknown_member}, {.member = std::string(10'000, 'x')});
  EXPECT_THAT(status.error_message(), HasSubstr("x\xE2\x80\xA6\" is not known to this node"));
  EXPECT_EQ(info_of(status).metadata().at("member").size(), metadata_value_bytes_max);
  const std::string longest(255, 'x');
  EXPECT_EQ(info_of(to_status(Error{Errc::timeout}, {.member = longest})).metadata().at("member"),
            longest);
}

TEST(Status, of_many_problems_the_first_are_told_and_how_many_more) {
  EXPECT_EQ(first_of({"one"}), "one");
  EXPECT_EQ(first_of({"one", "two"}), "one; two");
  std::vector<std::string> problems;
  for (int i = 0; i < 1000; ++i) {
    problems.push_back("swim.yaml:" + std::to_string(i) + ": no such setting");
  }
  const std::string text = first_of(problems);
  EXPECT_LE(text.size(), message_bytes_max);
  EXPECT_GT(text.size(), message_bytes_max * 3 / 4);
  EXPECT_THAT(text, MatchesRegex("swim.yaml:0: no such setting; swim.yaml:1: .*: no such setting; "
                                 "and 9[0-9][0-9] more, all in the log"));
  problems.insert(problems.begin(), std::string(100'000, 'x'));
  EXPECT_LE(first_of(problems).size(), message_bytes_max);
  EXPECT_THAT(first_of(problems), HasSubstr("\xE2\x80\xA6; and 1000 more, all in the log"));
}

}  // namespace
}  // namespace swim::server
