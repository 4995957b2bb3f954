// The origin runs whose broadcasts this node follows: by boot, and by name in the order of their
// runs. A run is made with its first sign (a message, a mark); until then its record says all.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/broadcast_order.hpp"
#include "core/engine/record.hpp"

namespace swim::engine {

struct BroadcastRun {
  BroadcastRun(std::string name, std::uint64_t boot, std::uint64_t baseline)
      : origin(std::make_shared<const OriginRun>(OriginRun{std::move(name), boot})),
        order(baseline) {}

  std::shared_ptr<const OriginRun> origin;
  BroadcastOrder order;
  std::vector<std::uint64_t> older, newer;  // other runs of the name, the oldest first
  Slot teller{no_slot};                     // whose mark was the last news
  TimePoint changed{};                      // when something was last heard of it
  TimePoint pulled{};                       // when a part of a payload last came
  std::size_t place{};                      // in the walk
  bool troubled{};                          // something of it is missing or waits
};

class BroadcastRuns {
 public:
  BroadcastRun* find(std::uint64_t boot);
  const BroadcastRun* find(std::uint64_t boot) const;
  // One that is not there yet. `later`: the runs of the name that came after it.
  BroadcastRun& add(std::string_view name, std::uint64_t boot, std::uint64_t baseline,
                    std::span<const std::uint64_t> later);
  void remove(std::uint64_t boot);
  // The runs of a name, the oldest first.
  std::vector<std::uint64_t> of(std::string_view name) const;

  std::size_t size() const { return walk_.size(); }
  BroadcastRun& at(std::size_t place) { return *walk_[place]; }

 private:
  void renew_order(const std::vector<std::uint64_t>& boots);

  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<BroadcastRun>> runs_;
  boost::unordered_flat_map<std::string, std::vector<std::uint64_t>> names_;
  std::vector<BroadcastRun*> walk_;  // never by hash: walks are the same in each run
};

}  // namespace swim::engine
