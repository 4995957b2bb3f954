#include "cli/format/names.hpp"

#include <algorithm>
#include <cctype>

namespace swim::cli {
namespace {

// ServingStatus → SERVING_STATUS_
std::string prefix_of(std::string_view enum_name) {
  std::string prefix;
  for (const char c : enum_name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !prefix.empty()) {
      prefix += '_';
    }
    prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return prefix + "_";
}

}  // namespace

std::string short_name(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) {
    return std::to_string(number);
  }
  const std::string prefix = prefix_of(type.name());
  const std::string& name = value->name();
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

std::optional<v1::MemberStatus> parse_status(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  v1::MemberStatus status{};
  if (!v1::MemberStatus_Parse("MEMBER_STATUS_" + upper, &status) ||
      status == v1::MEMBER_STATUS_UNSPECIFIED) {
    return std::nullopt;
  }
  return status;
}

Color color_of(v1::MemberStatus status) {
  switch (status) {
    case v1::MEMBER_STATUS_ALIVE:
      return Color::green;
    case v1::MEMBER_STATUS_SUSPECT:
      return Color::yellow;
    case v1::MEMBER_STATUS_LEAVING:
      return Color::blue;
    case v1::MEMBER_STATUS_LEFT:
      return Color::dim;
    case v1::MEMBER_STATUS_FAILED:
      return Color::red;
    default:
      return Color::plain;
  }
}

Cell status_cell(v1::MemberStatus status) {
  return {short_name(status), color_of(status)};
}

}  // namespace swim::cli
