// Errors on their way to a gRPC client: a status code, a sentence, and one google.rpc.ErrorInfo
// with the domain "swim.v1" and a reason that programs can compare. Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace swim::server {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// Clients refuse trailers of more than 8 KiB, and then see neither reason nor message. The message
// is sent twice: percent-encoded, by which a byte may become three, and in the details, in base64.
inline constexpr std::size_t message_bytes_max = 1024;
inline constexpr std::size_t metadata_value_bytes_max = 256;  // a member's name fits

// `message` is for people: what is wrong and what to do. `reason` is UPPER_SNAKE_CASE. Message and
// values of `metadata`, of which there are few, may hold what a client sent: they are cut.
grpc::Status make_status(grpc::StatusCode code, std::string_view reason, const std::string& message,
                         const ErrorMetadata& metadata = {});

// What a failed command was about; goes into the sentence and the metadata.
struct ErrorSubject {
  std::string member{};
  std::string member_status{};                // of that member, for not_alive
  std::optional<std::uint64_t> size{};        // of the payload or the labels
  std::optional<std::uint64_t> size_limit{};  // what would have been accepted
  bool labels{};                              // too_large is about labels, not about a payload
};

// As many of them, the first first, as a message has room for, and how many more there are.
std::string first_of(const std::vector<std::string>& problems);

// The one place that maps the errors of the core.
grpc::Status to_status(const Error& error, const ErrorSubject& subject = {});

grpc::Status shutting_down();
grpc::Status too_many_streams(std::uint32_t limit);
grpc::Status unreadable();  // bytes that are no request; as gRPC itself answers them

}  // namespace swim::server
