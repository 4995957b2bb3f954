// ListMembers: pages of one view after another, by name. Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>

#include "core/engine/snapshot.hpp"
#include "server/member_filter.hpp"
#include "server/settings_types.hpp"
#include "swim/v1/membership.pb.h"

namespace swim::server {

// The error is a half sentence.
Parsed<MemberFilter> filter_from(const ::swim::v1::MemberFilter& filter);
grpc::Status bad_filter(const std::string& problem);

// `boot` of this process: a page token of another one is refused.
grpc::Status list_members(const Snapshot& snapshot, std::uint64_t boot,
                          const ::swim::v1::ListMembersRequest& request,
                          ::swim::v1::ListMembersResponse& response);

}  // namespace swim::server
