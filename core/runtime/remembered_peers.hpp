// Where the other members were last seen, kept through restarts in a file where `snapshot.path` is
// set: contacted at the start, until each was met or called once, and whenever this node is alone
// (DESIGN §4.4). Addresses only: what was believed of a member is not remembered.
//
// Engine thread only; the file is written by a thread of its own, which nobody waits for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/engine/event.hpp"
#include "core/engine/peer_calls.hpp"
#include "core/engine/peer_list.hpp"
#include "core/engine/snapshot.hpp"

namespace swim::runtime {

class RememberedPeers {
 public:
  struct Hooks {
    std::function<TimePoint()> now;
    // Hands work to the engine thread, from any thread; ignored once the loop is gone.
    std::function<void(std::function<void()>)> post;
    std::function<void(std::vector<Endpoint>, std::function<void(std::vector<SeedResult>)>)> join;
    std::function<bool(const Endpoint&)> is_self;
    std::function<void(int level, const std::string&)> log;
  };
  struct Counts {
    std::uint64_t written{}, failed{};
  };

  // `path` empty: nothing is kept on disk.
  RememberedPeers(Hooks hooks, std::string path, std::string cluster_label);
  ~RememberedPeers();
  RememberedPeers(const RememberedPeers&) = delete;
  RememberedPeers& operator=(const RememberedPeers&) = delete;

  // Reads the file; before the loop runs. A bad one is a warning and no more.
  void load();
  // As PeerList::on_event.
  void on_event(const MemberEvent& event) { peers_.on_event(event); }
  // What is due: calls, or the file.
  void on_time(const Snapshot& snapshot);
  std::optional<TimePoint> next_due() const;

  std::size_t size() const { return peers_.all().size(); }
  const Counts& counts() const { return counts_; }

 private:
  struct Writer;
  void call(const Snapshot& snapshot);
  void save();
  void saved(const std::string& problem);

  Hooks hooks_;
  std::string path_;
  std::string cluster_label_;
  PeerList peers_;
  PeerCalls calls_;
  bool changed_{};  // since the file was written
  bool writing_{};
  bool told_{};  // the log knows that the file can't be written
  TimePoint look_due_{};
  TimePoint write_due_{};
  Counts counts_;
  std::shared_ptr<Writer> writer_;
};

}  // namespace swim::runtime
