// Joining (DESIGN §4.4): up to 8 seeds dialled at once, done after 3 accept, one result an address.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/engine/engine.hpp"
#include "core/engine/timers.hpp"

namespace swim::engine {

struct Core;

class Join {
 public:
  explicit Join(Core& core) : core_(core) {}

  Expected<OperationId> begin(std::span<const Endpoint> seeds);
  // How one contact ended. `member`: who it was, where it proved that it has the key.
  void on_result(OperationId operation, SeedResult result);
  void on_timer(OperationId operation);
  std::size_t pending() const { return attempts_.size(); }

 private:
  struct Attempt {
    std::deque<Endpoint> waiting;
    std::map<std::uint64_t, Endpoint> dialling;  // by stream
    std::vector<SeedResult> results;
    std::size_t accepted{};
    TimerId timer{no_timer};
  };
  void dial_more(std::uint64_t id, Attempt& attempt);
  void finish(std::uint64_t id);

  Core& core_;
  std::map<std::uint64_t, Attempt> attempts_;  // by operation
};

}  // namespace swim::engine
