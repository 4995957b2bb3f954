// What `swimctl wait` waits for, besides readiness. Pure.
#pragma once

#include <swim/v1/member.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/format/member_text.hpp"

namespace swim::cli {

// How many members are ALIVE.
class CountCondition {
 public:
  // ">=3", ">3", "=3", "3", "!=3", "<3", "<=3"; nullopt for anything else.
  static std::optional<CountCondition> parse(std::string_view text);
  bool holds(const MemberMap& members) const;
  // "2 members ALIVE, wanted >=3"
  std::string unmet(const MemberMap& members) const;

 private:
  enum class Op : std::uint8_t { equal, unequal, less, at_most, more, at_least };
  Op op_{};
  std::uint64_t count_{};
  std::string text_;
};

// How one member is; `self` is the node that answers.
class MemberCondition {
 public:
  // "web-1=alive" or another status, "web-1=listed", "web-1=absent"; nullopt for anything else.
  static std::optional<MemberCondition> parse(std::string_view text);
  bool holds(const MemberMap& members) const;
  // "web-1 is FAILED, wanted alive"
  std::string unmet(const MemberMap& members) const;

 private:
  enum class Wanted : std::uint8_t { status, listed, absent };
  std::string name_;
  std::string state_;
  Wanted wanted_{};
  v1::MemberStatus status_{};
};

struct MemberConditions {
  std::vector<CountCondition> counts;
  std::vector<MemberCondition> members;

  bool empty() const { return counts.empty() && members.empty(); }
  bool hold(const MemberMap& now) const { return unmet(now).empty(); }
  // All that does not hold yet, in words; empty if all do.
  std::string unmet(const MemberMap& now) const;
};

}  // namespace swim::cli
