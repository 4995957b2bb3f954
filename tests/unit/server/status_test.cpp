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

}  // namespace
}  // namespace swim::server
