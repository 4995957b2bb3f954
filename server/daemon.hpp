// The whole node: runtime, gRPC, HTTP, keys. Built, run and stopped from one thread.
#pragma once

#include <functional>
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
  // `logger` must outlive the daemon, and what `load` uses even that, where shut_down() says so.
  // The error is for people: what is wrong, and what to do.
  static tl::expected<std::unique_ptr<Daemon>, std::string> start(
      const Options& options, Reloader::LoadOptions load, Logger& logger,
      std::function<void()> request_stop);
  ~Daemon();  // without a goodbye, where shut_down() was not called

  // Settings and keys again, on another thread; what came of it is in the log. `done` is called
  // when it is over, unless too many wait for that already: then what they get is also ours.
  void reload(const std::function<void()>& done = {});
  // The same for the keys; to be called every few seconds.
  void poll_keys(const std::function<void()>& done = {});
  // NOT_SERVING, goodbye to the others, the streams end, everything stops. Idempotent. False where
  // a thread is left behind that reads a file which does not answer: only _exit() ends the process
  // for sure then.
  bool shut_down();

  // Any thread.
  ServerFacts facts() const;

 private:
  class Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace swim::server
