// The apps attached to this daemon (DESIGN §7, Attach): who is there, what is said of them in the
// descriptor, and how often. A loss is told at once, a return only once it has lasted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/pacer.hpp"
#include "core/engine/timers.hpp"
#include "core/wire/apps.hpp"

namespace swim::engine {

struct Core;

class Apps {
 public:
  explicit Apps(Core& core) : core_(core) {}

  // As Engine::attach, detach_app and lose_app.
  Expected<AppId> attach(std::string_view name);
  void detach(AppId id);
  void lose(AppId id);
  void on_timer();

  // What the descriptor has to say of them, core/wire/apps.hpp.
  ByteVector encoded() const;
  std::size_t attached() const;
  std::size_t lost() const;

 private:
  struct App {
    std::string name;
    AppId id{};            // of who is attached now; 0: nobody, it is lost
    bool lost{};           // as the cluster is told
    std::uint32_t loss{};  // wire::AppState
    TimePoint back_at{};   // lost, and somebody is attached again: when that is told
  };
  App* find(AppId id);
  // Whether all of them can be told, in a datagram too.
  Expected<void> fit() const;
  wire::AppStates states() const;
  void publish();
  void arm(TimePoint when);

  Core& core_;
  std::vector<App> apps_;  // sorted by name
  std::uint64_t ids_{};
  std::uint32_t losses_{};
  Bucket mints_;
  TimerId timer_{no_timer};
};

}  // namespace swim::engine
