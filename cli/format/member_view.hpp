// The members as a watch tells them: the three rules of WatchMembers in one place. Pure.
#pragma once

#include <swim/v1/membership.pb.h>

#include <optional>

#include "cli/format/member_text.hpp"

namespace swim::cli {

class MemberView {
 public:
  struct Snapshot {
    v1::MemberSnapshot::Reason reason{};
    MemberMap before;  // what was known until then
  };

  // Takes a response in. A value when it completed a snapshot: only then are members() whole.
  std::optional<Snapshot> apply(const v1::WatchMembersResponse& response);
  // False until the first snapshot is complete, and while a later one comes in.
  bool whole() const { return whole_; }
  const MemberMap& members() const { return members_; }

 private:
  std::optional<Snapshot> apply(const v1::MemberSnapshot& part);

  MemberMap members_;
  MemberMap before_;
  bool whole_{};
};

}  // namespace swim::cli
