// What the payloads of Sends that are under way hold, out and in: bounded by
// limits::stream_payload_bytes_max.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

#include "core/engine/streams.hpp"

namespace swim::engine {

// Bytes. What was handed to the driver counts until the stream ends.
inline std::size_t payloads_under_way(const std::map<std::uint64_t, Stream>& streams) {
  std::size_t bytes = 0;
  for (const auto& [id, stream] : streams) {
    bytes += std::max(stream.payload.size(), stream.sent);
  }
  return bytes;
}

}  // namespace swim::engine
