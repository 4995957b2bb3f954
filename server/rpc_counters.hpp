// Counts calls by method and by status code, for metrics. Any thread.
#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/http_facts.hpp"

namespace swim::server {

class RpcCounters {
 public:
  // gRPC calls methods that are registered only, so the map is bounded.
  void started(const char* method, const char* type);
  void handled(const char* method, grpc::StatusCode code);
  std::vector<ServerFacts::Rpc> all() const;

 private:
  struct Count {
    std::string type;
    std::uint64_t started{};
    std::array<std::uint64_t, 17> handled{};  // by code
  };
  mutable std::mutex mutex_;
  std::map<std::string, Count> methods_;  // "/package.Service/Method"
};

// `counters` must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> counting_interceptors(
    RpcCounters& counters);

}  // namespace swim::server
