// What other threads see of a runtime: published values, logs, and the way in.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/limits.hpp"
#include "core/engine/event.hpp"
#include "core/engine/snapshot.hpp"
#include "core/runtime/event_log.hpp"
#include "core/runtime/mailbox.hpp"
#include "core/runtime/published.hpp"
#include "core/runtime/runtime.hpp"

namespace swim::runtime {

class Loop;

// Runs on the engine thread. While the loop is stopping it may only answer its caller.
using Command = std::function<void(Loop&)>;

struct Shared {
  Shared(std::string name, std::string label, std::function<void()> wake)
      : node_name(std::move(name)),
        cluster_label(std::move(label)),
        mailbox(limits::mailbox_commands, std::move(wake), limits::mailbox_bytes) {}

  const std::string node_name;
  const std::string cluster_label;
  Published<Snapshot> snapshot{std::make_shared<const Snapshot>()};
  Published<NodeView> view{std::make_shared<const NodeView>()};
  EventLog<MemberEvent> events{limits::event_log_events};
  EventLog<MessageEvent> messages{
      limits::message_log_messages, limits::message_log_bytes, [](const MessageEvent& event) {
        const auto* message = std::get_if<MessageReceived>(&event);
        return sizeof event + (message == nullptr
                                   ? 0
                                   : message->origin.size() + message->topic.size() +
                                         (message->payload ? message->payload->size() : 0));
      }};
  Mailbox<Command> mailbox;
};

}  // namespace swim::runtime
