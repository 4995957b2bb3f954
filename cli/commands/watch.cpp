#include <google/protobuf/util/time_util.h>

#include <memory>
#include <utility>

#include "cli/commands/live_members.hpp"
#include "cli/commands/member_filter.hpp"
#include "cli/commands/member_stream.hpp"
#include "cli/format/event_text.hpp"
#include "cli/format/json.hpp"
#include "cli/format/member_view.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

std::string clock_now() {
  return local_clock(google::protobuf::util::TimeUtil::NanosecondsToTimestamp(wall_now().count()));
}

class Printer {
 public:
  Printer(Context& context, const WatchOptions& options) : context_(context), options_(options) {}

  Next print(const v1::WatchMembersResponse& response) {
    const auto snapshot = view_.apply(response);
    if (snapshot) {
      print_snapshot(*snapshot, response.revision());
    }
    for (const auto& event : response.events().events()) {
      print_event(event);
      if (options_.count > 0 && ++printed_ >= options_.count) {
        return Next::stop;
      }
    }
    return Next::more;
  }

 private:
  void print_snapshot(const MemberView::Snapshot& snapshot, std::uint64_t revision) {
    const Style& style = context_.console.style();
    // After --resume-token changes come without the members that did not change.
    const MemberMap* before = std::exchange(known_, true) ? &snapshot.before : nullptr;
    switch (options_.format) {
      case Format::json:
      case Format::jsonl:
        context_.console.out(snapshot_json(snapshot.reason, revision, view_.members()) + "\n");
        return;
      case Format::name:
        return;
      default:
        break;
    }
    if (options_.table_first && snapshot.reason == v1::MemberSnapshot::REASON_INITIAL) {
      const Width width = options_.format == Format::wide ? Width::wide : Width::narrow;
      context_.console.out(
          member_table(view_.members(), width, wall_now()).render(style, context_.headers));
      return;
    }
    for (const auto& line :
         snapshot_lines(snapshot.reason, before, view_.members(), clock_now(), style)) {
      context_.console.out(line + "\n");
    }
  }

  void print_event(const v1::MemberEvent& event) {
    switch (options_.format) {
      case Format::json:
      case Format::jsonl:
        context_.console.out(event_json(event) + "\n");
        break;
      case Format::name:
        context_.console.out(printable(event.member().name()) + "\n");
        break;
      default:
        context_.console.out(event_line(event, wall_now(), context_.console.style()) + "\n");
    }
  }

  Context& context_;
  const WatchOptions& options_;
  MemberView view_;
  bool known_{};  // a snapshot was whole
  std::uint64_t printed_{};
};

}  // namespace

Result<> watch(Context& context, const WatchOptions& options) {
  Printer printer(context, options);
  return member_stream(context, options.filter, options.resume_token,
                       [&printer](const v1::WatchMembersResponse& response) {
                         return printer.print(response);
                       })
      .run();
}

void add_watch(Shell shell) {
  auto* command = shell.app.add_subcommand("watch", "Changes of members, as they happen");
  auto options = std::make_shared<WatchOptions>();
  add_output(*command, options->format, {Format::table, Format::json, Format::jsonl, Format::name});
  const auto filter = add_filter(*command);
  command->add_option("-n,--count", options->count, "End after so many changes")->type_name("N");
  command
      ->add_option("--resume-token", options->resume_token,
                   "Go on where `members -o json` (its resumeToken) was made")
      ->type_name("TOKEN");
  add_examples(
      *command,
      "  swimctl watch\n"
      "  swimctl watch -o json | jq -c 'select(.type==\"FAILED\") | [.eventTime, .name, .reason]'\n"
      "  swimctl watch -l role=db -n 1        wait for the next change of a database\n"
      "\nWith -o json each line is an object: the first has type SNAPSHOT and all members, the\n"
      "others type, reason, name, previousStatus, eventTime, revision, accuser, member, app,\n"
      "noLongerMatches. The last is true where a member leaves those that -l and --status select:\n"
      "of it nothing more is said until it is one of them again. When the daemon restarts, watch\n"
      "comes back by itself, and a new SNAPSHOT says that it did.\n");
  command->callback([shell, options, filter] {
    shell.action = [shell, options, filter] {
      options->filter = *filter;
      return watch(shell.context, *options);
    };
  });
}

}  // namespace swim::cli
