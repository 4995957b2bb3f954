#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "cli/commands/commands.hpp"

namespace swim::cli {
namespace {

constexpr std::array<std::pair<Format, const char*>, 6> names{{{Format::table, "table"},
                                                               {Format::wide, "wide"},
                                                               {Format::json, "json"},
                                                               {Format::jsonl, "jsonl"},
                                                               {Format::name, "name"},
                                                               {Format::raw, "raw"}}};

std::string name_of(Format format) {
  for (const auto& [known, name] : names) {
    if (known == format) {
      return name;
    }
  }
  return {};
}

}  // namespace

void add_output(CLI::App& command, Format& format, std::initializer_list<Format> allowed) {
  format = *allowed.begin();
  std::vector<std::string> words;
  for (const Format one : allowed) {
    words.push_back(name_of(one));
  }
  command
      .add_option_function<std::string>(
          "-o,--output",
          [&format](const std::string& text) {
            for (const auto& [known, name] : names) {
              if (text == name) {
                format = known;
              }
            }
          },
          "How to print it; " + words.front() + " if not given")
      ->type_name("FORM")
      ->check(CLI::IsMember(words));
}

CLI::Option* add_duration(CLI::App& command, const std::string& name,
                          std::optional<Nanoseconds>& value, const std::string& about) {
  return command
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            value = parse_duration(text);
            if (!value) {
              throw CLI::ValidationError(name, "\"" + text +
                                                   "\" is not a duration; write a number and a "
                                                   "unit, as in 500ms, 10s or 1m30s");
            }
          },
          about)
      ->type_name("DURATION");
}

void refuse_empty(CLI::Option& option) {
  option.check([](const std::string& text) {
    return text.empty() ? std::string("is empty; give a value, or leave the flag out")
                        : std::string();
  });
}

CLI::Option* add_words(CLI::App& command, const std::string& name, std::vector<std::string>& words,
                       const std::string& about) {
  const CLI::callback_t take = [&words](const CLI::results_t& typed) {
    words = typed;
    return true;
  };
  // Without allow_extra_args() it eats words only while it has fewer than it expects, and with
  // take_all() nothing asks in the end whether it got those.
  constexpr int many = CLI::detail::expected_max_vector_size;
  return command.add_option(name, take, about)->take_all()->expected(many, many);
}

CLI::Option* add_repeated(CLI::App& command, const std::string& name,
                          std::function<void(const std::string&)> take, const std::string& about) {
  const CLI::callback_t take_all = [take = std::move(take)](const CLI::results_t& typed) {
    std::for_each(typed.begin(), typed.end(), take);
    return true;
  };
  return command.add_option(name, take_all, about)->take_all();
}

void add_examples(CLI::App& command, const std::string& text) {
  command.footer("Examples:\n" + text +
                 "\nFlags that every command takes (--endpoint, --timeout, --color …): swimctl "
                 "--help");
}

}  // namespace swim::cli
