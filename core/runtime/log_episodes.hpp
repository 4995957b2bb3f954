// One line an episode: the same thing is told again only after a while, with the number of times
// that it was kept back. Bounded; what strangers can fill is apart from what operators wait for.
// One thread.
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
  static constexpr std::size_t keys_max = 256;  // of each source
  // Who can make up keys.
  enum class Source : std::uint8_t { members, strangers };

  // nullopt: not now. Else how often it was kept back since it was told last.
  std::optional<std::uint64_t> tell(const std::string& key, TimePoint now,
                                    Source source = Source::members) {
    Episodes& episodes = source == Source::members ? of_members_ : of_strangers_;
    const auto found = episodes.find(key);
    if (found == episodes.end()) {
      if (!make_room(episodes, now)) {
        return std::nullopt;
      }
      episodes.emplace(key, Episode{now, 0});
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
  using Episodes = std::unordered_map<std::string, Episode>;

  static bool make_room(Episodes& episodes, TimePoint now) {
    if (episodes.size() < keys_max) {
      return true;
    }
    std::erase_if(episodes, [now](const auto& entry) { return now - entry.second.told >= quiet; });
    return episodes.size() < keys_max;
  }

  Episodes of_members_;
  Episodes of_strangers_;
};

}  // namespace swim::runtime
