// The commands, a file for each group. Each adds itself to the parser; when it was chosen on the
// command line it leaves in `action` what is to be run.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace swim::cli {

using Action = std::function<Result<>()>;

struct Shell {
  CLI::App& app;
  Context& context;
  Action& action;
};

void add_status(Shell shell);    // status, version
void add_members(Shell shell);   // members, get
void add_watch(Shell shell);     // watch
void add_explain(Shell shell);   // explain
void add_wait(Shell shell);      // wait, health
void add_messages(Shell shell);  // broadcast, send
void add_subscribe(Shell shell);
void add_lifecycle(Shell shell);  // join, leave, force-leave, drain
void add_admin(Shell shell);      // ping, reload, log-level
void add_keys(Shell shell);       // keys generate, keys status
void add_attach(Shell shell);
void add_simulate(Shell shell);

// What -o takes.
enum class Format : std::uint8_t { table, wide, json, jsonl, name, raw };

// Adds -o with these forms, the first one the default.
void add_output(CLI::App& command, Format& format, std::initializer_list<Format> allowed);

// An option whose value is a duration, like 500ms.
CLI::Option* add_duration(CLI::App& command, const std::string& name,
                          std::optional<Nanoseconds>& value, const std::string& about);

// Refuses an empty value: what a script's unset variable leaves must not count as "not given".
void refuse_empty(CLI::Option& option);
// A place for any number of words, each taken as it was typed: lists of the parser's own kind take
// "[a,b]" for two values.
CLI::Option* add_words(CLI::App& command, const std::string& name, std::vector<std::string>& words,
                       const std::string& about);
// An option that may be repeated, its values taken as they were typed.
CLI::Option* add_repeated(CLI::App& command, const std::string& name,
                          std::function<void(const std::string&)> take, const std::string& about);

// Examples at the end of a command's help, one "command   what it does" a line.
void add_examples(CLI::App& command, const std::string& text);

}  // namespace swim::cli
