// What every command is given: the console, and what the global flags say.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "cli/connection.hpp"
#include "cli/console.hpp"
#include "cli/endpoints.hpp"
#include "cli/failure.hpp"

namespace swim::cli {

struct Context {
  Console console;
  Surroundings surroundings;
  std::optional<Nanoseconds> timeout;  // --timeout
  bool headers{true};                  // not --no-headers
};

constexpr Nanoseconds usual_timeout = std::chrono::seconds(10);

inline Nanoseconds timeout_of(const Context& context, Nanoseconds usual = usual_timeout) {
  return context.timeout.value_or(usual);
}

inline Result<Connection> connect(const Context& context, Door door) {
  return Connection::open(door, context.surroundings, timeout_of(context));
}

// One call at a door. `doing` shows as progress where it takes long.
template <class Stub, class Request, class Response>
Result<Response> call(Context& context, Door door, std::string doing,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, Nanoseconds usual = usual_timeout) {
  const Progress progress(context.console, std::move(doing));
  const auto connection = connect(context, door);
  if (!connection) {
    return tl::unexpected<Failure>(connection.error());
  }
  return connection->call(timeout_of(context, usual), method, request);
}

// The present, since the Unix epoch.
inline Nanoseconds wall_now() {
  return std::chrono::system_clock::now().time_since_epoch();
}

}  // namespace swim::cli
