// Which members a list or a watch is about, and the last event of one that stops matching.
// Pure; immutable, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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
  // Whether the member matches after the event, or did before: so a client that was told of it is
  // told what it has become, once.
  bool concerns(const MemberEvent& event) const;
  // Whether it is the latter alone, or the member is gone: who keeps those that match removes it.
  // Never where everything matches.
  bool no_longer_matches(const MemberEvent& event) const;
  bool matches_everything() const { return statuses_ == all_statuses && selector_.empty(); }
  // Equal for filters that let the same through as far as their text goes.
  const std::string& key() const { return key_; }
  std::uint64_t hash() const { return hash_; }  // of the key; part of resume tokens

 private:
  bool matches(MemberStatus status, const ByteVector& metadata) const;
  bool matches_after(const MemberEvent& event) const;
  bool matched_before(const MemberEvent& event) const;

  static constexpr std::uint32_t all_statuses = 0x1F;
  std::uint32_t statuses_{all_statuses};  // a bit per MemberStatus
  LabelSelector selector_;
  std::string key_;
  std::uint64_t hash_{};
};

}  // namespace swim::server
