#include "server/http_source.hpp"

#include <algorithm>
#include <utility>

namespace swim::server {

NodeSource source_of(runtime::Runtime& runtime) {
  return NodeSource{
      .node_name = runtime.node_name(),
      .cluster_label = runtime.cluster_label(),
      .snapshot = [&runtime] { return runtime.snapshot(); },
      .view = [&runtime] { return runtime.view(); },
      .last_events =
          [&runtime](std::size_t count) {
            const auto& log = runtime.events();
            const std::uint64_t last = log.last();
            auto read = log.read_after(last - std::min<std::uint64_t>(last, count), count);
            if (read.overrun) {  // the ring is shorter than that
              read = log.read_after(read.first - 1, count);
            }
            std::vector<MemberEvent> events;
            for (const auto& entry : read.entries) {
              events.push_back(entry->value);
            }
            return events;
          },
  };
}

}  // namespace swim::server
