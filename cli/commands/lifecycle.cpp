#include <swim/v1/admin.grpc.pb.h>

#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/format/json.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"
#include "cli/text/table.hpp"

namespace swim::cli {
namespace {

using Admin = v1::AdminService::Stub;

constexpr auto long_timeout = std::chrono::seconds(35);

std::string join_text(const v1::JoinResponse& answer, const Context& context) {
  Table table({"ADDRESS", "ANSWER", "MEMBER", "WHY"});
  for (const auto& result : answer.results()) {
    table.add({{result.address(), Color::plain},
               result.accepted() ? Cell{"ACCEPTED", Color::green} : Cell{"NO", Color::red},
               {result.member(), Color::plain},
               {result.problem(), Color::plain}});
  }
  return table.empty() ? "" : table.render(context.console.style(), context.headers);
}

Result<> join(Context& context, const std::vector<std::string>& seeds, Format format) {
  v1::JoinRequest request;
  request.mutable_seeds()->Assign(seeds.begin(), seeds.end());
  const auto answer = call(context, Door::admin, "joining", &Admin::Join, request, long_timeout);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out(format == Format::json ? to_json(*answer, JsonShape::indented) + "\n"
                                             : join_text(*answer, context));
  if (answer->accepted() == 0) {
    return failed(
        ExitCode::failed,
        "no seed accepted this node (" +
            counted(static_cast<std::uint64_t>(answer->results_size()), "address") + " tried)",
        "is it the right address, cluster label and key? `swimctl status` shows the seeds");
  }
  return {};
}

Result<> leave(Context& context, bool shutdown) {
  v1::LeaveRequest request;
  request.set_shutdown(shutdown);
  const auto answer = call(context, Door::admin, "leaving", &Admin::Leave, request, long_timeout);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out("left; " + counted(answer->acknowledged(), "member") + " confirmed" +
                      (shutdown ? "; the daemon ends" : "; `swimctl join` comes back") + "\n");
  return {};
}

Result<> force_leave(Context& context, const std::string& member) {
  v1::ForceLeaveRequest request;
  request.set_member(member);
  const auto answer =
      call(context, Door::admin, "declaring it to have left", &Admin::ForceLeave, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out(printable(member) + " counts as LEFT now\n");
  if (answer->alive()) {
    context.console.note(
        printable(member) +
        " is alive and will undo this; end it where it runs (swimctl leave there)");
  }
  return {};
}

Result<> drain(Context& context, bool cancel, const std::optional<Nanoseconds>& silence) {
  v1::DrainRequest request;
  request.set_cancel(cancel);
  if (silence) {
    *request.mutable_timeout() = to_proto(*silence);
  }
  const auto answer = call(context, Door::admin, "draining", &Admin::Drain, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out(cancel ? "no longer draining: others may choose this node again\n"
                             : "draining: others see this node as LEAVING; it goes on serving, but "
                               "sends and broadcasts no more of its own\n");
  return {};
}

void add_join(Shell shell) {
  auto* command = shell.app.add_subcommand("join", "Contact seeds now; also after a leave");
  auto seeds = std::make_shared<std::vector<std::string>>();
  auto format = std::make_shared<Format>();
  add_words(*command, "seeds", *seeds,
            "host:port, [v6]:port or dns+name:port; none: the configured")
      ->type_name("SEED...");
  add_output(*command, *format, {Format::table, Format::json});
  add_examples(*command,
               "  swimctl join 10.0.0.7:7946\n"
               "  swimctl join                          the configured seeds again\n");
  command->callback([shell, seeds, format] {
    shell.action = [shell, seeds, format] { return join(shell.context, *seeds, *format); };
  });
}

void add_leave(Shell shell) {
  auto* command = shell.app.add_subcommand("leave", "Say goodbye to the cluster");
  auto shutdown = std::make_shared<bool>(false);
  command->add_flag("--shutdown", *shutdown, "End the daemon afterwards");
  add_examples(*command,
               "  swimctl leave                         others see LEFT; the daemon keeps running\n"
               "  swimctl leave --shutdown              the last act of a job that mounts the "
               "admin socket\n");
  command->callback([shell, shutdown] {
    shell.action = [shell, shutdown] { return leave(shell.context, *shutdown); };
  });
}

void add_force_leave(Shell shell) {
  auto* command =
      shell.app.add_subcommand("force-leave", "Declare another member to have left, on your word");
  auto member = std::make_shared<std::string>();
  command->add_option("member", *member, "Whom")->required()->type_name("MEMBER");
  add_examples(*command,
               "  swimctl force-leave web-2.shop        a FAILED one that will not come back\n"
               "\nA member that is alive undoes it by itself.\n");
  command->callback([shell, member] {
    shell.action = [shell, member] { return force_leave(shell.context, *member); };
  });
}

void add_drain(Shell shell) {
  auto* command = shell.app.add_subcommand(
      "drain", "Announce that this node will leave, and go on serving (a preStop hook)");
  auto cancel = std::make_shared<bool>(false);
  auto silence = std::make_shared<std::optional<Nanoseconds>>();
  auto* flag = command->add_flag("--cancel", *cancel, "Take it back");
  add_duration(*command, "--for", *silence,
               "Silence within this time counts as LEFT, after it as FAILED; "
               "lifecycle.drain-timeout if not given")
      ->excludes(flag);
  add_examples(*command,
               "  swimctl drain                         preStop: exec\n"
               "  swimctl drain --for 20s\n"
               "  swimctl drain --cancel\n"
               "\nLists, watches and subscriptions go on; broadcasts and sends of this node are "
               "refused.\n");
  command->callback([shell, cancel, silence] {
    shell.action = [shell, cancel, silence] { return drain(shell.context, *cancel, *silence); };
  });
}

}  // namespace

void add_lifecycle(Shell shell) {
  add_join(shell);
  add_leave(shell);
  add_force_leave(shell);
  add_drain(shell);
}

}  // namespace swim::cli
