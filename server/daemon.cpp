#include "server/daemon.hpp"

#include <utility>

#include "core/runtime/clock.hpp"
#include "core/runtime/keyring_folder.hpp"
#include "core/runtime/runtime.hpp"
#include "server/api_servers.hpp"
#include "server/event_reporter.hpp"
#include "server/fan_out.hpp"
#include "server/goodbye.hpp"
#include "server/http_server.hpp"
#include "server/http_source.hpp"
#include "server/reload_thread.hpp"
#include "server/rpc_counters.hpp"
#include "server/settings_table.hpp"
#include "server/sockets.hpp"

namespace swim::server {
namespace {

// Shutdown: 800 ms for the goodbye by default, then these: in all well below 1.5 s.
constexpr Duration goodbye_margin = std::chrono::milliseconds(100);
// For what the streams still have to say, "this node left" above all; a client that does not read
// is cut off then.
constexpr Duration calls_grace = std::chrono::milliseconds(300);

constexpr const char* resync_names[] = {"unknown", "initial", "token_expired", "restarted",
                                        "overflow"};

tl::expected<crypto::Keyring, std::string> load_keys(const Options& options) {
  if (options.encryption.keyring_dir.empty()) {
    return crypto::Keyring(crypto::Key::generate());
  }
  return runtime::read_keyring_folder(options.encryption.keyring_dir);
}

runtime::Options runtime_options(const Options& options, Logger& logger) {
  runtime::Options result;
  result.engine = options.engine;
  result.node_name = options.node.name;
  result.cluster_label = options.cluster.label;
  result.zone = options.node.zone;
  result.metadata = wire::encode_labels(options.node.labels).value_or(ByteVector{});
  result.bind = *options.gossip.bind_address;
  result.advertise = options.gossip.advertise_address;
  result.seeds = options.discovery.seeds;
  result.snapshot_path = options.snapshot.path;
  result.seed_refresh = options.discovery.refresh_interval;
  result.log = [&logger](int level, const std::string& text) {
    const LogLevel mapped = level >= runtime::log_error  ? LogLevel::error
                            : level >= runtime::log_warn ? LogLevel::warn
                            : level >= runtime::log_info ? LogLevel::info
                                                         : LogLevel::debug;
    // Limited where it comes from, one line an episode.
    if (mapped >= logger.level()) {
      logger.always(mapped, text, {});
    }
  };
  return result;
}

}  // namespace

class Daemon::Parts {
 public:
  explicit Parts(Logger& used_logger) : logger(used_logger) {}
  ~Parts() { stop(); }

  using Started = tl::expected<void, std::string>;
  Started start(const Options& options, Reloader::LoadOptions load,
                std::function<void()> request_stop);
  void stop();
  ServerFacts facts() const;

  // In the order in which they need each other.
  Logger& logger;
  Duration leave_timeout{};
  FanOut fan_out;
  RpcCounters rpcs;
  std::unique_ptr<runtime::Runtime> node;
  std::unique_ptr<StreamGate> streams;
  std::unique_ptr<Attachments> apps;
  std::shared_ptr<Reloader> reloader;
  std::unique_ptr<ReloadThread> reloads;
  std::unique_ptr<ServiceContext> context;
  std::unique_ptr<ApiServers> servers;
  HttpServer http;
  bool stopped{};
  bool left_behind{};  // a thread that reads a file

