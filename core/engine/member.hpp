// A member as the outside sees it: immutable values, safe to share across threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/wire/apps.hpp"
#include "core/wire/claim.hpp"

namespace swim {

enum class MemberStatus : std::uint8_t { alive, suspect, leaving, left, failed };

// Upper case, as in the API: "ALIVE", "SUSPECT", "LEAVING", "LEFT", "FAILED".
std::string_view to_string(MemberStatus status);

inline bool is_over(MemberStatus status) {
  return status == MemberStatus::left || status == MemberStatus::failed;
}

// One record, replaced as a whole when something public changes.
struct MemberInfo {
  std::string name;
  Endpoint address;
  MemberStatus status{MemberStatus::alive};
  Incarnation incarnation;  // of the claim
  ByteVector metadata;      // encoded labels, core/wire/labels.hpp
  std::string zone;
  wire::AppStates apps;     // attached to it, or lost
  WallTime status_since{};  // our clock, when this node saw the status change
  LeftReason left_reason{LeftReason::none};
  bool local{};              // this node itself
  std::uint64_t revision{};  // of the view, when this record last changed publicly
};

using MemberPtr = std::shared_ptr<const MemberInfo>;

}  // namespace swim
