#include "cli/format/failure_text.hpp"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include <tuple>

namespace swim::cli {
namespace {

grpc::Status with_info(grpc::StatusCode code, const std::string& message,
                       const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("swim.v1");
  (*info.mutable_metadata())["member"] = "web-9";
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.add_details()->PackFrom(info);
  return {code, message, details.SerializeAsString()};
}

TEST(CliFailure, DecodesTheReason) {
  const auto status = with_info(grpc::StatusCode::NOT_FOUND, "no member web-9", "MEMBER_NOT_FOUND");
  EXPECT_EQ(reason_of(status).reason, "MEMBER_NOT_FOUND");
  EXPECT_EQ(reason_of(status).metadata.at("member"), "web-9");
  const Failure failure = explain_status(status, "/run/swim/swim.sock");
  EXPECT_EQ(failure.code, ExitCode::failed);
  EXPECT_EQ(failure.what, "no member web-9 [MEMBER_NOT_FOUND]");
  EXPECT_EQ(failure.hint, "see `swimctl members` for the names");
  EXPECT_EQ(failure.reason, "MEMBER_NOT_FOUND");
}

TEST(CliFailure, TellsAMembersSilenceFromTheDaemons) {
  const auto member = with_info(grpc::StatusCode::DEADLINE_EXCEEDED, "no answer", "TIMEOUT");
  const grpc::Status daemon(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded");
  EXPECT_EQ(explain_status(member, "here").code, explain_status(daemon, "here").code);
  EXPECT_EQ(explain_status(member, "here").reason, "TIMEOUT");
  EXPECT_EQ(explain_status(daemon, "here").reason, "");
}

TEST(CliFailure, AdvisesOnAMessageOfAStreamAsOnACall) {
  const Failure one = explain_reason("topic: \x1b ends in .*", "BAD_TOPIC");
  const Failure other = explain_status(
      with_info(grpc::StatusCode::INVALID_ARGUMENT, "topic: \x1b ends in .*", "BAD_TOPIC"), "here");
  EXPECT_EQ(one.what, "topic: \\x1b ends in .* [BAD_TOPIC]");
  EXPECT_EQ(one.code, ExitCode::usage);
  EXPECT_EQ(std::tie(one.what, one.code, one.hint), std::tie(other.what, other.code, other.hint));
}

TEST(CliFailure, AMistakeOnTheCommandLineIsOneWhoeverFindsIt) {
  for (const char* reason : {"BAD_APP_NAME", "BAD_TOPIC", "INVALID_ARGUMENT"}) {
    EXPECT_EQ(explain_reason("m", reason).code, ExitCode::usage) << reason;
    EXPECT_FALSE(explain_reason("m", reason).hint.empty()) << reason;
  }
  EXPECT_EQ(explain_reason("m", "TOO_MANY_APPS").code, ExitCode::failed);
  EXPECT_FALSE(explain_reason("m", "TOO_MANY_APPS").hint.empty());
}

TEST(CliFailure, ExitsByWhatHappened) {
  const auto exit_for = [](grpc::StatusCode code, const char* reason) {
    return explain_status(with_info(code, "m", reason), "here").code;
  };
  EXPECT_EQ(exit_for(grpc::StatusCode::INVALID_ARGUMENT, "BAD_FILTER"), ExitCode::usage);
  EXPECT_EQ(exit_for(grpc::StatusCode::DEADLINE_EXCEEDED, "TIMEOUT"), ExitCode::timed_out);
  EXPECT_EQ(exit_for(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN"), ExitCode::unreachable);
  EXPECT_EQ(exit_for(grpc::StatusCode::UNAVAILABLE, "SOMETHING_NEW"), ExitCode::unreachable);
  EXPECT_EQ(exit_for(grpc::StatusCode::FAILED_PRECONDITION, "NODE_LEFT"), ExitCode::failed);
  const auto plain = [](grpc::StatusCode code) {
    return explain_status(grpc::Status(code, "m"), "here").code;
  };
  EXPECT_EQ(plain(grpc::StatusCode::UNAVAILABLE), ExitCode::unreachable);
  EXPECT_EQ(plain(grpc::StatusCode::DEADLINE_EXCEEDED), ExitCode::timed_out);
  EXPECT_EQ(plain(grpc::StatusCode::UNIMPLEMENTED), ExitCode::failed);
  EXPECT_EQ(plain(grpc::StatusCode::INTERNAL), ExitCode::failed);
}

TEST(CliFailure, TellsWhereTheBoundsAreWhenGrpcItselfRefuses) {
  const Failure failure = explain_status(
      {grpc::StatusCode::RESOURCE_EXHAUSTED, "Received message larger than max (5 vs. 4)"}, "here");
  EXPECT_EQ(failure.code, ExitCode::failed);
  EXPECT_NE(failure.what.find("5 vs. 4"), std::string::npos);
  EXPECT_NE(failure.hint.find("swimctl status"), std::string::npos);
}

TEST(CliFailure, NamesThePlaceWhereThereIsNoReason) {
  const Failure failure =
      explain_status({grpc::StatusCode::UNAVAILABLE, "Socket closed"}, "/x/swim.sock");
  EXPECT_EQ(failure.what, "no swimd answered at /x/swim.sock (Socket closed)");
  EXPECT_FALSE(failure.hint.empty());
}

TEST(CliFailure, LetsNothingOfAServersMessageSteerTheTerminal) {
  const Failure failure = explain_status({grpc::StatusCode::INTERNAL, "a\x1b[2Jb"}, "here");
  EXPECT_EQ(failure.what, "a\\x1b[2Jb");
}

TEST(CliFailure, ReadsGarbageDetailsAsNone) {
  EXPECT_EQ(reason_of({grpc::StatusCode::INTERNAL, "m", "\xff\xff\xff"}).reason, "");
  EXPECT_EQ(reason_of(grpc::Status::OK).reason, "");
}

TEST(CliFailure, StreamsComeBackAfterWhatPasses) {
  EXPECT_TRUE(is_passing(with_info(grpc::StatusCode::UNAVAILABLE, "m", "SHUTTING_DOWN")));
  EXPECT_TRUE(is_passing(grpc::Status::OK));
  EXPECT_TRUE(is_passing({grpc::StatusCode::DEADLINE_EXCEEDED, "nothing came"}));
  EXPECT_FALSE(is_passing(with_info(grpc::StatusCode::INVALID_ARGUMENT, "m", "BAD_FILTER")));
  EXPECT_FALSE(is_passing({grpc::StatusCode::RESOURCE_EXHAUSTED, "m"}));
}

TEST(CliFailure, AShortagePasses) {
  for (const char* reason : {"QUEUE_FULL", "TOO_MANY_STREAMS"}) {
    EXPECT_TRUE(is_passing(with_info(grpc::StatusCode::RESOURCE_EXHAUSTED, "m", reason))) << reason;
  }
  EXPECT_FALSE(
      is_passing(with_info(grpc::StatusCode::RESOURCE_EXHAUSTED, "m", "PAYLOAD_TOO_LARGE")));
}

TEST(CliFailure, AnAppAttachesAgainAfterAllThatCanBeOtherwise) {
  const auto exhausted = grpc::StatusCode::RESOURCE_EXHAUSTED;
  const auto precondition = grpc::StatusCode::FAILED_PRECONDITION;
  EXPECT_TRUE(attaches_again(with_info(grpc::StatusCode::UNAVAILABLE, "m", "SHUTTING_DOWN")));
  EXPECT_TRUE(attaches_again(with_info(exhausted, "m", "QUEUE_FULL")));
  EXPECT_TRUE(attaches_again(with_info(exhausted, "m", "TOO_MANY_STREAMS")));
  EXPECT_TRUE(attaches_again(with_info(exhausted, "m", "TOO_MANY_APPS")));
  EXPECT_TRUE(attaches_again(with_info(precondition, "m", "NAME_CONFLICT")));
  EXPECT_TRUE(attaches_again(with_info(precondition, "m", "NODE_LEFT")));
  EXPECT_FALSE(attaches_again(with_info(grpc::StatusCode::ABORTED, "m", "APP_REPLACED")))
      << "two who stand for one app would take it from each other for ever";
  EXPECT_FALSE(attaches_again({grpc::StatusCode::PERMISSION_DENIED, "m"}));
}

}  // namespace
}  // namespace swim::cli