 private:
  void wake_by_logs();
  Started bind_http(const Options& options);
  Started serve_http(const Options& options);
  void log_start(const Options& options, const SocketPaths& paths) const;
};

Daemon::Parts::Started Daemon::Parts::start(const Options& options, Reloader::LoadOptions load,
                                            std::function<void()> request_stop) {
  leave_timeout = options.engine.leave_timeout;
  auto keys = load_keys(options);
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  const auto paths =
      prepare_sockets(options.api.socket, options.admin.socket, socket_environment());
  if (!paths) {
    return tl::unexpected(paths.error());
  }
  auto doors = ApiServers::bind(*paths, options.api.socket_mode);
  if (!doors) {
    return tl::unexpected(doors.error());
  }
  if (auto bound = bind_http(options); !bound) {
    return bound;
  }
  auto started = runtime::Runtime::start(runtime_options(options, logger), *keys);
  if (!started) {
    return tl::unexpected(started.error());
  }
  node = std::move(*started);
  streams = std::make_unique<StreamGate>(options.api.max_streams, fan_out, [this](bool accepts) {
    return node->set_accepts_messages(accepts);
  });
  apps = std::make_unique<Attachments>(
      fan_out, Attachments::Engine{[this](AppId id) { return node->detach_app(id); },
                                   [this](AppId id) { return node->lose_app(id); }});
  reloader = std::make_shared<Reloader>(options, std::move(*keys), std::move(load), *node, logger);
  reloads = std::make_unique<ReloadThread>(reloader);
  context.reset(
      new ServiceContext{*node, fan_out, *streams, *apps, logger, *reloader, *reloads,
                         std::move(request_stop), node->snapshot()->local->incarnation.boot,
                         options.engine.join_timeout, SWIM_VERSION, runtime::steady_now()});
  wake_by_logs();
  auto serving = ApiServers::start(*context, rpcs, std::move(*doors));
  if (!serving) {
    return tl::unexpected(serving.error());
  }
  servers = std::move(*serving);
  if (auto listening = serve_http(options); !listening) {
    return listening;
  }
  log_start(options, *paths);
  return {};
}

void Daemon::Parts::wake_by_logs() {
  node->events().on_append([this] { fan_out.notify(Channel::members); });
  node->messages().on_append([this] { fan_out.notify(Channel::messages); });
  fan_out.add(Channel::members, std::make_shared<EventReporter>(node->events(), logger));
}

Daemon::Parts::Started Daemon::Parts::bind_http(const Options& options) {
  if (options.admin.http_address.off) {
    return {};
  }
  return http.bind({*options.admin.http_address.address, options.engine.join_timeout});
}

Daemon::Parts::Started Daemon::Parts::serve_http(const Options& options) {
  if (options.admin.http_address.off) {
    return {};
  }
  return http.serve(source_of(*node), logger, [this] { return facts(); });
}

void Daemon::Parts::log_start(const Options& options, const SocketPaths& paths) const {
  for (const std::string& note : paths.notes) {
    logger.log(LogLevel::info, "default socket folder not used", {{"detail", note}});
  }
  if (options.encryption.keyring_dir.empty()) {
    logger.log(LogLevel::warn,
               "no encryption.keyring-dir: a key was generated for this run, so nobody can join "
               "this node",
               {{"fingerprint", reloader->keys().primary().fingerprint()}});
  }
  const auto view = node->view();
  logger.log(LogLevel::info, "node started",
             {{"name", options.node.name},
              {"cluster", options.cluster.label},
              {"version", SWIM_VERSION},
              {"gossip", to_string(view->bound)},
              {"advertised", to_string(view->advertised)},
              {"api", paths.api},
              {"admin", paths.admin},
              {"http", options.admin.http_address.off ? "off" : to_string(http.bound())},
              {"key", reloader->keys().primary().fingerprint()}});
}

void Daemon::Parts::stop() {
  if (std::exchange(stopped, true)) {
    return;
  }
  fan_out.end_listeners();
  if (apps) {
    apps->end_all();
  }
  http.stop();
  if (node) {
    node->stop();  // answers what is still asked
  }
  if (reloads) {
    left_behind = !reloads->stop();
  }
  if (servers) {
    servers->shutdown(calls_grace);
    servers.reset();
  }
  fan_out.stop();
}

ServerFacts Daemon::Parts::facts() const {
  ServerFacts facts;
  facts.version = SWIM_VERSION;
  facts.watchers = streams->open(Channel::members);
  facts.subscribers = streams->open(Channel::messages);
  facts.producers = streams->open(Channel::producers);
  facts.watch_events = streams->watch_events;
  for (std::size_t reason = 1; reason < streams->resyncs.size(); ++reason) {
    facts.watch_resyncs.emplace_back(resync_names[reason], streams->resyncs[reason]);
  }
  facts.connections_refused = servers ? servers->turned_away() : 0;
  facts.rpcs = rpcs.all();
  const crypto::Keyring keys = reloader->keys();
  for (const crypto::Key& key : keys.keys()) {
    facts.keys.push_back({key.fingerprint(), key == keys.primary() ? "primary" : "secondary"});
  }
  const Options options = reloader->options();
  for (const Setting& setting : settings_table()) {
    facts.settings.emplace_back(setting.name, value_text(setting, options));
  }
  facts.last_reload_successful = reloader->last_successful();
  facts.last_reload_success = reloader->last_success();
  return facts;
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Daemon::~Daemon() = default;

tl::expected<std::unique_ptr<Daemon>, std::string> Daemon::start(
    const Options& options, Reloader::LoadOptions load, Logger& logger,
    std::function<void()> request_stop) {
  auto parts = std::make_unique<Parts>(logger);
  if (auto started = parts->start(options, std::move(load), std::move(request_stop)); !started) {
    if (parts->node) {  // somebody may have let it in
      say_goodbye(*parts->node, parts->leave_timeout + goodbye_margin, logger);
    }
    return tl::unexpected(started.error());
  }
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

void Daemon::reload(const std::function<void()>& done) {
  static_cast<void>(parts_->reloads->reload(false, [done](const ReloadThread::Result&) {
    if (done) {
      done();
    }
  }));
}

void Daemon::poll_keys(const std::function<void()>& done) {
  static_cast<void>(parts_->reloads->poll_keys([done] {
    if (done) {
      done();
    }
  }));
}

bool Daemon::shut_down() {
  if (!parts_->stopped) {
    parts_->servers->stop_serving();
    say_goodbye(*parts_->node, parts_->leave_timeout + goodbye_margin, parts_->logger);
    parts_->stop();
  }
  return !parts_->left_behind;
}

ServerFacts Daemon::facts() const {
  return parts_->facts();
}

}  // namespace swim::server
