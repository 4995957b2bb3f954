// Members and events for the tests of swimctl's text.
#pragma once

#include <swim/v1/membership.pb.h>

#include <string>

namespace swim::cli {

inline v1::Member member(const std::string& name, v1::MemberStatus status) {
  v1::Member made;
  made.set_name(name);
  made.set_uid("00000000000000aa");
  made.set_address("10.0.0.1");
  made.set_port(7946);
  made.set_status(status);
  made.mutable_status_time()->set_seconds(1000);
  made.mutable_incarnation()->set_life(900);
  made.mutable_incarnation()->set_count(2);
  return made;
}

inline v1::MemberEvent event(v1::MemberEvent::Type type, v1::MemberEvent::Reason reason,
                             const v1::Member& about) {
  v1::MemberEvent made;
  made.set_type(type);
  made.set_reason(reason);
  *made.mutable_member() = about;
  made.set_revision(7);
  made.mutable_event_time()->set_seconds(1000);
  made.mutable_event_time()->set_nanos(120'000'000);
  return made;
}

}  // namespace swim::cli
