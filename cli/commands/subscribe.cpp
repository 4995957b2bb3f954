#include <swim/v1/messaging.grpc.pb.h>

#include <memory>

#include "cli/commands/commands.hpp"
#include "cli/follow.hpp"
#include "cli/format/message_text.hpp"

namespace swim::cli {
namespace {

using MessageStream = Follower<v1::SubscribeRequest, v1::SubscribeResponse>;

struct Options {
  std::vector<std::string> topics;
  bool include_own{};
  std::uint64_t count{};
  std::string delimiter{"\n"};
  Format format{Format::table};
};

class Printer {
 public:
  Printer(Context& context, const Options& options) : context_(context), options_(options) {}

  Next print(const v1::SubscribeResponse& response) {
    for (const auto& message : response.messages().messages()) {
      print(message);
      if (options_.count > 0 && ++printed_ >= options_.count) {
        return Next::stop;
      }
    }
    if (response.has_gap()) {
      aside(gap_text(response.gap()), gap_json(response.gap()));
    }
    if (response.has_reset()) {
      aside(reset_text(response.reset()), reset_json(response.reset()));
    }
    return Next::more;
  }

 private:
  bool json() const { return options_.format == Format::json || options_.format == Format::jsonl; }

  void print(const v1::ReceivedMessage& message) {
    if (json()) {
      context_.console.out(message_json(message) + "\n");
    } else if (options_.format == Format::raw) {
      context_.console.out(message.payload() + options_.delimiter);
    } else {
      context_.console.out(message_line(message, wall_now(), context_.console.style()) + "\n");
    }
  }

  // What is no message: among the objects of JSON, else on standard error, away from payloads.
  void aside(const std::string& text, const std::string& object) {
    if (json()) {
      context_.console.out(object + "\n");
    } else {
      context_.console.note(text);
    }
  }

  Context& context_;
  const Options& options_;
  std::uint64_t printed_{};
};

Result<> subscribe(Context& context, const Options& options) {
  if (options.format == Format::raw && context.console.out_is_terminal()) {
    return usage_error("-o raw writes payloads as they are, and a terminal would obey them",
                       "pipe it into what reads them, as in `-o raw | xxd`, or leave -o raw out");
  }
  v1::SubscribeRequest request;
  request.mutable_topics()->Assign(options.topics.begin(), options.topics.end());
  request.set_include_own(options.include_own);
  Printer printer(context, options);
  return MessageStream(
             context, std::move(request),
             [](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext* call,
                const v1::SubscribeRequest& asked) {
               v1::MessagingService::Stub stub(channel);
               return stub.Subscribe(call, asked);
             },
             [&printer](const v1::SubscribeResponse& response) { return printer.print(response); })
      .run();
}

}  // namespace

void add_subscribe(Shell shell) {
  auto* command = shell.app.add_subcommand("subscribe", "Messages that arrive at this node");
  auto options = std::make_shared<Options>();
  add_words(*command, "topics", options->topics, "Only these; orders.* is a prefix; none: all")
      ->type_name("TOPIC");
  add_output(*command, options->format, {Format::table, Format::json, Format::jsonl, Format::raw});
  command->add_flag("--include-own", options->include_own, "Also what this node broadcasts itself");
  command->add_option("-n,--count", options->count, "End after so many messages")->type_name("N");
  command
      ->add_option("--delimiter", options->delimiter,
                   "With -o raw: what follows each payload; a newline if not given")
      ->type_name("TEXT");
  add_examples(
      *command,
      "  swimctl subscribe                     everything, a line each\n"
      "  swimctl subscribe 'orders.*' -o json | jq -r .text\n"
      "  swimctl subscribe conf -n 1 -o raw --delimiter '' | tar x\n"
      "\nWith -o json each line is an object of type MESSAGE, GAP (messages were lost) or\n"
      "RESET (the daemon restarted); payload is base64, text stands there if it is UTF-8.\n"
      "-o raw is for a pipe or a file: payloads are bytes that a terminal would obey.\n");
  command->callback([shell, options] {
    shell.action = [shell, options] { return subscribe(shell.context, *options); };
  });
}

}  // namespace swim::cli
