#include <swim/v1/membership.grpc.pb.h>

#include <CLI/Error.hpp>
#include <memory>
#include <utility>

#include "cli/commands/live_members.hpp"
#include "cli/commands/member_filter.hpp"
#include "cli/format/json.hpp"
#include "cli/format/member_text.hpp"
#include "cli/format/names.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using Membership = v1::MembershipService::Stub;

// All pages as one.
Result<v1::ListMembersResponse> list(Context& context, const v1::MemberFilter& filter) {
  const Progress progress(context.console, "listing members");
  const auto connection = connect(context, Door::app);
  if (!connection) {
    return tl::unexpected<Failure>(connection.error());
  }
  v1::ListMembersRequest request;
  *request.mutable_filter() = filter;
  request.set_page_size(5000);
  v1::ListMembersResponse all;
  do {
    auto page = connection->call(timeout_of(context), &Membership::ListMembers, request);
    if (!page) {
      return page;
    }
    request.set_page_token(page->next_page_token());
    all.mutable_members()->MergeFrom(page->members());
    all.set_total_size(page->total_size());
    all.set_resume_token(page->resume_token());
    all.set_revision(page->revision());
  } while (!request.page_token().empty());
  return all;
}

std::string rendered(const Context& context, const v1::ListMembersResponse& all, Format format) {
  std::string text;
  switch (format) {
    case Format::json:
      return to_json(all, JsonShape::indented) + "\n";
    case Format::jsonl:
      for (const auto& member : all.members()) {
        text += to_json(member, JsonShape::one_line) + "\n";
      }
      return text;
    case Format::name:
      for (const auto& member : all.members()) {
        text += printable(member.name()) + "\n";
      }
      return text;
    default:
      std::vector<const v1::Member*> members;
      for (const auto& member : all.members()) {
        members.push_back(&member);
      }
      const Width width = format == Format::wide ? Width::wide : Width::narrow;
      return member_table(members, width, wall_now())
          .render(context.console.style(), context.headers);
  }
}

Result<> members(Context& context, const v1::MemberFilter& filter, Format format) {
  const auto all = list(context, filter);
  if (!all) {
    return tl::unexpected<Failure>(all.error());
  }
  const bool table = format == Format::table || format == Format::wide;
  if (all->members().empty() && table) {
    context.console.note("no member matches");
    return {};
  }
  context.console.out(rendered(context, *all, format));
  return {};
}

Result<> get(Context& context, const std::string& name, Format format) {
  v1::GetMemberRequest request;
  request.set_name(name);
  const auto answer =
      call(context, Door::app, "asking for " + name, &Membership::GetMember, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  const v1::Member& member = answer->member();
  switch (format) {
    case Format::json:
      context.console.out(to_json(*answer, JsonShape::indented) + "\n");
      break;
    case Format::jsonl:
      context.console.out(to_json(member, JsonShape::one_line) + "\n");
      break;
    case Format::name:
      context.console.out(printable(member.name()) + "\n");
      break;
    default:
      context.console.out(member_facts(member, wall_now()).render(context.console.style()));
  }
  return {};
}

void add_get(Shell shell) {
  auto* command = shell.app.add_subcommand("get", "One member");
  auto name = std::make_shared<std::string>();
  auto format = std::make_shared<Format>();
  command->add_option("member", *name, "Its name; `self` is this node")
      ->required()
      ->type_name("MEMBER|self");
  add_output(*command, *format, {Format::table, Format::json, Format::jsonl, Format::name});
  add_examples(*command,
               "  swimctl get web-2.shop\n"
               "  swimctl get self -o json | jq -r .member.status\n");
  command->callback([shell, name, format] {
    shell.action = [shell, name, format] { return get(shell.context, *name, *format); };
  });
}

}  // namespace

std::shared_ptr<v1::MemberFilter> add_filter(CLI::App& command) {
  auto filter = std::make_shared<v1::MemberFilter>();
  command
      .add_option_function<std::vector<std::string>>(
          "--status",
          [filter](const std::vector<std::string>& words) {
            for (const std::string& word : words) {
              const auto status = parse_status(word);
              if (!status) {
                throw CLI::ValidationError("--status", "\"" + word +
                                                           "\" is none of alive, suspect, "
                                                           "leaving, left, failed");
              }
              filter->add_statuses(*status);
            }
          },
          "Only these: alive, suspect, leaving, left, failed; comma between several")
      ->delimiter(',')
      ->type_name("STATUS");
  command
      .add_option_function<std::string>(
          "-l,--selector", [filter](const std::string& text) { filter->set_label_selector(text); },
          "Only those whose labels match: role=web,env in (a,b),!old,tier!=db")
      ->type_name("SELECTOR");
  return filter;
}

void add_members(Shell shell) {
  auto* command =
      shell.app.add_subcommand("members", "Who is in the cluster, as this node sees it");
  auto watching = std::make_shared<bool>(false);
  auto format = std::make_shared<Format>();
  command->add_flag("-w,--watch", *watching,
                    "Go on: redraw on a terminal, else a line for each change");
  add_output(*command, *format,
             {Format::table, Format::wide, Format::json, Format::jsonl, Format::name});
  const auto filter = add_filter(*command);
  add_examples(*command,
               "  swimctl members                      all, with status and age\n"
               "  swimctl members -w                   the same, live\n"
               "  swimctl members --status alive -l role=web -o name\n"
               "  swimctl members -o json | jq -r '.members[] | select(.status==\"FAILED\") | "
               ".name'\n");
  command->callback([shell, watching, format, filter] {
    shell.action = [shell, watching, format, filter] {
      return *watching ? live_members(shell.context, *filter, *format)
                       : members(shell.context, *filter, *format);
    };
  });
  add_get(shell);
}

}  // namespace swim::cli
