#include <grpc/health/v1/health.grpc.pb.h>
#include <swim/v1/membership.grpc.pb.h>

#include <CLI/Error.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/format/json.hpp"
#include "cli/format/member_view.hpp"
#include "cli/format/names.hpp"
#include "cli/format/wait_condition.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto usual_wait = std::chrono::seconds(60);
constexpr auto pause_between = 50ms;
// For the one look of --timeout 0: what a daemon that runs needs to answer.
constexpr auto one_look = 5s;

struct Wanted {
  bool ready{};
  MemberConditions members;
  std::optional<Nanoseconds> timeout;
};

// Waits through everything that can be different in a moment: no daemon yet, one that starts, one
// that restarts. What is wrong for good (usage, a refusal) ends it at once.
class Waiter {
 public:
  Waiter(Context& context, const Wanted& wanted)
      : context_(context),
        wanted_(wanted),
        timeout_(wanted.timeout.value_or(timeout_of(context, usual_wait))),
        once_(timeout_ == 0ns),
        deadline_(Clock::now() + (once_ ? one_look : timeout_)) {}

  Result<> run() {
    const Progress progress(context_.console, "waiting");
    do {
      auto done = attempt();
      if (!done || *done) {
        return done ? Result<>() : tl::unexpected<Failure>(done.error());
      }
      if (once_) {
        return failed(ExitCode::timed_out, "not so: " + lacking_, "--timeout waits for it");
      }
      std::this_thread::sleep_for(std::min<Nanoseconds>(pause_between, left()));
    } while (left() > 0ns);
    return failed(ExitCode::timed_out, "not so after " + measured(timeout_) + ": " + lacking_,
                  "`swimctl status` shows how the node is; --timeout waits longer");
  }

 private:
  Nanoseconds left() const { return std::max<Nanoseconds>(deadline_ - Clock::now(), 0ns); }

  // True when everything holds, false to try again.
  Result<bool> attempt() {
    const auto connection = Connection::open(Door::app, context_.surroundings, left());
    if (!connection) {
      return passing(connection.error());
    }
    if (wanted_.ready) {
      auto ready = is_ready(*connection);
      if (!ready || !*ready) {
        return ready;
      }
    }
    return wanted_.members.empty() ? Result<bool>(true) : watch(*connection);
  }

  Result<bool> passing(const Failure& failure) {
    if (failure.code != ExitCode::unreachable && failure.code != ExitCode::timed_out) {
      return tl::unexpected<Failure>(failure);
    }
    if (failure.code == ExitCode::unreachable) {
      lacking_ = failure.what;
    }
    return false;
  }

  Result<bool> is_ready(const Connection& connection) {
    const auto status =
        connection.call(std::min<Nanoseconds>(left(), 2s),
                        &v1::MembershipService::Stub::GetNodeStatus, v1::GetNodeStatusRequest());
    if (!status) {
      return passing(status.error());
    }
    lacking_ = "the node is " + short_name(status->state()) + ", not ready";
    return status->ready();
  }

  Result<bool> watch(const Connection& connection) {
    v1::MembershipService::Stub stub(connection.channel());
    grpc::ClientContext call;
    call.set_deadline(std::chrono::system_clock::now() + left());
    const auto reader = stub.WatchMembers(&call, v1::WatchMembersRequest());
    v1::WatchMembersResponse response;
    MemberView view;
    bool hold = false;
    bool enough = false;
    while (!enough && reader->Read(&response)) {
      view.apply(response);
      if (view.whole()) {
        lacking_ = wanted_.members.unmet(view.members());
        hold = lacking_.empty();
        enough = hold || once_;
      }
    }
    if (enough) {
      call.TryCancel();
      return hold;
    }
    const grpc::Status status = reader->Finish();
    const Failure failure = explain_status(status, connection.place().shown());
    if (!is_passing(status)) {
      return passing(failure);
    }
    if (!failure.reason.empty()) {
      lacking_ = failure.what;
    }
    return false;
  }

  Context& context_;
  const Wanted& wanted_;
  Nanoseconds timeout_;
  bool once_;
  Clock::time_point deadline_;
  std::string lacking_{"nothing was heard of the daemon"};
};

