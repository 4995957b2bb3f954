// One line an episode: the same thing is told again only after a while, with the number of times
// that it was kept back. Bounded, since strangers choose the keys. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/base/time.hpp"

namespace swim::runtime {

class LogEpisodes {
 public:
  static constexpr Duration quiet = std::chrono::minutes(1);
  static constexpr std::size_t keys_max = 256;

  // nullopt: not now. Else how often it was kept back since it was told last.
  std::optional<std::uint64_t> tell(const std::string& key, TimePoint now) {
    const auto found = episodes_.find(key);
    if (found == episodes_.end()) {
      if (!make_room(now)) {
        return std::nullopt;
      }
      episodes_.emplace(key, Episode{now, 0});
      return 0;
    }
    Episode& episode = found->second;
    if (now - episode.told < quiet) {
      ++episode.kept_back;
      return std::nullopt;
    }
    const std::uint64_t kept_back = episode.kept_back;
    episode = {now, 0};
    return kept_back;
  }

 private:
  struct Episode {
    TimePoint told{};
    std::uint64_t kept_back{};
  };

  bool make_room(TimePoint now) {
    if (episodes_.size() < keys_max) {
      return true;
    }
    std::erase_if(episodes_, [now](const auto& entry) { return now - entry.second.told >= quiet; });
    return episodes_.size() < keys_max;
  }

  std::unordered_map<std::string, Episode> episodes_;
};

}  // namespace swim::runtime
