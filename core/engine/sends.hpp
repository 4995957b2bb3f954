// Messages to one member: BEST_EFFORT in a datagram, ACKNOWLEDGED over a stream (DESIGN §7).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/engine/engine.hpp"
#include "core/engine/record.hpp"
#include "core/engine/request_memory.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

struct Core;

class Sends {
 public:
  explicit Sends(Core& core);

  Expected<void> datagram(std::string_view member, std::string_view topic, Bytes payload,
                          const wire::RequestId& request_id);
  Expected<OperationId> stream(std::string_view member, std::string_view topic, Bytes payload,
                               const wire::RequestId& request_id);
  // From a peer, in a datagram.
  void on_user_msg(const wire::UserMsg& message);
  // From a peer, whole: taken once for each (sender run, request id) that is remembered.
  wire::SendCode take(std::string_view origin, std::uint64_t origin_boot, std::string_view topic,
                      ByteVector payload, const wire::RequestId& request_id);
  std::size_t remembered() const { return taken_.size(); }
  std::size_t pending() const { return pending_; }
  void done() { --pending_; }

 private:
  Expected<Slot> receiver(std::string_view member, std::string_view topic) const;
  void deliver(std::string_view origin, std::uint64_t origin_boot, std::string_view topic,
               ByteVector payload, const wire::RequestId& request_id);

  // False: it was taken before, and its sender only asks again.
  bool first_time(const RequestMemory::Request& request);

  Core& core_;
  std::size_t pending_{};
  RequestMemory taken_;
};

// 1 to limits::topic_bytes_max characters without spaces or control characters.
bool is_topic(std::string_view topic);

}  // namespace swim::engine
