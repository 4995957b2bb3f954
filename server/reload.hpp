// Settings and keys read again while the node runs: by SIGHUP, by AdminService.Reload, and, for the
// keys, whenever their folder changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "core/crypto/keyring.hpp"
#include "core/runtime/keyring_folder.hpp"
#include "core/runtime/runtime.hpp"
#include "server/logger.hpp"
#include "server/options.hpp"
#include "server/options_make.hpp"

namespace swim::server {

struct Reloaded {
  std::vector<std::string> applied;         // names of settings
  std::vector<std::string> restart_needed;  // changed, but not taken over
  bool keys_reloaded{};
};

struct ReloadFailure {
  enum class Part : std::uint8_t { settings, keyring, engine };
  Part part{};
  // One or more, for people; each names the file or setting and what is wrong. Any length.
  std::vector<std::string> problems;
  Error error{};  // of the engine
};

// What a closed reloader answers.
ReloadFailure reload_too_late();

class Reloader {
 public:
  // Where settings come from: load_options() with this process's flags and environment. May wait
  // for files; holds what it uses, as it may still be running when the daemon is gone.
  using LoadOptions = std::function<tl::expected<Options, SettingErrors>()>;

  // `runtime` and `logger` must outlive it, or close().
  Reloader(Options options, crypto::Keyring keys, LoadOptions load, runtime::Runtime& runtime,
           Logger& logger);

  // One thread makes all reloads and looks at the keys (ReloadThread's).
  //
  // What can't be read or the engine does not take over (a node that left, a full queue) is a
  // failure, and the next call tries it again. On one of settings or keyring nothing is changed; on
  // one of the engine, nothing but what it had taken over before: the keys come first, then the
  // settings, labels first. Waits for the engine's answers, each at most some seconds.
  tl::expected<Reloaded, ReloadFailure> reload(bool force_keys);
  // Looks whether the keys changed; logs what it does.
  void poll_keys();
  // Any thread. Whatever is still read is dropped: from here on runtime and logger are not used any
  // more. Waits for what is being taken over, but for no file.
  void close();

  // Any thread; these never wait for a reload that is under way.
  Options options() const;
  crypto::Keyring keys() const;
  // Whether both settings and keys were taken over the last time that each was read.
  bool last_successful() const;
  WallTime last_success() const;

 private:
  using Result = tl::expected<Reloaded, ReloadFailure>;
  struct Found;
  Found read(bool force_keys) const;
  Result take_over(Found found);
  tl::expected<std::optional<crypto::Keyring>, std::string> changed_keys(bool force) const;
  Expected<void> use_keys(crypto::Keyring keys, std::chrono::milliseconds patience);
  tl::expected<void, ReloadFailure> apply(const Options& next, Reloaded& result);
  Expected<void> apply(std::string_view setting, const Options& next);
  Expected<void> apply_labels(const wire::Labels& labels);
  bool has_changed(const Options& next) const;
  void judge_settings(bool good);
  void judge_keys(bool good);
  void note_success();

  const LoadOptions load_;
  runtime::Runtime& runtime_;
  Logger& logger_;
  std::mutex use_;  // of runtime and logger; taken after the files are read
  bool closed_{};
  std::optional<runtime::KeyringFolder> folder_;
  mutable std::mutex mutex_;  // for a moment, to change or to copy
  Options options_;
  crypto::Keyring keys_;
  bool settings_good_{true};
  bool keys_good_{true};
  WallTime success_;
};

}  // namespace swim::server
