// The Attach streams of this daemon (DESIGN §7): how many there are, whose name is whose, and what
// the engine is told of their ends. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/limits.hpp"
#include "core/runtime/runtime.hpp"
#include "server/fan_out.hpp"

namespace swim::server {

// One stream, as the registry sees it.
class Attachment {
 public:
  virtual ~Attachment() = default;
  // Another stream has its name by now.
  virtual void replace() = 0;
  // The daemon ends.
  virtual void end() = 0;
};

class Attachments {
 public:
  // Those included that have not said their name yet, or were not taken.
  static constexpr std::size_t streams_max = 8 * limits::apps_max;

  // The engine's commands; queue_full is tried again, for no end of an app may be forgotten. Where
  // the app attaches anew meanwhile, its end is no longer news.
  struct Engine {
    std::function<Expected<void>(AppId)> detach;
    std::function<Expected<void>(AppId)> lose;
  };

  // `fan_out` must outlive it.
  Attachments(FanOut& fan_out, Engine engine) : fan_out_(fan_out), engine_(std::move(engine)) {}

  // False: as many as can be, or the daemon ends.
  bool enter(const std::shared_ptr<Attachment>& stream);
  void leave(const Attachment* stream);
  // The engine has attached it under this name; whoever had it before is replaced, even where the
  // stream itself is over by now: the engine knows the earlier one no more.
  void attached(const std::string& name, const std::shared_ptr<Attachment>& stream);
  void detach(AppId id) { tell(engine_.detach, id); }
  void lose(AppId id) { tell(engine_.lose, id); }
  // All of them, and those that come from here on: the end of the daemon is no loss.
  void end_all();
  bool ended() const;
  std::size_t open() const;

 private:
  void tell(const std::function<Expected<void>(AppId)>& command, AppId id);

  FanOut& fan_out_;
  const Engine engine_;
  mutable std::mutex mutex_;
  std::map<const Attachment*, std::shared_ptr<Attachment>> streams_;
  std::map<std::string, const Attachment*> by_name_;
  bool ended_{};
};

}  // namespace swim::server
