// The state of a member's apps inside its descriptor, in one canonical form: sorted by name, so
// that equal states are equal bytes.
//
//   apps = nothing, or count(u8, not 0) { entry(u8 length) } …
//   entry = name(u8 string) flags(u8; bit 0: lost) losses(u32) and, from later versions, more
//
// What a later version adds to an entry, and flags without a meaning here, are skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"

namespace swim::wire {

// An app that its daemon was told of. An app that said goodbye is not in the list.
struct AppState {
  std::string name;
  bool lost{};
  // The number of the app's last loss among all losses of this run of the daemon, from 1 on; 0: it
  // was not lost since it came. Tells a loss that was mended before anybody heard of it.
  std::uint32_t loss{};
  friend bool operator==(const AppState&, const AppState&) = default;
};
using AppStates = std::vector<AppState>;  // sorted by name, each once

// 1 to limits::app_name_bytes_max characters out of [A-Za-z0-9._-].
bool is_app_name(std::string_view name);

// Errors: too_large (more than limits::apps_max, or limits::apps_bytes_max bytes together),
// invalid_argument (a name that is none, or not in order).
Expected<ByteVector> encode_apps(const AppStates& apps);

// Total: anything that is not in this form gives malformed.
Expected<AppStates> decode_apps(Bytes encoded);

}  // namespace swim::wire
