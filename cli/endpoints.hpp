// Where the daemon's doors are looked for. Pure; connecting is connection.hpp's business.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.hpp"

namespace swim::cli {

enum class Door : std::uint8_t { app, admin };

struct Place {
  std::string path;    // of a unix socket; empty for host:port
  std::string host;    // host:port; empty for a unix socket
  std::string origin;  // who said so: "--endpoint", "$SWIM_ENDPOINT", or empty for a usual place
  std::string shown() const { return path.empty() ? host : path; }
  std::string target() const;  // as gRPC reads it: a URI
  friend bool operator==(const Place&, const Place&) = default;
};

// What a user said, and the surroundings in which he said it.
struct Surroundings {
  std::string endpoint;                              // --endpoint; empty: not given
  std::string admin_endpoint;                        // --admin-endpoint; empty: not given
  std::function<std::string(const char*)> variable;  // empty for one that is not set
  std::uint32_t uid{};
};

// "unix:///run/swim/swim.sock", "unix:swim.sock", a plain path (it has a slash or ends in .sock),
// or "host:port". The error is a half sentence.
tl::expected<Place, std::string> parse_endpoint(std::string_view text);

// In the order in which to try them; a place that the user named is the only one. The admin door of
// a named app door is looked for beside it, never at the usual places: a command that changes
// something must not go to another daemon than the one that was meant.
Result<std::vector<Place>> candidates(Door door, const Surroundings& surroundings);

}  // namespace swim::cli
