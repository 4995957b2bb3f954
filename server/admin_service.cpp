#include "server/admin_service.hpp"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "core/base/limits.hpp"
#include "core/runtime/clock.hpp"
#include "server/convert.hpp"
#include "server/http_text.hpp"
#include "server/membership_service.hpp"
#include "server/status.hpp"

namespace swim::server {
namespace {

using grpc::StatusCode;

// More than a cluster has use for; each is compared with all others, and dialled.
constexpr int seeds_max = 256;

std::string code_text(const grpc::Status& status) {
  return status.ok() ? "ok" : status.error_message();
}

grpc::Status bad_timeout() {
  return make_status(StatusCode::INVALID_ARGUMENT, "BAD_TIMEOUT",
                     "timeout is negative or not a duration; that of a drain is more than 0 and at "
                     "most 24h");
}

std::string problem_of(const SeedResult& result) {
  const std::string cause(result.error.what.empty() ? to_string(result.error.code)
                                                    : result.error.what);
  return result.text.empty() ? cause : result.text;
}

void fill(const runtime::JoinReport& report, pb::JoinResponse& out) {
  out.set_accepted(static_cast<std::uint32_t>(report.accepted));
  for (const SeedResult& result : report.results) {
    pb::SeedResult& one = *out.add_results();
    one.set_address(to_string(result.address));
    one.set_accepted(result.accepted);
    one.set_member(valid_utf8(result.member));
    if (!result.accepted) {
      one.set_problem(valid_utf8(problem_of(result)));
    }
  }
}

std::optional<LogLevel> level_from(pb::LogLevel level) {
  switch (level) {
    case pb::LOG_LEVEL_DEBUG:
      return LogLevel::debug;
    case pb::LOG_LEVEL_INFO:
      return LogLevel::info;
    case pb::LOG_LEVEL_WARN:
      return LogLevel::warn;
    case pb::LOG_LEVEL_ERROR:
      return LogLevel::error;
    default:
      return std::nullopt;
  }
}

grpc::Status reload_refused(const ReloadFailure& failure) {
  if (failure.part == ReloadFailure::Part::engine) {
    return to_status(failure.error);
  }
  const bool keys = failure.part == ReloadFailure::Part::keyring;
  return make_status(StatusCode::FAILED_PRECONDITION, keys ? "KEYRING_INVALID" : "SETTINGS_INVALID",
                     first_of(failure.problems));
}

// For the audit.
std::string seeds_text(const pb::JoinRequest& request) {
  if (request.seeds_size() > seeds_max) {
    return std::to_string(request.seeds_size()) + " seeds";
  }
  return absl::StrJoin(request.seeds(), ",");
}

// The configured ones where the request has none.
Parsed<std::vector<SeedSpec>> seeds_of(const pb::JoinRequest& request, const Reloader& configured) {
  if (request.seeds_size() > seeds_max) {
    return tl::unexpected("there are " + std::to_string(request.seeds_size()) + "; the most is " +
                          std::to_string(seeds_max));
  }
  if (request.seeds_size() == 0) {
    return configured.options().discovery.seeds;
  }
  return parse_seeds({request.seeds().begin(), request.seeds().end()});
}

pb::LogLevel to_proto(LogLevel level) {
  return static_cast<pb::LogLevel>(pb::LOG_LEVEL_DEBUG + static_cast<int>(level));
}

}  // namespace

// One call: finished once, and written to the audit log with what came of it.
class AdminService::Call {
 public:
  Call(Logger& logger, grpc::ServerUnaryReactor* of_call, std::vector<LogField> fields)
      : reactor(of_call), logger_(logger), fields_(std::move(fields)) {}

  void finish(const grpc::Status& status) {
    if (finished_.exchange(true)) {
      return;  // an answer that came after its time was over
    }
    fields_.emplace_back("result", code_text(status));
    logger_.always(status.ok() ? LogLevel::info : LogLevel::warn, "audit", fields_);
    reactor->Finish(status);
  }
  bool finished() const { return finished_; }

  grpc::ServerUnaryReactor* const reactor;

