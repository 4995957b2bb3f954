#include "cli/format/wait_condition.hpp"

#include <algorithm>
#include <charconv>

#include "cli/format/names.hpp"
#include "cli/text/display.hpp"

namespace swim::cli {
namespace {

std::uint64_t alive(const MemberMap& members) {
  return static_cast<std::uint64_t>(std::count_if(
      members.begin(), members.end(),
      [](const auto& entry) { return entry.second.status() == v1::MEMBER_STATUS_ALIVE; }));
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string_view without_spaces_in_front(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

MemberMap::const_iterator find(const MemberMap& members, const std::string& name) {
  if (name != "self") {
    return members.find(name);
  }
  return std::find_if(members.begin(), members.end(),
                      [](const auto& entry) { return entry.second.local(); });
}

}  // namespace

std::optional<CountCondition> CountCondition::parse(std::string_view text) {
  struct Sign {
    std::string_view text;
    Op op;
  };
  // The longer signs first, so that ">=" is not read as ">".
  constexpr Sign signs[] = {{">=", Op::at_least}, {"<=", Op::at_most}, {"==", Op::equal},
                            {"!=", Op::unequal},  {">", Op::more},     {"<", Op::less},
                            {"=", Op::equal},     {"", Op::equal}};
  for (const Sign& sign : signs) {
    if (text.substr(0, sign.text.size()) != sign.text) {
      continue;
    }
    const auto count = number(without_spaces_in_front(text.substr(sign.text.size())));
    if (!count) {
      return std::nullopt;
    }
    CountCondition condition;
    condition.op_ = sign.op;
    condition.count_ = *count;
    condition.text_ = text;
    return condition;
  }
  return std::nullopt;
}

bool CountCondition::holds(const MemberMap& members) const {
  const std::uint64_t now = alive(members);
  switch (op_) {
    case Op::equal:
      return now == count_;
    case Op::unequal:
      return now != count_;
    case Op::less:
      return now < count_;
    case Op::at_most:
      return now <= count_;
    case Op::more:
      return now > count_;
    case Op::at_least:
      return now >= count_;
  }
  return false;
}

std::string CountCondition::unmet(const MemberMap& members) const {
  return counted(alive(members), "member") + " ALIVE, wanted " + text_;
}

std::optional<MemberCondition> MemberCondition::parse(std::string_view text) {
  const std::size_t sign = text.rfind('=');
  if (sign == std::string_view::npos || sign == 0) {
    return std::nullopt;
  }
  MemberCondition condition;
  condition.name_ = text.substr(0, sign);
  condition.state_ = text.substr(sign + 1);
  if (condition.state_ == "listed") {
    condition.wanted_ = Wanted::listed;
  } else if (condition.state_ == "absent") {
    condition.wanted_ = Wanted::absent;
  } else if (const auto status = parse_status(condition.state_)) {
    condition.status_ = *status;
  } else {
    return std::nullopt;
  }
  return condition;
}

bool MemberCondition::holds(const MemberMap& members) const {
  const auto found = find(members, name_);
  switch (wanted_) {
    case Wanted::status:
      return found != members.end() && found->second.status() == status_;
    case Wanted::listed:
      return found != members.end();
    case Wanted::absent:
      return found == members.end();
  }
  return false;
}

std::string MemberCondition::unmet(const MemberMap& members) const {
  const auto found = find(members, name_);
  const std::string is = found == members.end() ? "not listed" : short_name(found->second.status());
  return printable(name_) + " is " + is + ", wanted " + state_;
}

std::string MemberConditions::unmet(const MemberMap& now) const {
  std::string text;
  const auto check = [&](const auto& conditions) {
    for (const auto& condition : conditions) {
      if (!condition.holds(now)) {
        text += (text.empty() ? "" : "; ") + condition.unmet(now);
      }
    }
  };
  check(counts);
  check(members);
  return text;
}

}  // namespace swim::cli
