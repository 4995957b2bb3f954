// Enum values as people write them: MEMBER_STATUS_ALIVE is ALIVE, TYPE_FAILED is FAILED. Pure.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <swim/v1/member.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "cli/text/table.hpp"

namespace swim::cli {

// Without the prefix that the enum's name makes. A number that is not known shows as it is.
std::string short_name(const google::protobuf::EnumDescriptor& type, int number);

template <class Enum>
std::string short_name(Enum value) {
  return short_name(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

// "alive", "ALIVE" …; nullopt for a word that is no status.
std::optional<v1::MemberStatus> parse_status(std::string_view text);

Color color_of(v1::MemberStatus status);
Cell status_cell(v1::MemberStatus status);

}  // namespace swim::cli
