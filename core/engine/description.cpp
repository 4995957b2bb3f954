#include "core/engine/description.hpp"

namespace swim {

Description::Description(const wire::Descriptor& heard)
    : name(heard.node.name),
      incarnation(heard.incarnation),
      address(heard.node.address),
      metadata(heard.node.metadata.begin(), heard.node.metadata.end()),
      zone(heard.zone),
      apps(heard.apps.begin(), heard.apps.end()),
      inbox(heard.inbox),
      sequence(heard.sequence),
      capabilities(heard.capabilities),
      stall_ms(heard.stall_ms) {}

wire::Descriptor descriptor_of(const Description& description) {
  return {.node = {description.name, description.address, description.metadata},
          .incarnation = description.incarnation,
          .inbox = description.inbox,
          .sequence = description.sequence,
          .capabilities = description.capabilities,
          .stall_ms = description.stall_ms,
          .zone = description.zone,
          .apps = description.apps};
}

}  // namespace swim
