#include <swim/v1/admin.grpc.pb.h>

#include <CLI/Validators.hpp>
#include <algorithm>
#include <cctype>
#include <memory>
#include <thread>

#include "cli/commands/commands.hpp"
#include "cli/format/json.hpp"
#include "cli/format/names.hpp"
#include "cli/format/times.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

using Admin = v1::AdminService::Stub;

struct Pinging {
  std::string member;
  std::uint64_t count{3};
  std::optional<Nanoseconds> interval;
  Format format{};
};

struct Tally {
  std::uint64_t sent{};
  std::vector<Nanoseconds> answers;
  bool unclear{};  // nothing came, and it is not known who did not answer
};

std::string tally_text(const Tally& tally) {
  std::string text =
      std::to_string(tally.sent) + " sent, " + std::to_string(tally.answers.size()) + " answered";
  if (tally.answers.empty()) {
    return text;
  }
  Nanoseconds sum{};
  for (const Nanoseconds one : tally.answers) {
    sum += one;
  }
  const auto [least, most] = std::minmax_element(tally.answers.begin(), tally.answers.end());
  return text + "; round trip " + measured(*least) + " least, " +
         measured(sum / static_cast<std::int64_t>(tally.answers.size())) + " mean, " +
         measured(*most) + " most";
}

// True if it answered. That the daemon waited for it in vain is no failure of the command; a member
// that is not there is, and a daemon that does not answer itself. Where we wait for less long than
// usual we can't know which of both it was.
Result<bool> ping_once(Context& context, const Connection& connection, const Pinging& pinging,
                       Tally& tally) {
  v1::PingRequest request;
  request.set_member(pinging.member);
  ++tally.sent;
  const auto answer = connection.call(timeout_of(context), &Admin::Ping, request);
  if (!answer) {
    const bool impatient = answer.error().code == ExitCode::timed_out &&
                           answer.error().reason.empty() && timeout_of(context) < usual_timeout;
    if (!impatient && answer.error().reason != "TIMEOUT") {
      return tl::unexpected<Failure>(answer.error());
    }
    tally.unclear = tally.unclear || impatient;
    context.console.note(printable(pinging.member) + ": no answer in time");
    return false;
  }
  const Nanoseconds took = nanoseconds(answer->round_trip());
  tally.answers.push_back(took);
  context.console.out(pinging.format == Format::table
                          ? printable(pinging.member) + ": " + measured(took) + "\n"
                          : to_json(*answer, JsonShape::one_line) + "\n");
  return true;
}

Result<> ping(Context& context, const Pinging& pinging) {
  const auto connection = connect(context, Door::admin);
  if (!connection) {
    return tl::unexpected<Failure>(connection.error());
  }
  Tally tally;
  while (pinging.count == 0 || tally.sent < pinging.count) {
    if (tally.sent > 0) {
      std::this_thread::sleep_for(pinging.interval.value_or(std::chrono::seconds(1)));
    }
    const auto answered = ping_once(context, *connection, pinging, tally);
    if (!answered) {
      return tl::unexpected<Failure>(answered.error());
    }
  }
  if (pinging.format == Format::table && tally.sent > 1) {
    context.console.out(tally_text(tally) + "\n");
  }
  if (tally.answers.empty() && tally.unclear) {
    return failed(ExitCode::timed_out,
                  "no answer in time of " + printable(pinging.member) + " or the daemon",
                  "a longer --timeout tells which of both is silent");
  }
  if (tally.answers.empty()) {
    return failed(ExitCode::timed_out, printable(pinging.member) + " did not answer",
                  "`swimctl explain " + printable(pinging.member) + "` tells what is known of it");
  }
  return {};
}

std::string names(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string text;
  for (const auto& item : items) {
    text += (text.empty() ? "" : ", ") + printable(item);
  }
  return text.empty() ? "none" : text;
}

Result<> reload(Context& context, bool force_keys, Format format) {
  v1::ReloadRequest request;
  request.set_force_keys(force_keys);
  const auto answer = call(context, Door::admin, "reloading", &Admin::Reload, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  if (format == Format::json) {
    context.console.out(to_json(*answer, JsonShape::indented) + "\n");
    return {};
  }
  context.console.out(std::string("keys: ") +
                      (answer->keys_reloaded() ? "taken over\n" : "unchanged\n") +
                      "settings in force now: " + names(answer->applied()) + "\n");
  if (!answer->restart_needed().empty()) {
    context.console.out(
        "changed, but only a restart takes them over: " + names(answer->restart_needed()) + "\n");
  }
  return {};
}

Result<> log_level(Context& context, const std::string& word) {
  std::string upper(word);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  v1::LogLevel level{};
  if (!v1::LogLevel_Parse("LOG_LEVEL_" + upper, &level)) {
    return usage_error("\"" + word + "\" is no log level", "one of debug, info, warn, error");
  }
  v1::SetLogLevelRequest request;
  request.set_level(level);
  const auto answer =
      call(context, Door::admin, "setting the log level", &Admin::SetLogLevel, request);
  if (!answer) {
    return tl::unexpected<Failure>(answer.error());
  }
  context.console.out("log level " + short_name(level) + ", was " + short_name(answer->previous()) +
                      ", until the next reload or restart\n");
  return {};
}

void add_ping(Shell shell) {
  auto* command = shell.app.add_subcommand("ping", "Probe a member, by the cluster's own probe");
  auto pinging = std::make_shared<Pinging>();
  command->add_option("member", pinging->member, "Whom")->required()->type_name("MEMBER");
  command->add_option("-c,--count", pinging->count, "How often; 0 does not end; 3 if not given")
      ->type_name("N");
  add_duration(*command, "-i,--interval", pinging->interval, "Between two; 1s if not given");
  add_output(*command, pinging->format, {Format::table, Format::json});
  add_examples(*command,
               "  swimctl ping web-2.shop\n"
               "  swimctl ping web-2.shop -c 100 -i 10ms\n");
  command->callback([shell, pinging] {
    shell.action = [shell, pinging] { return ping(shell.context, *pinging); };
  });
}

}  // namespace

void add_admin(Shell shell) {
  add_ping(shell);
  auto* command = shell.app.add_subcommand("reload", "Read keys and settings again");
  auto force = std::make_shared<bool>(false);
  auto format = std::make_shared<Format>();
  command->add_flag("--force-keys", *force, "Hand the key ring over even if it looks unchanged");
  add_output(*command, *format, {Format::table, Format::json});
  add_examples(*command, "  swimctl reload\n");
  command->callback([shell, force, format] {
    shell.action = [shell, force, format] { return reload(shell.context, *force, *format); };
  });

  auto* level =
      shell.app.add_subcommand("log-level", "How much the daemon logs, until a reload or restart");
  auto word = std::make_shared<std::string>();
  level->add_option("level", *word, "debug, info, warn or error")->required()->type_name("LEVEL");
  add_examples(*level, "  swimctl log-level debug\n");
  level->callback(
      [shell, word] { shell.action = [shell, word] { return log_level(shell.context, *word); }; });
}

}  // namespace swim::cli
