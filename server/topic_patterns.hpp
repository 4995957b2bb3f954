// Which topics a subscriber wants: exact names, or a prefix with one `*` at the end: "orders.*".
// Pure, immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/settings_types.hpp"

namespace swim::server {

// 1 to limits::topic_bytes_max bytes, no control characters, no `*`. The error is a half sentence.
Parsed<void> check_topic(std::string_view topic);

class TopicPatterns {
 public:
  // None: every topic.
  static Parsed<TopicPatterns> make(std::vector<std::string> patterns);

  bool matches(std::string_view topic) const;
  // The patterns in order, each with a line's end: equal where the same is wanted.
  std::string key() const;
  std::uint64_t hash() const;  // of the key

 private:
  std::vector<std::string> patterns_;
};

}  // namespace swim::server