 private:
  Logger& logger_;
  std::vector<LogField> fields_;
  std::atomic<bool> finished_{};
};

std::shared_ptr<AdminService::Call> AdminService::begin(grpc::CallbackServerContext* context,
                                                        const char* method,
                                                        std::vector<LogField> arguments) {
  std::vector<LogField> fields{{"method", method}, {"peer", context->peer()}};
  std::move(arguments.begin(), arguments.end(), std::back_inserter(fields));
  return std::make_shared<Call>(context_.logger, context->DefaultReactor(), std::move(fields));
}

grpc::ServerUnaryReactor* AdminService::Join(grpc::CallbackServerContext* context,
                                             const pb::JoinRequest* request,
                                             pb::JoinResponse* response) {
  const auto call = begin(context, "Join", {{"seeds", seeds_text(*request)}});
  auto seeds = seeds_of(*request, context_.reloader);
  if (!seeds) {
    call->finish(make_status(StatusCode::INVALID_ARGUMENT, "BAD_SEED", "seeds: " + seeds.error()));
    return call->reactor;
  }
  auto done = deliver<runtime::JoinReport>(
      context_.fan_out, [call, response](const Expected<runtime::JoinReport>& report) {
        if (report) {
          fill(*report, *response);
        }
        call->finish(report ? grpc::Status::OK : to_status(report.error()));
      });
  if (const auto posted = context_.runtime.join(std::move(*seeds), std::move(done)); !posted) {
    call->finish(to_status(posted.error()));
  }
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::Drain(grpc::CallbackServerContext* context,
                                              const pb::DrainRequest* request,
                                              pb::DrainResponse* /*response*/) {
  const auto call = begin(context, "Drain", {{"cancel", request->cancel() ? "true" : "false"}});
  const auto timeout = request->has_timeout() ? from_proto(request->timeout())
                                              : context_.reloader.options().engine.drain_timeout;
  const bool bad = !timeout || *timeout <= Duration::zero() || *timeout > limits::drain_timeout_max;
  if (bad && !request->cancel()) {
    call->finish(bad_timeout());
    return call->reactor;
  }
  auto done = deliver<void>(context_.fan_out, [call](const Expected<void>& drained) {
    call->finish(drained ? grpc::Status::OK : to_status(drained.error()));
  });
  const auto posted = request->cancel() ? context_.runtime.cancel_drain(std::move(done))
                                        : context_.runtime.drain(*timeout, std::move(done));
  if (!posted) {
    call->finish(to_status(posted.error()));
  }
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::Leave(grpc::CallbackServerContext* context,
                                              const pb::LeaveRequest* request,
                                              pb::LeaveResponse* response) {
  const auto call = begin(context, "Leave", {{"shutdown", request->shutdown() ? "true" : "false"}});
  const std::optional<Duration> timeout =
      request->has_timeout() ? from_proto(request->timeout()) : Duration::max();
  if (!timeout) {
    call->finish(bad_timeout());
    return call->reactor;
  }
  const auto end = [call, shutdown = request->shutdown(),
                    stop = context_.request_shutdown](const grpc::Status& status) {
    if (call->finished()) {
      return;
    }
    call->finish(status);
    // Who is refused still has its node, and can try again or end it otherwise.
    if (shutdown && status.ok()) {
      stop();
    }
  };
  auto done = deliver<runtime::LeaveReport>(
      context_.fan_out, [call, response, end](const Expected<runtime::LeaveReport>& report) {
        if (report && !call->finished()) {
          response->set_acknowledged(report->acknowledged);
        }
        // A node that has left already has nothing left to do.
        const bool left = report || report.error().code == Errc::left;
        end(left ? grpc::Status::OK : to_status(report.error()));
      });
  if (const auto posted = context_.runtime.leave(std::move(done)); !posted) {
    end(to_status(posted.error()));
  } else if (request->has_timeout()) {
    context_.fan_out.at(runtime::steady_now() + std::min<Duration>(*timeout, std::chrono::hours(1)),
                        [end] { end(grpc::Status::OK); });
  }
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::ForceLeave(grpc::CallbackServerContext* context,
                                                   const pb::ForceLeaveRequest* request,
                                                   pb::ForceLeaveResponse* response) {
  const auto call = begin(context, "ForceLeave", {{"member", request->member()}});
  const ErrorSubject subject{.member = request->member()};
  auto done =
      deliver<bool>(context_.fan_out, [call, response, subject](const Expected<bool>& alive) {
        response->set_alive(alive.value_or(false));
        call->finish(alive ? grpc::Status::OK : to_status(alive.error(), subject));
      });
  if (const auto posted = context_.runtime.force_leave(request->member(), std::move(done));
      !posted) {
    call->finish(to_status(posted.error(), subject));
  }
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::ListKeys(grpc::CallbackServerContext* context,
                                                 const pb::ListKeysRequest* /*request*/,
                                                 pb::ListKeysResponse* response) {
  const auto call = begin(context, "ListKeys", {});
  const crypto::Keyring keys = context_.reloader.keys();
  for (const crypto::Key& key : keys.keys()) {
    pb::KeyInfo& one = *response->add_keys();
    one.set_fingerprint(key.fingerprint());
    one.set_primary(key == keys.primary());
  }
  response->set_keyring_dir(context_.reloader.options().encryption.keyring_dir);
  call->finish(grpc::Status::OK);
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::Reload(grpc::CallbackServerContext* context,
                                               const pb::ReloadRequest* request,
                                               pb::ReloadResponse* response) {
  const auto call =
      begin(context, "Reload", {{"force_keys", request->force_keys() ? "true" : "false"}});
  auto done = [call, response](const ReloadThread::Result& reloaded) {
    if (!reloaded) {
      call->finish(reload_refused(reloaded.error()));
      return;
    }
    response->mutable_applied()->Add(reloaded->applied.begin(), reloaded->applied.end());
    response->mutable_restart_needed()->Add(reloaded->restart_needed.begin(),
                                            reloaded->restart_needed.end());
    response->set_keys_reloaded(reloaded->keys_reloaded);
    call->finish(grpc::Status::OK);
  };
  if (const auto asked = context_.reloads.reload(request->force_keys(), std::move(done)); !asked) {
    call->finish(to_status(asked.error()));
  }
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::Ping(grpc::CallbackServerContext* context,
                                             const pb::PingRequest* request,
                                             pb::PingResponse* response) {
  const auto call = begin(context, "Ping", {{"member", request->member()}});
  ErrorSubject subject{.member = request->member()};
  const auto snapshot = context_.runtime.snapshot();
  if (const MemberInfo* member = find_member(*snapshot, request->member())) {
    subject.member_status = to_string(member->status);
  }
  auto done = deliver<Duration>(
      context_.fan_out, [call, response, subject](const Expected<Duration>& answered) {
        if (answered) {
          fill(*answered, *response->mutable_round_trip());
        }
        call->finish(answered ? grpc::Status::OK : to_status(answered.error(), subject));
      });
  if (const auto posted = context_.runtime.ping(request->member(), std::move(done)); !posted) {
    call->finish(to_status(posted.error(), subject));
  }
  return call->reactor;
}

grpc::ServerUnaryReactor* AdminService::SetLogLevel(grpc::CallbackServerContext* context,
                                                    const pb::SetLogLevelRequest* request,
                                                    pb::SetLogLevelResponse* response) {
  const auto level = level_from(request->level());
  const auto call =
      begin(context, "SetLogLevel",
            {{"level", level ? std::string(to_text(*level)) : std::to_string(request->level())}});
  if (!level) {
    call->finish(make_status(StatusCode::INVALID_ARGUMENT, "BAD_LOG_LEVEL",
                             "level is not set; there are DEBUG, INFO, WARN and ERROR"));
    return call->reactor;
  }
  response->set_previous(to_proto(context_.logger.level()));
  context_.logger.set_level(*level);
  call->finish(grpc::Status::OK);
  return call->reactor;
}

}  // namespace swim::server
