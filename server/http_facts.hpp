// What the gRPC side and main() know and the pages and metrics show. Plain values, made anew for
// each request by the callback of HttpServer::serve.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"

namespace swim::server {

struct ServerFacts {
  // An rpc, with the words of go-grpc-prometheus, so that existing dashboards fit.
  struct Rpc {
    std::string service;  // "swim.v1.MembershipService"
    std::string method;   // "GetMember"
    std::string type;     // "unary", "client_stream", "server_stream", "bidi_stream"
    std::uint64_t started{};
    // By status code, as gRPC's clients spell it: "OK", "InvalidArgument", …
    std::vector<std::pair<std::string, std::uint64_t>> handled;
  };
  struct Key {
    std::string fingerprint;  // never key material
    std::string role;         // "primary", "secondary"
  };

  std::string version;   // "0.1.0"
  std::string revision;  // of the source; may be empty

  // Streams that are open now, and what they got so far.
  std::uint64_t watchers{};
  std::uint64_t subscribers{};
  std::uint64_t producers{};
  std::uint64_t watch_events{};
  std::vector<std::pair<std::string, std::uint64_t>> watch_resyncs;  // by reason: "overflow" …
  std::uint64_t connections_refused{};  // of applications, because there were too many
  std::vector<Rpc> rpcs;

  std::vector<Key> keys;                                      // the primary first
  std::vector<std::pair<std::string, std::string>> settings;  // effective: name, value as text

  // Of the configuration. The start counts as the first load.
  bool last_reload_successful{true};
  std::optional<WallTime> last_reload_success;
};

}  // namespace swim::server
