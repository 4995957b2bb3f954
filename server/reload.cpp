#include "server/reload.hpp"

#include <utility>

#include "core/runtime/clock.hpp"
#include "server/settings_table.hpp"

namespace swim::server {
namespace {

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) {
    text += text.empty() ? "" : between;
    text += part;
  }
  return text;
}

std::string fingerprints(const crypto::Keyring& keys) {
  std::string text;
  for (const crypto::Key& key : keys.keys()) {
    text += text.empty() ? "" : ",";
    text += key.fingerprint();
  }
  return text;
}

}  // namespace

Reloader::Reloader(Options options, crypto::Keyring keys, LoadOptions load,
                   runtime::Runtime& runtime, Logger& logger)
    : load_(std::move(load)),
      runtime_(runtime),
      logger_(logger),
      options_(std::move(options)),
      keys_(std::move(keys)),
      success_(runtime::wall_now()) {
  if (!options_.encryption.keyring_dir.empty()) {
    folder_.emplace(options_.encryption.keyring_dir, keys_);
  }
}

tl::expected<Reloaded, ReloadFailure> Reloader::reload(bool force_keys) {
  const std::lock_guard lock(mutex_);
  Result result = read_and_apply(force_keys);
  successful_ = result.has_value();
  if (result) {
    success_ = runtime::wall_now();
    logger_.log(LogLevel::info, "reloaded",
                {{"applied", joined(result->applied, ",")},
                 {"restart_needed", joined(result->restart_needed, ",")},
                 {"keys_reloaded", result->keys_reloaded ? "true" : "false"}});
  } else {
    logger_.log(LogLevel::error, "reload refused, everything stays as it was",
                {{"problem", result.error().text}});
  }
  return result;
}

Reloader::Result Reloader::read_and_apply(bool force_keys) {
  const auto next = load_();
  if (!next) {
    return tl::unexpected(ReloadFailure{ReloadFailure::Part::settings, joined(next.error(), "; ")});
  }
  auto keys = changed_keys(force_keys);
  if (!keys) {
    return tl::unexpected(ReloadFailure{ReloadFailure::Part::keyring, keys.error()});
  }
  Reloaded result;
  if (*keys) {
    result.keys_reloaded = use_keys(std::move(**keys));
  }
  apply(*next, result);
  return result;
}

tl::expected<std::optional<crypto::Keyring>, std::string> Reloader::changed_keys(bool force) {
  if (!folder_) {
    return std::nullopt;
  }
  auto ring = runtime::read_keyring_folder(folder_->folder());
  if (!ring) {
    return tl::unexpected(ring.error());
  }
  if (*ring == keys_ && !force) {
    return std::nullopt;
  }
  return std::move(*ring);
}

bool Reloader::use_keys(crypto::Keyring keys) {
  if (const auto posted = runtime_.set_keyring(keys); !posted) {
    folder_ = runtime::KeyringFolder(folder_->folder(), keys_);  // the next poll tries again
    logger_.log(LogLevel::warn, "keys not taken over yet, tried again soon",
                {{"problem", std::string(to_string(posted.error().code))}});
    return false;
  }
  logger_.log(LogLevel::info, "keys taken over",
              {{"fingerprints", fingerprints(keys)}, {"before", fingerprints(keys_)}});
  keys_ = std::move(keys);
  folder_ = runtime::KeyringFolder(folder_->folder(), keys_);
  return true;
}

void Reloader::poll_keys() {
  const std::lock_guard lock(mutex_);
  if (!folder_) {
    return;
  }
  auto ring = folder_->poll();
  if (!ring) {
    return;
  }
  if (!*ring) {
    successful_ = false;
    logger_.log(LogLevel::error, "keys refused, the old ones stay", {{"problem", ring->error()}});
    return;
  }
  successful_ = true;
  success_ = runtime::wall_now();
  if (!(**ring == keys_)) {
    use_keys(std::move(**ring));
  }
}

void Reloader::apply(const Options& next, Reloaded& result) {
  for (const Setting& setting : settings_table()) {
    if (value_text(setting, next) == value_text(setting, options_)) {
      continue;
    }
    (setting.reloadable ? result.applied : result.restart_needed).emplace_back(setting.name);
    if (setting.name == "node.labels") {
      apply_labels(next.node.labels);
      options_.node.labels = next.node.labels;
    } else if (setting.name == "discovery.seeds") {
      static_cast<void>(runtime_.set_seeds(next.discovery.seeds));
      options_.discovery.seeds = next.discovery.seeds;
    } else if (setting.name == "log.level") {
      options_.log.level = next.log.level;
    }
  }
  // Also where only AdminService.SetLogLevel had changed it.
  logger_.set_level(options_.log.level);
}

void Reloader::apply_labels(const wire::Labels& labels) {
  const auto metadata = wire::encode_labels(labels);
  if (!metadata) {
    return;  // parse_labels() has checked the same
  }
  Logger& logger = logger_;
  static_cast<void>(runtime_.update_metadata(
      *metadata, std::nullopt, [&logger](const Expected<MemberPtr>& updated) {
        if (!updated) {
          logger.log(LogLevel::warn, "node.labels not taken over",
                     {{"problem", std::string(to_string(updated.error().code))}});
        }
      }));
}

Options Reloader::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

crypto::Keyring Reloader::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

bool Reloader::last_successful() const {
  const std::lock_guard lock(mutex_);
  return successful_;
}

WallTime Reloader::last_success() const {
  const std::lock_guard lock(mutex_);
  return success_;
}

}  // namespace swim::server
