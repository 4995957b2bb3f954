// What a watcher is told, in order: a snapshot in parts, then the events behind it; a new snapshot
// where the events it would need are gone (DESIGN §7). A cursor; what it sends comes from the
// selection that all watchers with its filter share. Knows no gRPC call; one thread at a time.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/engine/snapshot.hpp"
#include "server/selections.hpp"
#include "server/stream_gate.hpp"
#include "swim/v1/membership.pb.h"

namespace swim::server {

// Where views come from. An event is in the log before the snapshot with its revision is there, and
// its position is its revision: so a snapshot at r and the log behind r have no hole between them.
using SnapshotSource = std::function<std::shared_ptr<const Snapshot>()>;

class WatchFeed {
 public:
  using Response = grpc::ByteBuffer;  // of a WatchMembersResponse

  static constexpr std::size_t members_per_part = 500;

  // `gate` counts; it must outlive the feed, as must the log of `selection`.
  WatchFeed(SnapshotSource snapshot, StreamGate& gate, std::shared_ptr<MemberSelection> selection,
            const std::string& token);

  bool next(Response& response);
  bool behind() const { return behind_; }
  void bookmark(Response& response);
  std::shared_ptr<Audience> audience() const { return selection_; }

 private:
  using Reason = ::swim::v1::MemberSnapshot::Reason;

  void start_snapshot(Reason reason);
  void next_part(Response& response);

  SnapshotSource source_;
  StreamGate& gate_;
  std::shared_ptr<MemberSelection> selection_;
  std::uint64_t cursor_{};  // position of the last event that the client has, or doesn't want
  Reason overrun_reason_;   // until the first read succeeds it is the token's fault
  // While a snapshot is sent:
  std::shared_ptr<const Snapshot> snapshot_;
  Reason reason_{};
  std::size_t at_{};
  bool behind_{};
};

}  // namespace swim::server
