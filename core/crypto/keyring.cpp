#include "core/crypto/keyring.hpp"

#include <algorithm>
#include <optional>

#include "core/crypto/base64.hpp"
#include "core/crypto/wipe.hpp"

namespace swim::crypto {
namespace {

constexpr std::string_view primary_name = "primary";
constexpr std::string_view secondary_prefix = "secondary-";
constexpr std::string_view advice = "; make one with: swimctl keys generate";

tl::unexpected<std::string> wrong(std::string_view file, std::string_view what) {
  return tl::unexpected(std::string(file) + ": " + std::string(what) + std::string(advice));
}

tl::expected<Key, std::string> parse_key(std::string_view file, std::string_view content) {
  const std::string_view text = without_margins(content);
  if (text.empty()) {
    return wrong(file, "is empty, but a key file holds 32 bytes in base64");
  }
  auto bytes = base64_decode(text);
  if (!bytes) {
    return wrong(file, content.size() == key_size
                           ? "holds 32 bytes as they are, but a key is written in base64"
                           : "is not base64 (A-Z a-z 0-9 + / on one line, padded with =)");
  }
  const std::size_t size = bytes->size();
  auto key = Key::from_bytes(*bytes);
  wipe(*bytes);
  if (!key) {
    return wrong(file, "holds " + std::to_string(size) + (size == 1 ? " byte" : " bytes") +
                           " after base64 decoding, but a key has 32");
  }
  return *key;
}

bool is_key_file(std::string_view name) {
  return name == primary_name || name.starts_with(secondary_prefix);
}

}  // namespace

Keyring::Keyring(const Key& primary, const std::vector<Key>& secondaries) {
  // Reserved at once: a growing vector would copy keys to and fro.
  keys_.reserve(1 + secondaries.size());
  keys_.push_back(primary);
  for (const Key& key : secondaries) {
    if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) {
      keys_.push_back(key);
    }
  }
}

tl::expected<Keyring, std::string> Keyring::parse(
    std::span<const std::pair<std::string, std::string>> files) {
  std::vector<const std::pair<std::string, std::string>*> named;
  for (const auto& file : files) {
    if (is_key_file(file.first)) {
      named.push_back(&file);
    }
  }
  // `primary` sorts before `secondary-*`, and a folder's own order means nothing.
  std::sort(named.begin(), named.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  if (named.empty() || named.front()->first != primary_name) {
    return wrong(primary_name, "is missing, but it is the key that seals");
  }
  std::optional<Key> primary;
  std::vector<Key> secondaries;
  secondaries.reserve(named.size());
  for (const auto* file : named) {
    auto key = parse_key(file->first, file->second);
    if (!key) {
      return tl::unexpected(std::move(key.error()));
    }
    if (!primary) {
      primary = *key;
    } else {
      secondaries.push_back(*key);
    }
  }
  return Keyring(*primary, secondaries);
}

}  // namespace swim::crypto
