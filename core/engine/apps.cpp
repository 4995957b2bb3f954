#include "core/engine/apps.hpp"

#include <algorithm>
#include <utility>

#include "core/engine/core.hpp"
#include "core/engine/local_member.hpp"
#include "core/engine/record_messages.hpp"

namespace swim::engine {

namespace {
// Of changes told; beyond, the latest state waits.
constexpr std::uint32_t mints_burst = 16;
constexpr Duration mints_interval = std::chrono::milliseconds(50);
}  // namespace

Expected<AppId> Apps::attach(std::string_view name) {
  if (const auto refused = core_.refusal(false)) {
    return tl::unexpected(*refused);
  }
  if (!wire::is_app_name(name)) {
    return fail(Errc::invalid_argument, "an app's name is 1 to 63 of A-Z a-z 0-9 . _ -");
  }
  const auto place = std::ranges::lower_bound(apps_, name, {}, &App::name);
  const auto id = static_cast<AppId>(ids_ + 1);
  if (place != apps_.end() && place->name == name) {
    if (place->lost && place->id == AppId{}) {
      place->back_at = core_.now.steady + core_.config.app_debounce;
      arm(place->back_at);
    }
    place->id = id;
    ++ids_;
    return id;
  }
  const auto added = apps_.insert(place, {.name = std::string(name), .id = id});
  if (const auto fits = fit(); !fits) {
    apps_.erase(added);
    return tl::unexpected(fits.error());
  }
  ++ids_;
  publish();
  return id;
}

Expected<void> Apps::fit() const {
  const auto encoded = wire::encode_apps(states());
  if (!encoded) {
    return tl::unexpected(encoded.error());
  }
  wire::Alive own = alive_message(core_.table.at(MemberTable::self), core_.now.steady);
  own.descriptor.apps = *encoded;
  if (!fits_even_when_leaving(own, core_.config.datagram_bytes)) {
    return fail(Errc::too_large,
                "no room in gossip.datagram-bytes, which can be raised, for this app beside "
                "node.name, node.labels, node.zone and the other apps");
  }
  return {};
}

void Apps::detach(AppId id) {
  App* const app = find(id);
  if (app == nullptr) {
    return;
  }
  if (app->lost) {
    app->id = {};  // gone when its return would have been told: nobody shall miss the loss
    return;
  }
  std::erase_if(apps_, [id](const App& one) { return one.id == id; });
  publish();
}

void Apps::lose(AppId id) {
  App* const app = find(id);
  if (app == nullptr) {
    return;  // another one has its name by now
  }
  ++core_.stats.app_losses;
  app->id = {};
  app->back_at = {};
  if (!app->lost) {
    app->lost = true;
    app->loss = ++losses_;
    publish();
  }
}

void Apps::on_timer() {
  timer_ = no_timer;
  const auto due = [&](const App& app) {
    return app.lost && app.back_at != TimePoint{} && core_.now.steady >= app.back_at;
  };
  std::erase_if(apps_, [&](const App& app) { return due(app) && app.id == AppId{}; });
  for (App& app : apps_) {
    if (due(app)) {
      app.lost = false;
    } else if (app.lost && app.back_at != TimePoint{}) {
      arm(app.back_at);
    }
  }
  publish();
}

void Apps::arm(TimePoint when) {
  core_.timers.bring_forward(timer_, TimerKind::apps_tick, 0, when);
}

void Apps::publish() {
  if (!core_.active() || core_.self.says_apps(encoded())) {
    return;  // who says nothing now says it with its next life
  }
  if (mints_.take(core_.now.steady, mints_burst, mints_interval)) {
    core_.self.tell_apps();
  } else {
    arm(core_.now.steady + mints_interval);
  }
}

Apps::App* Apps::find(AppId id) {
  const auto found = std::ranges::find(apps_, id, &App::id);
  return id == AppId{} || found == apps_.end() ? nullptr : &*found;
}

wire::AppStates Apps::states() const {
  wire::AppStates states;
  states.reserve(apps_.size());
  for (const App& app : apps_) {
    states.push_back({app.name, app.lost, app.loss});
  }
  return states;
}

ByteVector Apps::encoded() const {
  return wire::encode_apps(states()).value_or(ByteVector{});
}

std::size_t Apps::attached() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(apps_, [](const App& app) { return app.id != AppId{}; }));
}

std::size_t Apps::lost() const {
  return static_cast<std::size_t>(std::ranges::count(apps_, true, &App::lost));
}

}  // namespace swim::engine
