// What a gRPC status means to somebody at a terminal. Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <map>
#include <string>

#include "cli/failure.hpp"

namespace swim::cli {

// The google.rpc.ErrorInfo of a status; empty where there is none.
struct ErrorReason {
  std::string reason;  // "MEMBER_NOT_FOUND"
  std::map<std::string, std::string> metadata;
};
ErrorReason reason_of(const grpc::Status& status);

// `place` is what was talked to, for the messages that are about it.
Failure explain_status(const grpc::Status& status, const std::string& place);

// The same of a refusal that is no gRPC status, as of one message of a stream.
Failure explain_reason(const std::string& message, const std::string& reason);

// Whether a stream that ended so is to be opened again.
bool is_passing(const grpc::Status& status);
// The same for an app's Attach: its command runs on, and whatever can be otherwise later is tried
// again.
bool attaches_again(const grpc::Status& status);

}  // namespace swim::cli
