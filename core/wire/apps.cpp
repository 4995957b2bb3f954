#include "core/wire/apps.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/wire/native/byte_reader.hpp"

namespace swim::wire {
namespace {

constexpr std::uint8_t flag_lost = 0x01;
constexpr std::size_t entry_fixed = 1 + 1 + 4;  // length of the name, flags, loss

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

void append(ByteVector& out, const AppState& app) {
  out.push_back(static_cast<std::uint8_t>(entry_fixed + app.name.size()));
  out.push_back(static_cast<std::uint8_t>(app.name.size()));
  out.insert(out.end(), app.name.begin(), app.name.end());
  out.push_back(app.lost ? flag_lost : 0);
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(app.loss >> shift));
  }
}

AppState read_entry(ByteReader& in) {
  ByteReader entry(in.read_bytes(in.read_byte()));
  const std::string_view name = as_text(entry.read_bytes(entry.read_byte()));
  const bool lost = (entry.read_byte() & flag_lost) != 0;
  const std::uint32_t loss = entry.read_int32_be();
  if (!entry.ok() || !is_app_name(name)) in.fail(Errc::malformed);
  return {std::string(name), lost, loss};
}

}  // namespace

bool is_app_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::app_name_bytes_max &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

Expected<ByteVector> encode_apps(const AppStates& apps) {
  if (apps.empty()) return ByteVector{};
  if (apps.size() > limits::apps_max) return fail(Errc::too_large, "more than 8 apps");
  ByteVector out{static_cast<std::uint8_t>(apps.size())};
  for (std::size_t i = 0; i < apps.size(); ++i) {
    if (!is_app_name(apps[i].name) || (i > 0 && apps[i].name <= apps[i - 1].name)) {
      return fail(Errc::invalid_argument,
                  "an app's name is 1 to 63 of A-Z a-z 0-9 . _ -, and each is there once");
    }
    append(out, apps[i]);
  }
  if (out.size() > limits::apps_bytes_max) {
    return fail(Errc::too_large, "too many bytes in the names of all apps together");
  }
  return out;
}

Expected<AppStates> decode_apps(Bytes encoded) {
  AppStates apps;
  if (encoded.empty()) return apps;
  ByteReader in(encoded);
  const std::size_t count = in.read_byte();
  if (encoded.size() > limits::apps_bytes_max) in.fail(Errc::malformed);
  if (count == 0 || count > limits::apps_max) in.fail(Errc::malformed);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    AppState app = read_entry(in);
    // Sorted and unique, or equal states would not be equal bytes.
    if (!apps.empty() && app.name <= apps.back().name) in.fail(Errc::malformed);
    if (in.ok()) apps.push_back(std::move(app));
  }
  if (!in.ok() || !in.is_empty()) return fail(Errc::malformed, "not the state of apps");
  return apps;
}

}  // namespace swim::wire