Result<> wait(Context& context, const Wanted& wanted) {
  if (!wanted.ready && wanted.members.empty()) {
    return usage_error("wait for what?", "give --ready, --members '>=3' or --member NAME=alive");
  }
  return Waiter(context, wanted).run();
}

Result<> health(Context& context, const std::string& service, Format format) {
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  const auto answer = call(context, Door::app, "asking for the health",
                           &grpc::health::v1::Health::Stub::Check, request);
  if (!answer) {
    Failure failure = answer.error();
    if (failure.what == "service name unknown") {  // gRPC's own health service says no more
      failure.what = "no service is called \"" + printable(service) + "\"";
      failure.hint = "swim.v1.MembershipService, swim.v1.MessagingService, or none for the node";
    }
    return tl::unexpected<Failure>(std::move(failure));
  }
  const std::string word = short_name(answer->status());
  context.console.out(format == Format::json ? to_json(*answer, JsonShape::indented) + "\n"
                                             : word + "\n");
  if (answer->status() != grpc::health::v1::HealthCheckResponse::SERVING) {
    return failed(ExitCode::failed,
                  (service.empty() ? "the node" : printable(service)) + " is " + word,
                  "`swimctl status` says why");
  }
  return {};
}

void add_health(Shell shell) {
  auto* command = shell.app.add_subcommand("health", "For probes: exit 0 if it serves, 1 if not");
  auto service = std::make_shared<std::string>();
  auto format = std::make_shared<Format>();
  command
      ->add_option("--service", *service,
                   "swim.v1.MembershipService or swim.v1.MessagingService; else the whole node")
      ->type_name("NAME");
  add_output(*command, *format, {Format::table, Format::json});
  add_examples(*command,
               "  swimctl health                                   exit 0, 1, or 3 if unreachable\n"
               "  swimctl health --service swim.v1.MessagingService\n");
  command->callback([shell, service, format] {
    shell.action = [shell, service, format] { return health(shell.context, *service, *format); };
  });
}

template <class Condition>
void add_condition(CLI::App& command, const std::string& name, std::vector<Condition>& into,
                   const std::string& form, const std::string& about) {
  const auto take = [&into, name, form](const std::string& text) {
    const auto condition = Condition::parse(text);
    if (!condition) {
      throw CLI::ValidationError(name, "\"" + text + "\" is not of the form " + form);
    }
    into.push_back(*condition);
  };
  add_repeated(command, name, take, about)->type_name("COND");
}

}  // namespace

void add_wait(Shell shell) {
  auto* command =
      shell.app.add_subcommand("wait", "Until something is so; exit 4 if it takes too long");
  auto wanted = std::make_shared<Wanted>();
  command->add_flag("--ready", wanted->ready,
                    "The node is joined, or alone: on purpose, or as nobody let it in in time");
  add_condition(*command, "--members", wanted->members.counts, "'>=3', '=3' or '<3'",
                "So many members are ALIVE: '>=3', '=3', '<3' …");
  add_condition(*command, "--member", wanted->members.members,
                "NAME=alive (suspect, leaving, left, failed, listed, absent)",
                "NAME=alive, or =suspect, leaving, left, failed, listed, absent; `self` is this "
                "node");
  add_duration(*command, "--timeout", wanted->timeout,
               "How long; 60s if not given, 0 looks once and does not wait");
  add_examples(
      *command,
      "  swimctl wait --ready --timeout 60s          in a postStart hook\n"
      "  swimctl wait --members '>=3'\n"
      "  swimctl wait --member web-2.shop=failed --timeout 5s\n"
      "  swimctl wait --member self=alive --timeout 0   is it so now?\n"
      "\nAll conditions must hold; each may be given several times. A daemon that is not there\n"
      "yet is waited for, too.\n"
      "--ready does not say that others are there: --members does.\n");
  command->callback(
      [shell, wanted] { shell.action = [shell, wanted] { return wait(shell.context, *wanted); }; });
  add_health(shell);
}

}  // namespace swim::cli
