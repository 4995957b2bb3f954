// WatchMembers, kept up over restarts of the daemon.
#pragma once

#include <swim/v1/membership.grpc.pb.h>

#include <string>
#include <utility>

#include "cli/follow.hpp"

namespace swim::cli {

using MemberStream = Follower<v1::WatchMembersRequest, v1::WatchMembersResponse>;

inline MemberStream member_stream(Context& context, const v1::MemberFilter& filter,
                                  const std::string& resume_token, MemberStream::Handle handle) {
  v1::WatchMembersRequest request;
  *request.mutable_filter() = filter;
  request.set_resume_token(resume_token);
  return {context, std::move(request),
          [](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* call,
             const v1::WatchMembersRequest& asked) {
            v1::MembershipService::Stub stub(channel);
            return stub.WatchMembers(call, asked);
          },
          std::move(handle)};
}

}  // namespace swim::cli
