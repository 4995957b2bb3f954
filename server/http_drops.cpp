#include "server/http_drops.hpp"

#include <cstddef>

namespace swim::server {
namespace {

std::uint64_t count(const Stats& stats, DropReason reason) {
  return stats.dropped.at(static_cast<std::size_t>(reason));
}

}  // namespace

std::uint64_t auth_drops(const Stats& stats) {
  return count(stats, DropReason::auth) + count(stats, DropReason::unknown_key);
}

std::vector<std::pair<const char*, std::uint64_t>> receive_drops(const runtime::NodeView& view) {
  std::vector<std::pair<const char*, std::uint64_t>> drops;
  for (std::size_t i = 0; i < drop_reasons; ++i) {
    const auto reason = static_cast<DropReason>(i);
    if (reason == DropReason::auth) {
      drops.emplace_back(to_string(reason), auth_drops(view.stats));
    } else if (reason != DropReason::unknown_key) {
      drops.emplace_back(to_string(reason), count(view.stats, reason));
    }
  }
  drops.emplace_back("truncated", view.datagrams_truncated);
  return drops;
}

}  // namespace swim::server
