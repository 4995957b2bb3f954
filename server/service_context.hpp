// What the services share. Everything in it must outlive the gRPC servers.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/base/time.hpp"
#include "core/crypto/keyring.hpp"
#include "core/runtime/runtime.hpp"
#include "server/attachments.hpp"
#include "server/fan_out.hpp"
#include "server/logger.hpp"
#include "server/reload.hpp"
#include "server/reload_thread.hpp"
#include "server/selections.hpp"
#include "server/stream_gate.hpp"

namespace swim::server {

struct ServiceContext {
  runtime::Runtime& runtime;
  FanOut& fan_out;
  StreamGate& streams;
  Attachments& apps;
  Logger& logger;
  Reloader& reloader;
  ReloadThread& reloads;
  std::function<void()> request_shutdown;  // any thread; of the whole process
  std::uint64_t boot{};                    // of this process
  Duration join_timeout{};
  std::string version;
  TimePoint started{};
  // Of WatchMembers and of Subscribe.
  StreamOrigin stream_origin{boot};
  Shared<MemberSelection> watched{};
  Shared<MessageSelection> subscribed{};
};

// 1 s to 5 min, 10 s where not set.
Duration bookmark_interval(bool is_set, const google::protobuf::Duration& wanted);

}  // namespace swim::server
