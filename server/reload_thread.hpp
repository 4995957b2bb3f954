// Settings and keys read by a thread of their own. Files may never answer (a mount that hangs):
// then this thread waits for them, and no thread of gRPC's, no signal, and not the end of the
// process.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <tl/expected.hpp>

#include "core/base/error.hpp"
#include "server/reload.hpp"

namespace swim::server {

class ReloadThread {
 public:
  using Result = tl::expected<Reloaded, ReloadFailure>;
  using Done = std::function<void(const Result&)>;
  using Polled = std::function<void()>;
  // Of each kind, that wait for the next one; beyond: queue_full.
  static constexpr std::size_t waiting_max = 64;

  explicit ReloadThread(std::shared_ptr<Reloader> reloader);
  ~ReloadThread();  // stops
  ReloadThread(const ReloadThread&) = delete;
  ReloadThread& operator=(const ReloadThread&) = delete;

  // Any thread; never waits. The reload begins after the call: whoever comes while one is under way
  // shares the next, which takes the keys by force if one of them wants that. `done` is called
  // once, on the thread of the reloads or of stop(). queue_full or not_running at once, without a
  // call of `done`.
  Expected<void> reload(bool force_keys, Done done);
  // The same for a look at the keys alone; `done` is called also where stop() came before it.
  Expected<void> poll_keys(Polled done);

  // By the owner's thread, once the engine is stopped. Whoever still waits is told not_running, and
  // the reloader is closed. False where a reload is not over, as its files do not answer: its
  // thread is left behind with the reloader, and only _exit() ends the process for sure.
  // Idempotent.
  bool stop();

 private:
  struct Asked;
  struct State;
  static void run(State& state);

  std::shared_ptr<State> state_;  // the thread's too
  std::thread thread_;
  bool left_behind_{};
};

}  // namespace swim::server
