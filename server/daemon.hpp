// The whole node: runtime, gRPC, HTTP, keys. Built, run and stopped from one thread.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "server/http_facts.hpp"
#include "server/logger.hpp"
#include "server/options.hpp"
#include "server/reload.hpp"

namespace swim::server {

class Daemon {
 public:
  // `request_stop` is called from any thread when a client asks for the end of the process.
  // `logger` must outlive the daemon. The error is for people: what is wrong, and what to do.
  static tl::expected<std::unique_ptr<Daemon>, std::string> start(
      const Options& options, Reloader::LoadOptions load, Logger& logger,
      std::function<void()> request_stop);
  ~Daemon();  // without a goodbye, where shut_down() was not called

  // Settings and keys again; what came of it is in the log.
  void reload();
  // To be called every few seconds.
  void poll_keys();
  // NOT_SERVING, goodbye to the others, the streams end, everything stops. Idempotent.
  void shut_down();

  // Any thread.
  ServerFacts facts() const;

 private:
  class Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace swim::server
