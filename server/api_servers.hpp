// The two gRPC servers: one for applications, one for operators, each on its own unix socket, each
// with grpc.health.v1, reflection and channelz.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "core/base/time.hpp"
#include "server/rpc_counters.hpp"
#include "server/service_context.hpp"
#include "server/settings_types.hpp"
#include "server/sockets.hpp"
#include "server/unix_listener.hpp"

namespace swim::server {

// The sockets of both, taken before the node begins: who may not have them is nobody's member yet.
struct ApiDoors {
  std::unique_ptr<UnixListener> api, admin;
};

class ApiServers {
 public:
  // Listens; who connects waits until start(). The error is for people. Changes the process's umask
  // for a moment: no other thread should make files meanwhile.
  static tl::expected<ApiDoors, std::string> bind(const SocketPaths& paths, FileMode api_mode);
  // `context` and `counters` must outlive the servers. The error is for people.
  static tl::expected<std::unique_ptr<ApiServers>, std::string> start(ServiceContext& context,
                                                                      RpcCounters& counters,
                                                                      ApiDoors doors);
  ~ApiServers();  // shuts down at once

  // Connections of applications that were closed at once, because there were too many. Any thread,
  // before shutdown().
  std::uint64_t turned_away() const;

  // From here on health says NOT_SERVING, whatever the node's state.
  void stop_serving();
  // Calls that are still open after `grace` are cancelled. The streams should have been ended by
  // FanOut::end_listeners(), and the runtime stopped, so that every unary call is answered.
  void shutdown(Duration grace);

 private:
  class Parts;
  explicit ApiServers(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace swim::server
