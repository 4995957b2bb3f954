// Members and events made by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/engine/event.hpp"
#include "core/engine/member.hpp"
#include "core/engine/snapshot.hpp"
#include "core/wire/labels.hpp"

namespace swim::server::testing {

inline MemberPtr member(const std::string& name, MemberStatus status,
                        const wire::Labels& labels = {}) {
  auto info = std::make_shared<MemberInfo>();
  info->name = name;
  info->status = status;
  info->address = Endpoint::v4(10, 0, 0, 1, 7946);
  info->incarnation = {100, 0xB007, 1};
  info->metadata = wire::encode_labels(labels).value();
  return info;
}

// As the engine says it of a member that was `before`; null: it was not listed.
inline MemberEvent event(std::uint64_t revision, EventType type, MemberPtr about,
                         const MemberPtr& before = nullptr) {
  MemberEvent made;
  made.revision = revision;
  made.type = type;
  made.member = std::move(about);
  if (before) {
    made.previous = before->status;
    if (before->metadata != made.member->metadata) {
      made.previous_metadata = std::make_shared<const ByteVector>(before->metadata);
    }
  }
  return made;
}

}  // namespace swim::server::testing
