// What a watcher is told, in order: a snapshot in parts, then the events behind it; a new snapshot
// where the events it would need are gone (DESIGN §7). Knows no gRPC call; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/engine/event.hpp"
#include "core/engine/snapshot.hpp"
#include "core/runtime/event_log.hpp"
#include "server/member_filter.hpp"
#include "server/stream_gate.hpp"
#include "swim/v1/membership.pb.h"

namespace swim::server {

// Where views come from. An event is in the log before the snapshot with its revision is there, and
// its position is its revision: so a snapshot at r and the log behind r have no hole between them.
struct ViewSource {
  std::function<std::shared_ptr<const Snapshot>()> snapshot;
  runtime::EventLog<MemberEvent>* events{};
  std::uint64_t boot{};  // of this process, for tokens
};

class WatchFeed {
 public:
  using Response = ::swim::v1::WatchMembersResponse;

  static constexpr std::size_t members_per_part = 500;
  static constexpr std::size_t events_per_batch = 256;

  // `gate` counts; it must outlive the feed, as must the log of `source`.
  WatchFeed(ViewSource source, StreamGate& gate, MemberFilter filter, const std::string& token);

  bool next(Response& response);
  bool behind() const { return behind_; }
  void bookmark(Response& response);

 private:
  using Reason = ::swim::v1::MemberSnapshot::Reason;

  void start_snapshot(Reason reason);
  void next_part(Response& response);
  std::string token_at(std::uint64_t position) const;

  ViewSource source_;
  StreamGate& gate_;
  FilteredView view_;
  std::uint64_t cursor_{};  // position of the last event that the client has
  Reason overrun_reason_;   // until the first read succeeds it is the token's fault
  // While a snapshot is sent:
  std::shared_ptr<const Snapshot> snapshot_;
  Reason reason_{};
  std::size_t at_{};
  bool behind_{};
};

}  // namespace swim::server
