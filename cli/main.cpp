#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/first_process.hpp"
#include "cli/text/nearest.hpp"

namespace {

using swim::cli::Action;
using swim::cli::ColorMode;
using swim::cli::Context;
using swim::cli::ExitCode;
using swim::cli::Failure;

constexpr const char* about = "swimctl: see and steer the SWIM member that runs beside you (swimd)";

constexpr const char* lessons =
    "Examples:\n"
    "  swimctl status                       how this node is\n"
    "  swimctl members -w                   who is there, live\n"
    "  swimctl watch -o json                changes, one object a line\n"
    "  swimctl explain web-2.shop           why it was declared failed\n"
    "  swimctl broadcast deploy v42         to everybody; see it by `swimctl subscribe`\n"
    "  swimctl wait --members '>=3' --timeout 30s\n"
    "  swimctl simulate --nodes 200         what these settings would do, before you deploy them\n"
    "\n"
    "Where it looks for the daemon: --endpoint, $SWIM_ENDPOINT, /run/swim/swim.sock,\n"
    "$XDG_RUNTIME_DIR/swim/swim.sock, /tmp/swim-UID/swim.sock. Admin commands (join, leave,\n"
    "force-leave, drain, ping, reload, log-level, keys status) use the admin socket:\n"
    "--admin-endpoint, $SWIM_ADMIN_ENDPOINT, else beside a named endpoint, else\n"
    "/run/swim-admin/admin.sock and admin.sock in the folders above.\n"
    "\n"
    "Exit: 0 well, 1 failed or not so, 2 usage, 3 no daemon reached, 4 timed out.";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

struct Globals {
  std::string color{"auto"};
  bool no_headers{};
};

void add_globals(CLI::App& app, Context& context, Globals& globals) {
  swim::cli::refuse_empty(
      *app.add_option("--endpoint", context.surroundings.endpoint,
                      "The daemon's socket: unix:///path or a path; host:port for a forwarder of "
                      "yours")
           ->type_name("WHERE"));
  swim::cli::refuse_empty(*app.add_option("--admin-endpoint", context.surroundings.admin_endpoint,
                                          "Its admin socket, in the same forms")
                               ->type_name("WHERE"));
  swim::cli::add_duration(app, "--timeout", context.timeout,
                          "How long to wait for an answer; 10s if not given");
  app.add_option("--color", globals.color, "auto, always or never; $NO_COLOR turns auto off")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  app.add_flag("--no-headers", globals.no_headers, "Tables without their first line");
}

std::string group_of(const std::string& command) {
  for (const char* look :
       {"status", "members", "get", "watch", "explain", "wait", "health", "ping", "version"}) {
    if (command == look) {
      return "To look";
    }
  }
  for (const char* talk : {"broadcast", "send", "subscribe", "attach"}) {
    if (command == talk) {
      return "To talk";
    }
  }
  return command == "simulate" ? "To plan" : "To change things";
}

void add_commands(swim::cli::Shell shell) {
  swim::cli::add_status(shell);
  swim::cli::add_members(shell);
  swim::cli::add_watch(shell);
  swim::cli::add_explain(shell);
  swim::cli::add_messages(shell);
  swim::cli::add_subscribe(shell);
  swim::cli::add_wait(shell);
  swim::cli::add_attach(shell);
  swim::cli::add_lifecycle(shell);
  swim::cli::add_admin(shell);
  swim::cli::add_keys(shell);
  swim::cli::add_simulate(shell);
  for (CLI::App* command : shell.app.get_subcommands([](CLI::App*) { return true; })) {
    command->fallthrough();
    command->group(group_of(command->get_name()));
  }
}

int exit_with(const Failure& failure) {
  std::fprintf(stderr, "swimctl: %s%s%s\n", failure.what.c_str(), failure.hint.empty() ? "" : "; ",
               failure.hint.c_str());
  return static_cast<int>(failure.code);
}

std::vector<CLI::App*> commands_of(CLI::App& app) {
  return app.get_subcommands([](CLI::App*) { return true; });
}

// The first word of the command line that no option may own.
std::string first_word(int argc, char** argv) {
  for (int at = 1; at < argc; ++at) {
    std::string word(argv[at]);
    if (!word.empty() && word.front() != '-') {
      return word;
    }
  }
  return "";
}

std::string advice_for(CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* command : commands_of(app)) {
    known.push_back(command->get_name());
  }
  const std::string command = swim::cli::meant(word, known);
  return command.empty() ? "see swimctl --help" : "did you mean `swimctl " + command + "`?";
}

// What to do about a wrong command line: the command that was meant, or whose help to read.
std::string advice(CLI::App& app, int argc, char** argv) {
  const auto used = app.get_subcommands();
  if (!used.empty()) {
    return "see swimctl " + used.front()->get_name() + " --help";
  }
  return advice_for(app, first_word(argc, argv));
}

// A word in the place of a command. Help is asked for by those who are not sure of its name, so
// `--help` behind such a word must not hide that there is no such command.
std::optional<std::string> unknown_command(const CLI::App& app) {
  const auto words = app.remaining();
  if (!app.get_subcommands().empty() || words.empty() || words.front().starts_with('-')) {
    return std::nullopt;
  }
  return words.front();
}

// `--endpoint=$UNSET`: the parser would take the next word, a command perhaps, for the value.
std::optional<std::string> without_value(int argc, char** argv) {
  for (int at = 1; at < argc && std::string_view(argv[at]) != "--"; ++at) {
    for (const char* flag : {"--endpoint=", "--admin-endpoint=", "--out="}) {
      if (std::string_view(argv[at]) == flag) {
        return flag;
      }
    }
  }
  return std::nullopt;
}

int usage(CLI::App& app, Context& context, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() != 0) {
    return exit_with({ExitCode::usage, error.what(), advice(app, argc, argv)});
  }
  if (const auto word = unknown_command(app)) {
    return exit_with(
        {ExitCode::usage, "there is no command '" + *word + "'", advice_for(app, *word)});
  }
  std::ostringstream text;  // --help and its like
  const int code = app.exit(error, text, text);
  context.console.out(text.str());
  return code;
}

int run(int argc, char** argv) {
  Context context;
  context.surroundings.variable = variable;
  context.surroundings.uid = geteuid();
  Globals globals;
  Action action;
  CLI::App app(about, "swimctl");
  app.footer(lessons);
  app.set_version_flag("--version", "swimctl " SWIM_VERSION, "Version of swimctl");
  add_globals(app, context, globals);
  add_commands({app, context, action});
  app.require_subcommand(0, 1);
  if (const auto flag = without_value(argc, argv)) {
    return exit_with({ExitCode::usage, *flag + " is empty", "give a value, or leave the flag out"});
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage(app, context, error, argc, argv);
  }
  if (!action) {
    context.console.out(app.help());
    return static_cast<int>(ExitCode::ok);
  }
  context.headers = !globals.no_headers;
  context.console =
      swim::cli::Console(swim::cli::parse_color_mode(globals.color).value_or(ColorMode::automatic));
  const auto result = action();
  return result ? static_cast<int>(ExitCode::ok) : exit_with(result.error());
}

}  // namespace

int main(int argc, char** argv) {
  swim::cli::end_at_signals_if_first();
  // gRPC's own log would stand between our lines; what it says comes to us as a status too.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  int code = 0;
  try {
    code = run(argc, argv);
  } catch (const std::exception& error) {
    code = exit_with({ExitCode::failed, error.what(), ""});
  }
  // Past the destructors of gRPC's statics: its threads may still run, and nothing is left to save:
  // Console::out flushes.
  std::_Exit(code);
}
