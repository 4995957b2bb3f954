#include "core/engine/local_member.hpp"

#include <algorithm>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/engine/record_messages.hpp"

namespace swim::engine {

namespace {

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::name_bytes_max &&
         std::ranges::none_of(name, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

}  // namespace

bool fits_even_when_leaving(wire::Alive own, std::size_t datagram_bytes) {
  own.note.drain_ms = 1;
  return fits_a_datagram(own, datagram_bytes);
}

Expected<void> check_member(const LocalMember& member, std::size_t datagram_bytes) {
  if (!is_name(member.name)) {
    return fail(Errc::invalid_argument,
                "node.name must have 1 to 255 bytes and no control characters");
  }
  if (member.address.is_unspecified() || member.address.port == 0) {
    return fail(Errc::invalid_argument,
                "the advertised address must be one that others can reach, with its port");
  }
  if (member.metadata.size() > limits::metadata_bytes_max) {
    return fail(Errc::invalid_argument, "node.labels are more than 512 bytes encoded");
  }
  if (member.zone.size() > limits::zone_bytes_max) {
    return fail(Errc::invalid_argument, "node.zone has more than 64 bytes");
  }
  wire::Alive alive;
  alive.descriptor.node = {member.name, member.address, member.metadata};
  alive.descriptor.zone = member.zone;
  if (!fits_even_when_leaving(alive, datagram_bytes)) {
    return fail(Errc::invalid_argument, own_record_too_large);
  }
  return {};
}

}  // namespace swim::engine
