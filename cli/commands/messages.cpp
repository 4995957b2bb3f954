#include <swim/v1/messaging.grpc.pb.h>

#include <array>
#include <cstdio>
#include <memory>

#include "cli/commands/broadcast_lines.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/payload.hpp"
#include "cli/format/json.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using Messaging = v1::MessagingService::Stub;

struct Message {
  std::string member;
  std::string topic;
  std::string data;
  std::string supersede;
  std::string request_id;
  bool best_effort{};
  bool lines{};
  Format format{};
};

bool is_json(Format format) {
  return format == Format::json;
}

Result<> broadcast(Context& context, const Message& message) {
  if (message.lines) {
    return broadcast_lines(context, {message.topic, message.supersede, is_json(message.format)});
  }
  const auto payload = payload_of(message.data);
  if (!payload) {
    return tl::unexpected<Failure>(payload.error());
  }
  v1::BroadcastRequest request;
  request.set_topic(message.topic);
  request.set_payload(*payload);
  request.set_supersede_key(message.supersede);
  const auto answer = call(context, Door::app, "broadcasting", &Messaging::Broadcast, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out(is_json(message.format)
                          ? to_json(*answer, JsonShape::indented) + "\n"
                          : "queued " + counted(payload->size(), "byte") + " for all members\n");
  return {};
}

Result<> send(Context& context, const Message& message) {
  const auto payload = payload_of(message.data);
  if (!payload) {
    return tl::unexpected<Failure>(payload.error());
  }
  v1::SendRequest request;
  request.set_member(message.member);
  request.set_topic(message.topic);
  request.set_payload(*payload);
  request.set_request_id(message.request_id);
  request.set_delivery(message.best_effort ? v1::DELIVERY_BEST_EFFORT : v1::DELIVERY_ACKNOWLEDGED);
  const auto answer = call(context, Door::app, "sending", &Messaging::Send, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  if (is_json(message.format)) {
    context.console.out(to_json(*answer, JsonShape::indented) + "\n");
    return {};
  }
  const std::string to = printable(message.member);
  context.console.out(message.best_effort ? "sent to " + to + ", one datagram, nobody confirms it\n"
                                          : to + " has it, in " +
                                                measured(nanoseconds(answer->round_trip())) + "\n");
  return {};
}

CLI::Option* add_data(CLI::App& command, Message& message) {
  command.add_option("topic", message.topic, "What subscribers select by")
      ->required()
      ->type_name("TOPIC");
  return command
      .add_option("data", message.data, "The payload, `-` for standard input; none: empty")
      ->type_name("DATA|-");
}

void add_send(Shell shell) {
  auto* command = shell.app.add_subcommand("send", "A message to one member");
  auto message = std::make_shared<Message>();
  command->add_option("member", message->member, "To whom; `self` is this node")
      ->required()
      ->type_name("MEMBER");
  add_data(*command, *message);
  command->add_flag("--best-effort", message->best_effort,
                    "One datagram, nobody confirms it; else the other daemon must take it");
  command
      ->add_option("--request-id", message->request_id,
                   "A UUID: sent again with the same one, the message is taken once")
      ->type_name("UUID");
  add_output(*command, message->format, {Format::table, Format::json});
  add_examples(*command,
               "  swimctl send web-2.shop jobs.run '{\"id\":7}'\n"
               "  tar c conf | swimctl send web-2.shop conf -\n");
  command->callback([shell, message] {
    shell.action = [shell, message] { return send(shell.context, *message); };
  });
}

}  // namespace

Result<std::string> payload_of(const std::string& data) {
  if (data != "-") {
    return data;
  }
  // More than any limit of the API: the daemon names the limit, this only keeps memory in bounds.
  constexpr std::size_t most = 16U << 20U;
  std::string payload;
  std::array<char, 65536> buffer{};
  std::size_t size = 0;
  while ((size = std::fread(buffer.data(), 1, buffer.size(), stdin)) > 0) {
    payload.append(buffer.data(), size);
    if (payload.size() > most) {
      return failed(ExitCode::failed, "more than 16 MiB on standard input",
                    "`swimctl status` shows the largest payloads");
    }
  }
  if (std::ferror(stdin) != 0) {
    return failed(ExitCode::failed, "can't read standard input");
  }
  return payload;
}

void add_messages(Shell shell) {
  auto* command = shell.app.add_subcommand("broadcast", "A message to all members");
  auto message = std::make_shared<Message>();
  auto* data = add_data(*command, *message);
  command
      ->add_flag("--lines", message->lines,
                 "Each line of standard input is a message, until it ends; slows down who writes")
      ->excludes(data);
  command
      ->add_option("--supersede-key", message->supersede,
                   "Replaces a message of this node with the same key that was not sent yet")
      ->type_name("KEY");
  add_output(*command, message->format, {Format::table, Format::json});
  add_examples(*command,
               "  swimctl broadcast deploy v42\n"
               "  date | swimctl broadcast clock -\n"
               "  tail -f app.log | swimctl broadcast log --lines\n");
  command->callback([shell, message] {
    shell.action = [shell, message] { return broadcast(shell.context, *message); };
  });
  add_send(shell);
}

}  // namespace swim::cli
