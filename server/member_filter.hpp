// Which members a list or a watch is about, and the last event of one that stops matching.
// Pure. A filter is used by one stream at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/engine/event.hpp"
#include "core/engine/member.hpp"
#include "server/label_selector.hpp"

namespace swim::server {

class MemberFilter {
 public:
  // No statuses: all of them. The error is a half sentence about the selector.
  static Parsed<MemberFilter> make(const std::vector<MemberStatus>& statuses,
                                   std::string_view label_selector);

  bool matches(const MemberInfo& member) const;
  bool matches_everything() const { return statuses_ == all_statuses && selector_.empty(); }
  // Equal for filters that let the same through as far as their text goes; part of resume tokens.
  std::uint64_t hash() const { return hash_; }

 private:
  static constexpr std::uint32_t all_statuses = 0x1F;
  std::uint32_t statuses_{all_statuses};  // a bit per MemberStatus
  LabelSelector selector_;
  std::uint64_t hash_{};
};

// What a watcher with a filter has been shown, so that the event by which a member stops matching
// still goes to it, once.
class FilteredView {
 public:
  explicit FilteredView(MemberFilter filter) : filter_(std::move(filter)) {}

  const MemberFilter& filter() const { return filter_; }
  // A new snapshot starts: the client forgets what it had.
  void clear();
  // The client goes on with what it has, and we don't know which members that are: the first event
  // of each goes through whether it matches or not.
  void resume();
  // Both say whether the client is to hear of it.
  bool show(const MemberInfo& member);
  bool show(const MemberEvent& event);

 private:
  MemberFilter filter_;
  // Both stay empty while the filter lets everything through.
  std::unordered_set<std::string> shown_;
  bool resumed_{};
  std::unordered_set<std::string> settled_;  // since the resume; not needed otherwise
};

}  // namespace swim::server
