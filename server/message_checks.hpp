// What is wrong with a message before the node is asked, alike for the calls and for their streams.
// Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/runtime/runtime.hpp"
#include "swim/v1/messaging.pb.h"

namespace swim::server {

grpc::Status bad_topic(const std::string& what, const std::string& problem);

// The largest payload that goes by the way that was asked for, in bytes.
std::uint64_t payload_bound(const ::swim::v1::SendRequest& request, const runtime::NodeView& view);

// `bound`: of the payload. What no way of delivery takes is refused before it is copied and queued;
// below that the engine has the last word.
std::optional<grpc::Status> check(const ::swim::v1::BroadcastRequest& request, std::uint64_t bound);
std::optional<grpc::Status> check(const ::swim::v1::SendRequest& request, std::uint64_t bound);

}  // namespace swim::server
