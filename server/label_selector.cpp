#include "server/label_selector.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace swim::server {

class LabelSelector::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Parsed<std::vector<Requirement>> parse() {
    std::vector<Requirement> requirements;
    skip_spaces();
    while (error_.empty() && !at_end()) {
      if (requirements.size() == requirements_max) {
        error_ = "holds more than " + std::to_string(requirements_max) + " requirements";
        break;
      }
      requirements.push_back(requirement());
      if (error_.empty() && !at_end() && !take(",")) {
        expected("a comma");
      } else if (error_.empty() && at_end() && text_.substr(0, at_).ends_with(',')) {
        expected("another requirement");
      }
    }
    if (!error_.empty()) {
      return tl::unexpected(error_);
    }
    return requirements;
  }

 private:
  Requirement requirement() {
    Requirement result;
    if (take("!")) {
      result.op = Operator::absent;
      result.key = word("a label's key");
      return result;
    }
    result.key = word("a label's key");
    if (take("!=")) {
      result.op = Operator::none_of;
      add_value(result.values, word_or_nothing());
    } else if (take("==") || take("=")) {
      result.op = Operator::one_of;
      add_value(result.values, word_or_nothing());
    } else if (const std::string_view name = keyword(); !name.empty()) {
      result.op = name == "in" ? Operator::one_of : Operator::none_of;
      result.values = list();
    }
    return result;
  }

  std::vector<std::string> list() {
    std::vector<std::string> values;
    if (!take("(")) {
      expected("an opening bracket");
      return values;
    }
    do {
      add_value(values, word("a value"));
    } while (error_.empty() && take(","));
    if (error_.empty() && !take(")")) {
      expected("a comma or a closing bracket");
    }
    return values;
  }

  void add_value(std::vector<std::string>& values, std::string value) {
    if (values_ == values_max && error_.empty()) {
      error_ = "names more than " + std::to_string(values_max) + " values";
    }
    if (error_.empty()) {
      values.push_back(std::move(value));
      ++values_;
    }
  }

  std::string_view keyword() {
    for (const std::string_view name : {"notin", "in"}) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with(name) && (rest.size() == name.size() || !is_word(rest[name.size()]))) {
        at_ += name.size();
        skip_spaces();
        return name;
      }
    }
    return {};
  }

  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-' ||
           c == '/' || c == ':';
  }

  std::string word_or_nothing() {
    const std::size_t first = at_;
    while (!at_end() && is_word(text_[at_])) {
      ++at_;
    }
    std::string found(text_.substr(first, at_ - first));
    skip_spaces();
    return found;
  }

  std::string word(const char* what) {
    std::string found = word_or_nothing();
    if (found.empty()) {
      expected(what);
    }
    return found;
  }

  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) {
      return false;
    }
    at_ += token.size();
    skip_spaces();
    return true;
  }

  void expected(const char* what) {
    if (error_.empty()) {
      error_ = "expected " + std::string(what) + " at character " + std::to_string(at_ + 1) +
               " of \"" + std::string(text_) + "\"";
    }
  }

  void skip_spaces() {
    while (!at_end() && text_[at_] == ' ') {
      ++at_;
    }
  }
  bool at_end() const { return at_ == text_.size(); }

  std::string_view text_;
  std::size_t at_{};
  std::size_t values_{};  // of all requirements so far
  std::string error_;
};

Parsed<LabelSelector> LabelSelector::parse(std::string_view text) {
  if (text.size() > text_bytes_max) {
    return tl::unexpected("is " + std::to_string(text.size()) + " bytes long; the most is " +
                          std::to_string(text_bytes_max));
  }
  auto requirements = Parser(text).parse();
  if (!requirements) {
    return tl::unexpected(requirements.error());
  }
  LabelSelector selector;
  selector.requirements_ = std::move(*requirements);
  return selector;
}

bool LabelSelector::matches(const wire::Labels& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& wanted) {
    const auto found = labels.find(wanted.key);
    const bool present = found != labels.end();
    const auto listed = [&] {
      return std::find(wanted.values.begin(), wanted.values.end(), found->second) !=
             wanted.values.end();
    };
    switch (wanted.op) {
      case Operator::exists:
        return present;
      case Operator::absent:
        return !present;
      case Operator::one_of:
        return present && listed();
      case Operator::none_of:
        return !present || !listed();
    }
    return false;
  });
}

}  // namespace swim::server
