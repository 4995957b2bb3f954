#include <swim/v1/membership.grpc.pb.h>

#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/format/explain_text.hpp"
#include "cli/format/json.hpp"

namespace swim::cli {
namespace {

Result<> explain(Context& context, const std::string& name, Format format) {
  v1::ExplainMemberRequest request;
  request.set_name(name);
  const auto answer = call(context, Door::app, "asking about " + name,
                           &v1::MembershipService::Stub::ExplainMember, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out(format == Format::json
                          ? to_json(*answer, JsonShape::indented) + "\n"
                          : explain_text(*answer, wall_now(), context.console.style()));
  return {};
}

}  // namespace

void add_explain(Shell shell) {
  auto* command =
      shell.app.add_subcommand("explain", "Why a member is suspected, failed or gone, in words");
  auto name = std::make_shared<std::string>();
  auto format = std::make_shared<Format>();
  command->add_option("member", *name, "Its name; `self` is this node")
      ->required()
      ->type_name("MEMBER|self");
  add_output(*command, *format, {Format::table, Format::json});
  add_examples(
      *command,
      "  swimctl explain web-2.shop       who accused it, when, on what evidence\n"
      "\nIt tells what THIS node knows. Ask another member's swimctl for the other side.\n");
  command->callback([shell, name, format] {
    shell.action = [shell, name, format] { return explain(shell.context, *name, *format); };
  });
}

}  // namespace swim::cli
