// What a member says of itself, at one incarnation: immutable, shared by all that one thread holds
// of it. Its count of owners is not atomic: it never leaves the engine, or the simulated world.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/base/endpoint.hpp"
#include "core/wire/claim.hpp"
#include "core/wire/message.hpp"

namespace swim {

// Owning counterpart of wire::Descriptor.
struct Description : boost::intrusive_ref_counter<Description, boost::thread_unsafe_counter> {
  Description() = default;
  explicit Description(const wire::Descriptor& heard);

  std::string name;
  Incarnation incarnation;  // boot 0: nothing but the name is known yet
  Endpoint address;
  ByteVector metadata;  // encoded labels, core/wire/labels.hpp
  std::string zone;
  ByteVector apps;
  std::uint64_t inbox{};
  std::uint64_t sequence{};
  std::uint32_t capabilities{};
  std::uint32_t stall_ms{};
};

using DescriptionPtr = boost::intrusive_ptr<const Description>;

inline DescriptionPtr share(Description description) {
  return {new Description(std::move(description))};
}

// Views of it: use them while it lives.
wire::Descriptor descriptor_of(const Description& description);

}  // namespace swim
