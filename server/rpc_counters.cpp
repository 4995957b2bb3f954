#include "server/rpc_counters.hpp"

#include <utility>

namespace swim::server {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::ServerRpcInfo;

// As gRPC's clients in other languages spell them.
constexpr std::array<const char*, 17> code_names{
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

const char* type_name(ServerRpcInfo::Type type) {
  switch (type) {
    case ServerRpcInfo::Type::UNARY:
      return "unary";
    case ServerRpcInfo::Type::CLIENT_STREAMING:
      return "client_stream";
    case ServerRpcInfo::Type::SERVER_STREAMING:
      return "server_stream";
    case ServerRpcInfo::Type::BIDI_STREAMING:
      return "bidi_stream";
  }
  return "unknown";
}

class CountingInterceptor final : public grpc::experimental::Interceptor {
 public:
  CountingInterceptor(RpcCounters& counters, ServerRpcInfo* info)
      : counters_(counters), method_(info->method()) {
    counters_.started(method_, type_name(info->type()));
  }
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      counters_.handled(method_, methods->GetSendStatus().error_code());
    }
    methods->Proceed();
  }

 private:
  RpcCounters& counters_;
  const char* method_;
};

class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(RpcCounters& counters) : counters_(counters) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    return new CountingInterceptor(counters_, info);  // gRPC owns it
  }

 private:
  RpcCounters& counters_;
};

}  // namespace

void RpcCounters::started(const char* method, const char* type) {
  const std::lock_guard lock(mutex_);
  Count& count = methods_[method];
  count.type = type;
  ++count.started;
}

void RpcCounters::handled(const char* method, grpc::StatusCode code) {
  auto index = static_cast<std::size_t>(code);
  if (index >= code_names.size()) {
    index = static_cast<std::size_t>(grpc::StatusCode::UNKNOWN);
  }
  const std::lock_guard lock(mutex_);
  ++methods_[method].handled[index];
}

std::vector<ServerFacts::Rpc> RpcCounters::all() const {
  std::vector<ServerFacts::Rpc> rpcs;
  const std::lock_guard lock(mutex_);
  for (const auto& [path, count] : methods_) {
    const auto slash = path.rfind('/');
    ServerFacts::Rpc rpc{
        path.substr(1, slash - 1), path.substr(slash + 1), count.type, count.started, {}};
    for (std::size_t code = 0; code < count.handled.size(); ++code) {
      if (count.handled[code] != 0) {
        rpc.handled.emplace_back(code_names[code], count.handled[code]);
      }
    }
    rpcs.push_back(std::move(rpc));
  }
  return rpcs;
}

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> counting_interceptors(
    RpcCounters& counters) {
  return std::make_unique<Factory>(counters);
}

}  // namespace swim::server
