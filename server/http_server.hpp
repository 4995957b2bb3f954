// The HTTP door of swimd: GET and HEAD of /metrics, /healthz, /readyz[?verbose] and /status (JSON
// with `Accept: application/json` or `?format=json`, else a page). Read-only; no request touches
// the engine: everything comes from published values.
//
// Threads: start() and stop() from the owner's thread. All requests are served on one thread of
// its own, where `facts` is called too: it must be quick, take no lock that is held for long, and
// must not throw.
// Lifetime: what is given to start() must outlive stop().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/runtime/runtime.hpp"
#include "server/http_facts.hpp"
#include "server/http_message.hpp"
#include "server/logger.hpp"

namespace swim::server {

struct NodeSource;

// Called once for each request.
using FactsCallback = std::function<ServerFacts()>;

struct HttpSettings {
  Endpoint address;  // port 0: the kernel chooses
  // After it a node that found nobody counts as ready, alone.
  Duration join_timeout{std::chrono::seconds(5)};
  HttpLimits limits{};
};

class HttpServer {
 public:
  HttpServer();
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens; who connects waits until serve(). The error is for people: it names the setting, the
  // cause and what to do.
  tl::expected<void, std::string> bind(const HttpSettings& settings);
  // After bind(). What `source` and `facts` refer to, and `logger`, must outlive stop().
  tl::expected<void, std::string> serve(NodeSource source, Logger& logger, FactsCallback facts);

  // Where it listens, with the port that the kernel chose. Only after a bind() that succeeded.
  Endpoint bound() const;

  // Closes the listener and all connections, ends the thread. Idempotent.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace swim::server
