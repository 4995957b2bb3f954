// What operators and apps ask of a node.
#include <string>

#include "core/sim/world.hpp"

namespace swim::sim {

void World::cut(NodeId a, NodeId b) {
  topology_.cut_one_way(a, b);
  topology_.cut_one_way(b, a);
}

void World::mend(NodeId a, NodeId b) {
  topology_.mend_one_way(a, b);
  topology_.mend_one_way(b, a);
}

void World::isolate(NodeId node) {
  for (const NodeId other : nodes()) {
    if (other != node) {
      cut(node, other);
    }
  }
}

void World::partition(std::span<const NodeId> one_side) {
  topology_.unite();
  for (const NodeId node : one_side) {
    topology_.set_side(node, 1);
  }
}

Expected<OperationId> World::join(NodeId node, std::span<const NodeId> seeds) {
  std::vector<Endpoint> addresses;
  for (const NodeId seed : seeds) {
    addresses.push_back(at(seed).options().address);
  }
  checkers_.on_rejoin(at(node).run());
  return tell(node, [&](Engine& engine, Moment at) { return engine.join(addresses, at); });
}

Expected<OperationId> World::leave(NodeId node) {
  note(node, "leave");
  checkers_.on_leave(at(node).run());
  return tell(node, [](Engine& engine, Moment at) { return engine.leave(at); });
}

Expected<void> World::drain(NodeId node, Duration timeout) {
  note(node, "drain");
  return tell(node, [&](Engine& engine, Moment at) { return engine.drain(timeout, at); });
}

Expected<void> World::cancel_drain(NodeId node) {
  note(node, "drain cancelled");
  return tell(node, [](Engine& engine, Moment at) { return engine.cancel_drain(at); });
}

Expected<void> World::broadcast(NodeId node, std::string_view topic, std::string_view payload,
                                std::string_view supersede_key) {
  return tell(node, [&](Engine& engine, Moment at) {
    return engine.broadcast(topic, as_bytes(payload), supersede_key, at);
  });
}

std::array<std::uint8_t, 16> World::next_request_id() {
  std::array<std::uint8_t, 16> id{};
  const std::uint64_t number = ++requests_;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    id[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

Expected<void> World::send_datagram(NodeId from, NodeId to, std::string_view topic,
                                    std::string_view payload) {
  return tell(from, [&](Engine& engine, Moment moment) {
    return engine.send_datagram(at(to).name(), topic, as_bytes(payload), next_request_id(), moment);
  });
}

Expected<OperationId> World::send(NodeId from, NodeId to, std::string_view topic,
                                  std::string_view payload) {
  return tell(from, [&](Engine& engine, Moment moment) {
    return engine.send_stream(at(to).name(), topic, as_bytes(payload), next_request_id(), moment);
  });
}

Expected<void> World::set_metadata(NodeId node, std::string_view metadata) {
  return tell(node, [&](Engine& engine, Moment at) {
    return engine.update_metadata(as_bytes(metadata), std::nullopt, at);
  });
}

Expected<AppId> World::attach(NodeId node, std::string_view app) {
  note(node, "app attaches");
  auto id = tell(node, [&](Engine& engine, Moment at) { return engine.attach(app, at); });
  if (id) {
    attached_[{node, std::string(app)}] = {at(node).run(), *id};
  }
  return id;
}

// Apps end with the run that they were attached to.
std::optional<AppId> World::take_app(NodeId node, std::string_view app) {
  const auto found = attached_.find({node, std::string(app)});
  if (found == attached_.end()) {
    return std::nullopt;
  }
  const Attached attached = found->second;
  attached_.erase(found);
  return at(node).exists() && at(node).run() == attached.run ? std::optional(attached.id)
                                                             : std::nullopt;
}

bool World::end_app(NodeId node, std::string_view app, const char* what,
                    void (Engine::*end)(AppId, Moment)) {
  const auto id = take_app(node, app);
  if (id) {
    note(node, what);
    (at(node).engine().*end)(*id, at(node).now());
    at(node).drain();
  }
  return id.has_value();
}

bool World::detach(NodeId node, std::string_view app) {
  return end_app(node, app, "app says goodbye", &Engine::detach_app);
}

bool World::lose(NodeId node, std::string_view app) {
  return end_app(node, app, "app lost", &Engine::lose_app);
}

Expected<OperationId> World::ping(NodeId node, NodeId target) {
  return tell(
      node, [&](Engine& engine, Moment moment) { return engine.ping(at(target).name(), moment); });
}

Expected<bool> World::force_leave(NodeId node, std::string_view name) {
  note(node, "force-leave");
  return tell(node, [&](Engine& engine, Moment at) { return engine.force_leave(name, at); });
}

}  // namespace swim::sim
