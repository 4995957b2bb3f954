// Settings and keys read again while the node runs: by SIGHUP, by AdminService.Reload, and, for the
// keys, whenever their folder changed. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

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
  enum class Part : std::uint8_t { settings, keyring };
  Part part{};
  std::string text;  // for people; names the file or setting and what is wrong
};

class Reloader {
 public:
  // Where settings come from: load_options() with this process's flags and environment.
  using LoadOptions = std::function<tl::expected<Options, SettingErrors>()>;

  Reloader(Options options, crypto::Keyring keys, LoadOptions load, runtime::Runtime& runtime,
           Logger& logger);

  // All or nothing: on a failure the node goes on as it was.
  tl::expected<Reloaded, ReloadFailure> reload(bool force_keys);
  // Looks whether the keys changed; logs what it does.
  void poll_keys();

  Options options() const;
  crypto::Keyring keys() const;
  bool last_successful() const;
  WallTime last_success() const;

 private:
  using Result = tl::expected<Reloaded, ReloadFailure>;
  Result read_and_apply(bool force_keys);
  tl::expected<std::optional<crypto::Keyring>, std::string> changed_keys(bool force);
  bool use_keys(crypto::Keyring keys);
  void apply(const Options& next, Reloaded& result);
  void apply_labels(const wire::Labels& labels);

  const LoadOptions load_;
  runtime::Runtime& runtime_;
  Logger& logger_;
  mutable std::mutex mutex_;
  Options options_;
  crypto::Keyring keys_;
  std::optional<runtime::KeyringFolder> folder_;
  bool successful_{true};
  WallTime success_;
};

}  // namespace swim::server
