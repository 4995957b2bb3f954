#include "core/wire/labels.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/native/byte_reader.hpp"

namespace swim::wire {
namespace {

constexpr std::size_t short_string_max = 255;  // their length is one byte
constexpr std::size_t labels_max = 255;

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '/' || c == '-';
}

bool is_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), is_key_character);
}

void append(ByteVector& out, std::string_view text) {
  out.push_back(static_cast<std::uint8_t>(text.size()));
  out.insert(out.end(), text.begin(), text.end());
}

std::string_view read_short_string(ByteReader& in) {
  return as_text(in.read_bytes(in.read_byte()));
}

}  // namespace

Expected<ByteVector> encode_labels(const Labels& labels) {
  if (labels.size() > labels_max) return fail(Errc::too_large, "more than 255 labels");
  if (labels.empty()) return ByteVector{};
  ByteVector out{static_cast<std::uint8_t>(labels.size())};
  for (const auto& [key, value] : labels) {
    if (!is_key(key)) {
      return fail(Errc::invalid_argument, "a label's key is one or more of A-Z a-z 0-9 . _ / -");
    }
    if (key.size() > short_string_max || value.size() > short_string_max) {
      return fail(Errc::too_large, "a label's key or value is longer than 255 bytes");
    }
    append(out, key);
    append(out, value);
  }
  if (out.size() > limits::metadata_bytes_max) {
    return fail(Errc::too_large, "the labels take more than 512 bytes together");
  }
  return out;
}

Expected<Labels> decode_labels(Bytes metadata) {
  Labels labels;
  if (metadata.empty()) return labels;
  ByteReader in(metadata);
  const std::size_t count = in.read_byte();
  if (count == 0) in.fail(Errc::malformed);  // no labels are no bytes
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view key = read_short_string(in);
    const std::string_view value = read_short_string(in);
    // Sorted and unique, or equal labels would not be equal bytes.
    if (!is_key(key) || (!labels.empty() && key <= labels.rbegin()->first))
      in.fail(Errc::malformed);
    if (in.ok()) labels.emplace_hint(labels.end(), key, value);
  }
  if (!in.ok() || !in.is_empty()) return fail(Errc::malformed, "metadata that is not labels");
  return labels;
}

}  // namespace swim::wire
