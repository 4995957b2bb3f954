// swim.v1.MembershipService. Reads come from published values; the engine is only asked to change
// labels and to explain.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/service_context.hpp"
#include "server/watch_feed.hpp"
#include "swim/v1/membership.grpc.pb.h"

namespace swim::server {

// WatchMembers is served in bytes: streams share what they are sent.
using MembershipServiceBase = ::swim::v1::MembershipService::WithRawCallbackMethod_WatchMembers<
    ::swim::v1::MembershipService::CallbackService>;

class MembershipService final : public MembershipServiceBase {
 public:
  explicit MembershipService(ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* ListMembers(grpc::CallbackServerContext* call,
                                        const ::swim::v1::ListMembersRequest* request,
                                        ::swim::v1::ListMembersResponse* response) override;
  grpc::ServerUnaryReactor* GetMember(grpc::CallbackServerContext* call,
                                      const ::swim::v1::GetMemberRequest* request,
                                      ::swim::v1::GetMemberResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchMembers(grpc::CallbackServerContext* call,
                                                           const grpc::ByteBuffer* bytes) override;
  grpc::ServerUnaryReactor* GetNodeStatus(grpc::CallbackServerContext* call,
                                          const ::swim::v1::GetNodeStatusRequest* request,
                                          ::swim::v1::GetNodeStatusResponse* response) override;
  grpc::ServerUnaryReactor* UpdateLocalMember(
      grpc::CallbackServerContext* call, const ::swim::v1::UpdateLocalMemberRequest* request,
      ::swim::v1::UpdateLocalMemberResponse* response) override;
  grpc::ServerBidiReactor<::swim::v1::AttachRequest, ::swim::v1::AttachResponse>* Attach(
      grpc::CallbackServerContext* call) override;
  grpc::ServerUnaryReactor* ExplainMember(grpc::CallbackServerContext* call,
                                          const ::swim::v1::ExplainMemberRequest* request,
                                          ::swim::v1::ExplainMemberResponse* response) override;

 private:
  struct LabelUpdate;
  void update_labels(const std::shared_ptr<LabelUpdate>& update);
  void again_later(const std::shared_ptr<LabelUpdate>& update);

  ServiceContext& context_;
};

// The members are sorted by name; nullptr where there is none. `self` is the local one.
const MemberInfo* find_member(const Snapshot& snapshot, const std::string& name);

}  // namespace swim::server
