#include "server/topic_patterns.hpp"

#include <algorithm>

#include "core/base/limits.hpp"

namespace swim::server {
namespace {

constexpr std::size_t patterns_max = 256;

Parsed<void> check_text(std::string_view text) {
  if (text.empty()) {
    return tl::unexpected(std::string("is empty; name a topic, as in orders.created"));
  }
  if (text.size() > limits::topic_bytes_max) {
    return tl::unexpected("is " + std::to_string(text.size()) + " bytes long; the most is " +
                          std::to_string(limits::topic_bytes_max));
  }
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    return tl::unexpected(std::string("holds control characters; remove them"));
  }
  return {};
}

}  // namespace

Parsed<void> check_topic(std::string_view topic) {
  if (topic.find('*') != std::string_view::npos) {
    return tl::unexpected(std::string("holds a *, which is for subscriptions only"));
  }
  return check_text(topic);
}

Parsed<TopicPatterns> TopicPatterns::make(std::vector<std::string> patterns) {
  if (patterns.size() > patterns_max) {
    return tl::unexpected("are " + std::to_string(patterns.size()) + "; the most is " +
                          std::to_string(patterns_max));
  }
  for (const std::string& pattern : patterns) {
    const auto checked = check_text(pattern);
    if (!checked) {
      return tl::unexpected("hold one that " + checked.error());
    }
    if (const auto star = pattern.find('*');
        star != std::string::npos && star + 1 != pattern.size()) {
      return tl::unexpected("hold \"" + pattern + "\"; a * is allowed at the end only");
    }
  }
  TopicPatterns result;
  std::sort(patterns.begin(), patterns.end());
  result.patterns_ = std::move(patterns);
  return result;
}

bool TopicPatterns::matches(std::string_view topic) const {
  return patterns_.empty() ||
         std::any_of(patterns_.begin(), patterns_.end(), [topic](std::string_view pattern) {
           return pattern.ends_with('*') ? topic.starts_with(pattern.substr(0, pattern.size() - 1))
                                         : topic == pattern;
         });
}

std::string TopicPatterns::key() const {
  std::string key;
  for (const std::string& pattern : patterns_) {
    key += pattern + '\n';
  }
  return key;
}

std::uint64_t TopicPatterns::hash() const {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : key()) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  }
  return hash;
}

}  // namespace swim::server
