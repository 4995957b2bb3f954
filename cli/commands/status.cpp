#include <swim/v1/membership.grpc.pb.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands/commands.hpp"
#include "cli/format/json.hpp"
#include "cli/format/status_text.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using Membership = v1::MembershipService::Stub;

Result<> status(Context& context, Format format) {
  const auto answer = call(context, Door::app, "asking for the status", &Membership::GetNodeStatus,
                           v1::GetNodeStatusRequest());
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  if (format == Format::json) {
    context.console.out(to_json(*answer, JsonShape::indented) + "\n");
  } else {
    context.console.out(status_text(*answer, wall_now(), context.console.style()));
  }
  return {};
}

Result<> version(Context& context, bool client_only, Format format) {
  const std::string own = SWIM_VERSION;
  std::string daemon;
  std::optional<Failure> failure;
  if (!client_only) {
    const auto answer = call(context, Door::app, "asking for the version",
                             &Membership::GetNodeStatus, v1::GetNodeStatusRequest());
    if (answer) {
      daemon = answer->version();
    } else {
      failure = answer.error();
    }
  }
  if (format == Format::json) {
    JsonWriter json(JsonShape::one_line);
    json.begin_object();
    json.key("client");
    json.string(own);
    json.key("daemon");
    json.string(daemon);
    json.end_object();
    context.console.out(json.text() + "\n");
  } else {
    context.console.out("swimctl " + own + "\n");
    if (!client_only) {
      context.console.out("swimd   " + (failure ? "not reached" : printable(daemon)) + "\n");
    }
  }
  if (failure) {
    return tl::unexpected<Failure>(std::move(*failure));
  }
  return {};
}

}  // namespace

void add_status(Shell shell) {
  {
    auto* command = shell.app.add_subcommand("status", "This node: state, health, members, seeds");
    auto format = std::make_shared<Format>();
    add_output(*command, *format, {Format::table, Format::json});
    add_examples(*command,
                 "  swimctl status\n"
                 "  swimctl status -o json | jq .ready\n");
    command->callback([shell, format] {
      shell.action = [shell, format] { return status(shell.context, *format); };
    });
  }
  auto* command = shell.app.add_subcommand("version", "Versions of swimctl and of the daemon");
  auto format = std::make_shared<Format>();
  auto client = std::make_shared<bool>(false);
  add_output(*command, *format, {Format::table, Format::json});
  command->add_flag("--client", *client, "Only swimctl's; asks no daemon");
  add_examples(*command,
               "  swimctl version                       ends as a failure where no daemon answers\n"
               "  swimctl version --client\n");
  command->callback([shell, format, client] {
    shell.action = [shell, format, client] { return version(shell.context, *client, *format); };
  });
}

}  // namespace swim::cli
