#include "server/membership_service.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "core/wire/labels.hpp"
#include "server/attach_reactor.hpp"
#include "server/convert.hpp"
#include "server/member_pages.hpp"
#include "server/node_status.hpp"
#include "server/pieces.hpp"
#include "server/status.hpp"
#include "server/stream_reactor.hpp"

namespace swim::server {
namespace {

constexpr Duration bookmark_default = std::chrono::seconds(10);
constexpr Duration bookmark_min = std::chrono::seconds(1);
constexpr Duration bookmark_max = std::chrono::minutes(5);

// A change of labels that met another one is tried again on what that left, and one that is ahead
// of the snapshot on the next.
constexpr int label_attempts = 20;
constexpr Duration label_retry = std::chrono::milliseconds(2);

}  // namespace

Duration bookmark_interval(bool is_set, const google::protobuf::Duration& wanted) {
  if (!is_set) {
    return bookmark_default;
  }
  // Whatever the sender made of it: first into a range that no sum leaves. Nanoseconds out of
  // theirs are some 2 s.
  constexpr std::int64_t seconds_bound = 1000;
  const std::int64_t seconds = std::clamp(wanted.seconds(), -seconds_bound, seconds_bound);
  return std::clamp<Duration>(std::chrono::seconds(seconds) + Duration(wanted.nanos()),
                              bookmark_min, bookmark_max);
}

const MemberInfo* find_member(const Snapshot& snapshot, const std::string& name) {
  if (name == "self") {
    return snapshot.local.get();
  }
  const auto found = std::lower_bound(
      snapshot.members.begin(), snapshot.members.end(), name,
      [](const MemberPtr& one, const std::string& key) { return one->name < key; });
  return found != snapshot.members.end() && (*found)->name == name ? found->get() : nullptr;
}

grpc::ServerUnaryReactor* MembershipService::ListMembers(grpc::CallbackServerContext* call,
                                                         const pb::ListMembersRequest* request,
                                                         pb::ListMembersResponse* response) {
  auto* reactor = call->DefaultReactor();
  reactor->Finish(list_members(*context_.runtime.snapshot(), context_.boot, *request, *response));
  return reactor;
}

grpc::ServerUnaryReactor* MembershipService::GetMember(grpc::CallbackServerContext* call,
                                                       const pb::GetMemberRequest* request,
                                                       pb::GetMemberResponse* response) {
  auto* reactor = call->DefaultReactor();
  const auto snapshot = context_.runtime.snapshot();
  const MemberInfo* member = find_member(*snapshot, request->name());
  if (member == nullptr) {
    reactor->Finish(to_status(Error{Errc::unknown_member}, {.member = request->name()}));
    return reactor;
  }
  fill(*member, *response->mutable_member());
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MembershipService::WatchMembers(
    grpc::CallbackServerContext* /*call*/, const grpc::ByteBuffer* bytes) {
  pb::WatchMembersRequest request;
  if (!from_buffer(*bytes, request)) {
    return new RefusedStream(unreadable());
  }
  auto filter = filter_from(request.filter());
  if (!filter) {
    return new RefusedStream(bad_filter(filter.error()));
  }
  auto ticket = context_.streams.enter(Channel::members);
  if (!ticket) {
    return new RefusedStream(too_many_streams(context_.streams.max_streams()));
  }
  runtime::Runtime& runtime = context_.runtime;
  auto selection =
      context_.watched.get(filter->key(), runtime.events(), *filter, context_.stream_origin);
  auto reactor = StreamReactor<WatchFeed>::make(
      context_.fan_out, Channel::members, std::move(*ticket),
      bookmark_interval(request.has_bookmark_interval(), request.bookmark_interval()),
      WatchFeed([&runtime] { return runtime.snapshot(); }, context_.streams, std::move(selection),
                request.resume_token()));
  reactor->open();
  return reactor.get();
}

grpc::ServerUnaryReactor* MembershipService::GetNodeStatus(
    grpc::CallbackServerContext* call, const pb::GetNodeStatusRequest* /*request*/,
    pb::GetNodeStatusResponse* response) {
  auto* reactor = call->DefaultReactor();
  const auto snapshot = context_.runtime.snapshot();
  const auto view = context_.runtime.view();
  fill(NodeStatusInput{*snapshot, *view, context_.streams, context_.runtime.cluster_label(),
                       context_.version, context_.reloader.keys().keys().size(),
                       context_.join_timeout, runtime::steady_now() - context_.started},
       *response);
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

// One call of UpdateLocalMember. Request and response live until its reactor is finished.
struct MembershipService::LabelUpdate {
  const pb::UpdateLocalMemberRequest* request;
  pb::UpdateLocalMemberResponse* response;
  grpc::ServerUnaryReactor* reactor;
  int attempts_left{label_attempts};

  wire::Labels merged_with(const wire::Labels& present) const {
    wire::Labels labels = request->replace_all() ? wire::Labels{} : present;
    for (const std::string& key : request->remove_labels()) {
      labels.erase(key);
    }
    for (const auto& [key, value] : request->labels()) {
      labels[key] = value;
    }
    return labels;
  }
};

grpc::ServerUnaryReactor* MembershipService::UpdateLocalMember(
    grpc::CallbackServerContext* call, const pb::UpdateLocalMemberRequest* request,
    pb::UpdateLocalMemberResponse* response) {
  auto* reactor = call->DefaultReactor();
  update_labels(std::make_shared<LabelUpdate>(LabelUpdate{request, response, reactor}));
  return reactor;
}

void MembershipService::again_later(const std::shared_ptr<LabelUpdate>& update) {
  context_.fan_out.at(runtime::steady_now() + label_retry,
                      [this, update] { update_labels(update); });
}

void MembershipService::update_labels(const std::shared_ptr<LabelUpdate>& update) {
  const MemberPtr local = context_.runtime.snapshot()->local;
  const bool conditional = update->request->has_expected_revision();
  const std::uint64_t expected =
      conditional ? update->request->expected_revision() : local->revision;
  // An event is told before the snapshot with its revision. Labels merged into a view that is older
  // than the caller's would undo what it has seen, and the engine would find nothing wrong with
  // that; a caller who is behind the view it refuses.
  if (expected > local->revision) {
    if (--update->attempts_left > 0) {
      again_later(update);
    } else {
      update->reactor->Finish(to_status(Error{Errc::revision_mismatch}));
    }
    return;
  }
  const auto labels =
      update->merged_with(wire::decode_labels(local->metadata).value_or(wire::Labels{}));
  auto metadata = wire::encode_labels(labels);
  if (!metadata) {
    const Error& error = metadata.error();
    update->reactor->Finish(
        error.code == Errc::too_large
            ? to_status(error, {.size_limit = limits::metadata_bytes_max, .labels = true})
            : make_status(grpc::StatusCode::INVALID_ARGUMENT, "BAD_LABELS",
                          "labels: a key is empty or holds a character other than "
                          "A-Z, a-z, 0-9, '.', '_', '/', '-'"));
    return;
  }
  auto done = deliver<MemberPtr>(
      context_.fan_out, [this, update, conditional](const Expected<MemberPtr>& updated) {
        if (updated) {
          fill(**updated, *update->response->mutable_member());
          update->reactor->Finish(grpc::Status::OK);
        } else if (updated.error().code == Errc::revision_mismatch && !conditional &&
                   --update->attempts_left > 0) {
          again_later(update);
        } else {
          update->reactor->Finish(to_status(updated.error(), {.labels = true}));
        }
      });
  const auto posted =
      context_.runtime.update_metadata(std::move(*metadata), expected, std::move(done));
  if (!posted) {
    update->reactor->Finish(to_status(posted.error(), {.labels = true}));
  }
}

grpc::ServerBidiReactor<pb::AttachRequest, pb::AttachResponse>* MembershipService::Attach(
    grpc::CallbackServerContext* /*call*/) {
  return AttachReactor::make(context_).get();
}

grpc::ServerUnaryReactor* MembershipService::ExplainMember(grpc::CallbackServerContext* call,
                                                           const pb::ExplainMemberRequest* request,
                                                           pb::ExplainMemberResponse* response) {
  auto* reactor = call->DefaultReactor();
  const std::string name =
      request->name() == "self" ? context_.runtime.node_name() : request->name();
  auto done = deliver<Explanation>(
      context_.fan_out, [reactor, response, name](const Expected<Explanation>& explanation) {
        if (!explanation) {
          reactor->Finish(to_status(explanation.error(), {.member = name}));
          return;
        }
        fill(*explanation, *response);
        reactor->Finish(grpc::Status::OK);
      });
  if (const auto posted = context_.runtime.explain(name, std::move(done)); !posted) {
    reactor->Finish(to_status(posted.error(), {.member = name}));
  }
  return reactor;
}

}  // namespace swim::server
