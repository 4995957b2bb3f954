#include "server/api_servers.hpp"

#include <grpc/grpc.h>
#include <grpc/health/v1/health.pb.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "core/runtime/clock.hpp"
#include "server/admin_service.hpp"
#include "server/health_reporter.hpp"
#include "server/membership_service.hpp"
#include "server/messaging_service.hpp"

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

// The socket is made with the mode it shall have: there is no moment at which it is open to more.
class Umask {
 public:
  explicit Umask(mode_t mode) : before_(umask(static_cast<mode_t>(~mode & 0777U))) {}
  ~Umask() { umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

tl::expected<std::unique_ptr<grpc::Server>, std::string> serve(
    const std::string& setting, const std::string& path, mode_t mode, RpcCounters& counters,
    const std::vector<grpc::Service*>& services) {
  grpc::ServerBuilder builder;
  int bound = 0;
  builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials(), &bound);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
  creators.push_back(counting_interceptors(counters));
  builder.experimental().SetInterceptorCreators(std::move(creators));
  for (grpc::Service* service : services) {
    builder.RegisterService(service);
  }
  const Umask guard(mode);
  auto server = builder.BuildAndStart();
  if (!server || bound == 0) {
    return tl::unexpected(setting + ": " + path + " can't be served (" +
                          std::generic_category().message(errno) + "); choose another with --" +
                          setting);
  }
  chmod(path.c_str(), mode);  // where a default ACL of the folder added to it
  return server;
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
  std::unique_ptr<grpc::Server> api_server;
  std::unique_ptr<grpc::Server> admin_server;
  std::shared_ptr<HealthReporter> health;
};

ApiServers::ApiServers(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ApiServers::~ApiServers() {
  shutdown(Duration{});
}

tl::expected<std::unique_ptr<ApiServers>, std::string> ApiServers::start(ServiceContext& context,
                                                                         RpcCounters& counters,
                                                                         const SocketPaths& paths,
                                                                         FileMode api_mode) {
  enable_plugins();
  auto parts = std::make_unique<Parts>(context);
  auto api = serve("api.socket", paths.api, static_cast<mode_t>(api_mode.bits), counters,
                   {&parts->membership, &parts->messaging});
  if (!api) {
    return tl::unexpected(api.error());
  }
  parts->api_server = std::move(*api);
  auto admin = serve("admin.socket", paths.admin, admin_mode, counters, {&parts->admin});
  if (!admin) {
    return tl::unexpected(admin.error());
  }
  parts->admin_server = std::move(*admin);
  parts->health = std::make_shared<HealthReporter>(
      context.runtime,
      std::vector<HealthReporter::Target>{
          {parts->api_server->GetHealthCheckService(),
           {"", "swim.v1.MembershipService", "swim.v1.MessagingService"}},
          {parts->admin_server->GetHealthCheckService(), {"", "swim.v1.AdminService"}}});
  context.fan_out.add(Channel::members, parts->health);
  return std::unique_ptr<ApiServers>(new ApiServers(std::move(parts)));
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
  for (grpc::Server* server : {parts_->api_server.get(), parts_->admin_server.get()}) {
    if (server != nullptr) {
      server->Shutdown(deadline);
    }
  }
  parts_.reset();
}

}  // namespace swim::server
