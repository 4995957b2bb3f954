#include "server/api_servers.hpp"

#include <grpc/grpc.h>
#include <grpc/health/v1/health.pb.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <sys/types.h>

#include <chrono>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "core/runtime/clock.hpp"
#include "server/admin_service.hpp"
#include "server/health_reporter.hpp"
#include "server/membership_service.hpp"
#include "server/messaging_service.hpp"
#include "server/unix_listener.hpp"

namespace swim::server {
namespace {

// A server that is idle for so long asks whether its client is still there.
constexpr int keepalive_ms = 60'000;
constexpr mode_t admin_mode = 0600;

void enable_plugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Held for ever: the last release would shut gRPC's own threads down, and of these the poller
    // of 1.51 may sleep for up to 10 s before it hears of that. The end of the process ends them
    // too.
    grpc_init();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    // gRPC serves health without its descriptor; this links ours, so that reflection knows it.
    static_cast<void>(grpc::health::v1::HealthCheckRequest::descriptor());
  });
}

struct Served {
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<UnixListener> listener;  // last: it hands over to the others

  tl::expected<void, std::string> start(std::uint64_t descriptors_end, Logger& logger);
};

using Door = std::unique_ptr<UnixListener>;

tl::expected<Door, std::string> open(const std::string& setting, const std::string& path,
                                     mode_t mode) {
  return UnixListener::open(path, mode).map_error([&](const std::string& problem) {
    return setting + ": " + path + " can't be served (" + problem + "); choose another with --" +
           setting;
  });
}

tl::expected<Served, std::string> serve(Door door, RpcCounters& counters,
                                        const std::vector<grpc::Service*>& services) {
  Served served;
  served.listener = std::move(door);
  grpc::ServerBuilder builder;
  served.acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
  creators.push_back(counting_interceptors(counters));
  builder.experimental().SetInterceptorCreators(std::move(creators));
  for (grpc::Service* service : services) {
    builder.RegisterService(service);
  }
  served.server = builder.BuildAndStart();
  if (!served.server) {
    return tl::unexpected(std::string("gRPC does not start; is there no memory, or no thread?"));
  }
  return served;
}

tl::expected<void, std::string> Served::start(std::uint64_t descriptors_end, Logger& logger) {
  return listener->start(descriptors_end, logger, [to = acceptor.get()](int connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.fd = connection;
    to->HandleNewConnection(&parameters);
  });
}

}  // namespace

class ApiServers::Parts {
 public:
  explicit Parts(ServiceContext& shared)
      : context(shared), membership(shared), messaging(shared), admin(shared) {}

  ServiceContext& context;
  MembershipService membership;
  MessagingService messaging;
  AdminService admin;
  Served api;
  Served admin_api;
  std::shared_ptr<HealthReporter> health;
};

ApiServers::ApiServers(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ApiServers::~ApiServers() {
  shutdown(Duration{});
}

tl::expected<ApiDoors, std::string> ApiServers::bind(const SocketPaths& paths, FileMode api_mode) {
  auto api = open("api.socket", paths.api, static_cast<mode_t>(api_mode.bits));
  if (!api) {
    return tl::unexpected(api.error());
  }
  auto admin = open("admin.socket", paths.admin, admin_mode);
  if (!admin) {
    return tl::unexpected(admin.error());
  }
  return ApiDoors{std::move(*api), std::move(*admin)};
}

tl::expected<std::unique_ptr<ApiServers>, std::string> ApiServers::start(ServiceContext& context,
                                                                         RpcCounters& counters,
                                                                         ApiDoors doors) {
  enable_plugins();
  auto parts = std::make_unique<Parts>(context);
  auto api = serve(std::move(doors.api), counters, {&parts->membership, &parts->messaging});
  if (!api) {
    return tl::unexpected(api.error());
  }
  parts->api = std::move(*api);
  auto admin = serve(std::move(doors.admin), counters, {&parts->admin});
  if (!admin) {
    return tl::unexpected(admin.error());
  }
  parts->admin_api = std::move(*admin);
  parts->health = std::make_shared<HealthReporter>(
      context.runtime, context.join_timeout, context.started,
      std::vector<HealthReporter::Target>{
          {parts->api.server->GetHealthCheckService(),
           {"", "swim.v1.MembershipService", "swim.v1.MessagingService"}},
          {parts->admin_api.server->GetHealthCheckService(), {"", "swim.v1.AdminService"}}});
  std::unique_ptr<ApiServers> servers(new ApiServers(std::move(parts)));
  Parts& made = *servers->parts_;
  if (auto started = made.api.start(descriptors_for_applications(), context.logger); !started) {
    return tl::unexpected(started.error());
  }
  if (auto started =
          made.admin_api.start(std::numeric_limits<std::uint64_t>::max(), context.logger);
      !started) {
    return tl::unexpected(started.error());
  }
  context.fan_out.add(Channel::members, made.health);
  return servers;
}

std::uint64_t ApiServers::turned_away() const {
  return parts_->api.listener->turned_away();
}

void ApiServers::stop_serving() {
  parts_->health->end();
}

void ApiServers::shutdown(Duration grace) {
  if (!parts_) {
    return;
  }
  if (parts_->health) {
    parts_->health->end();
    parts_->context.fan_out.remove(Channel::members, parts_->health.get());
  }
  const auto deadline = std::chrono::system_clock::now() +
                        std::chrono::duration_cast<std::chrono::system_clock::duration>(grace);
  for (Served* served : {&parts_->api, &parts_->admin_api}) {
    if (served->listener) {
      served->listener->stop();
    }
  }
  for (Served* served : {&parts_->api, &parts_->admin_api}) {
    if (served->server) {
      served->server->Shutdown(deadline);
    }
  }
  parts_.reset();
}

}  // namespace swim::server
