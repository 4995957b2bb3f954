#include "server/reload.hpp"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "core/runtime/clock.hpp"
#include "server/settings_table.hpp"

namespace swim::server {
namespace {

// The engine answers within milliseconds; only one that is stuck takes this long. Whoever polls the
// keys comes again anyway.
constexpr std::chrono::milliseconds answer_patience{5000};
constexpr std::chrono::milliseconds poll_patience{500};

std::string fingerprints(const crypto::Keyring& keys) {
  return absl::StrJoin(keys.keys(), ",", [](std::string* text, const crypto::Key& key) {
    text->append(key.fingerprint());
  });
}

ReloadFailure not_taken(const std::string& what, const Error& error) {
  const std::string_view why = error.what.empty() ? to_string(error.code) : error.what;
  return {ReloadFailure::Part::engine, {what + " not taken over: " + std::string(why)}, error};
}

// What the engine answers to the command that `post` hands over with its completion.
template <class T, class Post>
Expected<void> answer_to(std::chrono::milliseconds patience, Post post) {
  const auto answer = std::make_shared<std::promise<Expected<void>>>();
  auto given = answer->get_future();
  const Expected<void> posted = post([answer](const Expected<T>& result) {
    answer->set_value(result ? Expected<void>() : tl::unexpected(result.error()));
  });
  if (!posted) {
    return posted;
  }
  if (given.wait_for(patience) != std::future_status::ready) {
    return fail(Errc::queue_full, "the engine has not answered yet");
  }
  return given.get();
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

ReloadFailure reload_too_late() {
  return {ReloadFailure::Part::engine, {"this node is shutting down"}, Error{Errc::not_running}};
}

// What a reload read from files.
struct Reloader::Found {
  tl::expected<Options, SettingErrors> options;
  // nullopt: as before, or not read because of the options.
  tl::expected<std::optional<crypto::Keyring>, std::string> keys;
};

tl::expected<Reloaded, ReloadFailure> Reloader::reload(bool force_keys) {
  Found found = read(force_keys);
  const std::lock_guard use(use_);
  if (closed_) {
    return tl::unexpected(reload_too_late());
  }
  Result result = take_over(std::move(found));
  if (result) {
    judge_settings(true);
    judge_keys(true);
    note_success();
    logger_.log(LogLevel::info, "reloaded",
                {{"applied", absl::StrJoin(result->applied, ",")},
                 {"restart_needed", absl::StrJoin(result->restart_needed, ",")},
                 {"keys_reloaded", result->keys_reloaded ? "true" : "false"}});
  } else if (result.error().part == ReloadFailure::Part::engine) {
    logger_.log(LogLevel::error, "reload not taken over, try it again",
                {{"problem", absl::StrJoin(result.error().problems, "; ")}});
  } else {
    logger_.log(LogLevel::error, "reload refused, everything stays as it was",
                {{"problem", absl::StrJoin(result.error().problems, "; ")}});
  }
  return result;
}

Reloader::Found Reloader::read(bool force_keys) const {
  Found found{load_(), std::nullopt};
  if (found.options) {
    found.keys = changed_keys(force_keys);
  }
  return found;
}

Reloader::Result Reloader::take_over(Found found) {
  const auto& next = found.options;
  if (!next) {
    judge_settings(false);
    return tl::unexpected(ReloadFailure{ReloadFailure::Part::settings, next.error(), {}});
  }
  auto& keys = found.keys;
  if (!keys) {
    judge_settings(!has_changed(*next));
    judge_keys(false);
    return tl::unexpected(ReloadFailure{ReloadFailure::Part::keyring, {keys.error()}, {}});
  }
  Reloaded result;
  // First, as nothing but its own state keeps the engine from taking them.
  if (*keys) {
    if (const auto used = use_keys(std::move(**keys), answer_patience); !used) {
      judge_settings(!has_changed(*next));
      return tl::unexpected(not_taken("the keys", used.error()));
    }
    result.keys_reloaded = true;
  }
  if (auto applied = apply(*next, result); !applied) {
    judge_settings(false);
    return tl::unexpected(applied.error());
  }
  judge_settings(true);
  return result;
}

tl::expected<std::optional<crypto::Keyring>, std::string> Reloader::changed_keys(bool force) const {
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

Expected<void> Reloader::use_keys(crypto::Keyring keys, std::chrono::milliseconds patience) {
  const auto taken = answer_to<void>(
      patience, [&](auto done) { return runtime_.set_keyring(keys, std::move(done)); });
  judge_keys(taken.has_value());
  if (!taken) {
    folder_ = runtime::KeyringFolder(folder_->folder(), keys_);  // the next poll tries again
    logger_.log(LogLevel::warn, "keys not taken over yet, tried again soon",
                {{"problem", std::string(to_string(taken.error().code))}});
    return taken;
  }
  logger_.log(LogLevel::info, "keys taken over",
              {{"fingerprints", fingerprints(keys)}, {"before", fingerprints(keys_)}});
  folder_ = runtime::KeyringFolder(folder_->folder(), keys);
  note_success();
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  return {};
}

void Reloader::poll_keys() {
  if (!folder_) {
    return;
  }
  auto ring = folder_->poll();
  const std::lock_guard use(use_);
  if (closed_) {
    return;
  }
  if (ring && *ring && !(**ring == keys_)) {
    static_cast<void>(use_keys(std::move(**ring), poll_patience));
    return;
  }
  judge_keys(folder_->readable());
  if (ring && !*ring) {
    logger_.log(LogLevel::error, "keys refused, the old ones stay", {{"problem", ring->error()}});
  }
}

void Reloader::close() {
  const std::lock_guard use(use_);
  closed_ = true;
}

tl::expected<void, ReloadFailure> Reloader::apply(const Options& next, Reloaded& result) {
  // In the table's order, by which node.labels comes first: where the engine refuses those, no
  // setting is changed yet.
  for (const Setting& setting : settings_table()) {
    if (value_text(setting, next) == value_text(setting, options_)) {
      continue;
    }
    if (!setting.reloadable) {
      result.restart_needed.emplace_back(setting.name);
      continue;
    }
    if (const auto taken = apply(setting.name, next); !taken) {
      return tl::unexpected(not_taken(std::string(setting.name), taken.error()));
    }
    result.applied.emplace_back(setting.name);
  }
  // Also where only AdminService.SetLogLevel had changed it.
  logger_.set_level(options_.log.level);
  return {};
}

Expected<void> Reloader::apply(std::string_view setting, const Options& next) {
  if (setting == "node.labels") {
    if (auto taken = apply_labels(next.node.labels); !taken) {
      return taken;
    }
    const std::lock_guard lock(mutex_);
    options_.node.labels = next.node.labels;
  } else if (setting == "discovery.seeds") {
    const auto taken = answer_to<void>(answer_patience, [&](auto done) {
      return runtime_.set_seeds(next.discovery.seeds, std::move(done));
    });
    if (!taken) {
      return taken;
    }
    const std::lock_guard lock(mutex_);
    options_.discovery.seeds = next.discovery.seeds;
  } else if (setting == "log.level") {
    const std::lock_guard lock(mutex_);
    options_.log.level = next.log.level;
  }
  return {};
}

Expected<void> Reloader::apply_labels(const wire::Labels& labels) {
  auto metadata = wire::encode_labels(labels);
  if (!metadata) {
    return tl::unexpected(metadata.error());  // parse_labels() has checked the same
  }
  return answer_to<MemberPtr>(answer_patience, [&](auto done) {
    return runtime_.update_metadata(std::move(*metadata), std::nullopt, std::move(done));
  });
}

bool Reloader::has_changed(const Options& next) const {
  const auto table = settings_table();
  return std::any_of(table.begin(), table.end(), [&](const Setting& setting) {
    return setting.reloadable && value_text(setting, next) != value_text(setting, options_);
  });
}

void Reloader::judge_settings(bool good) {
  const std::lock_guard lock(mutex_);
  settings_good_ = good;
}

void Reloader::judge_keys(bool good) {
  const std::lock_guard lock(mutex_);
  keys_good_ = good;
}

void Reloader::note_success() {
  const std::lock_guard lock(mutex_);
  success_ = runtime::wall_now();
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
  return settings_good_ && keys_good_;
}

WallTime Reloader::last_success() const {
  const std::lock_guard lock(mutex_);
  return success_;
}

}  // namespace swim::server
