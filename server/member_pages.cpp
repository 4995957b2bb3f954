#include "server/member_pages.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "server/convert.hpp"
#include "server/resume_token.hpp"
#include "server/status.hpp"

namespace swim::server {
namespace {

constexpr std::int32_t page_default = 1000;
constexpr std::int32_t page_max = 5000;
constexpr int statuses_max = 16;  // more than there are, as some may be named twice

// A page token is the resume token of the first page, a dot, and the last name in hexadecimal: what
// others chose for a name must not break a string field.
struct PageStart {
  std::uint64_t position{};  // of the first page
  std::string after;
};

std::string hex(const std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

std::optional<std::string> unhex(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<PageStart> read_page_token(const std::string& token, std::uint64_t boot,
                                         std::uint64_t filter) {
  const auto dot = token.find('.');
  if (dot == std::string::npos) {
    return std::nullopt;
  }
  const ReadToken first = read_token(std::string_view(token).substr(0, dot), boot, filter,
                                     std::numeric_limits<std::uint64_t>::max());
  auto after = unhex(std::string_view(token).substr(dot + 1));
  if (first.verdict != TokenVerdict::good || !after) {
    return std::nullopt;
  }
  return PageStart{first.position, std::move(*after)};
}

}  // namespace

Parsed<MemberFilter> filter_from(const pb::MemberFilter& filter) {
  if (filter.statuses_size() > statuses_max) {
    return tl::unexpected("statuses are " + std::to_string(filter.statuses_size()) +
                          "; the most is " + std::to_string(statuses_max));
  }
  std::vector<MemberStatus> statuses;
  for (const int status : filter.statuses()) {
    const auto known = from_proto(static_cast<pb::MemberStatus>(status));
    if (!known) {
      return tl::unexpected("statuses hold " + std::to_string(status) +
                            ", which is no status of a member");
    }
    statuses.push_back(*known);
  }
  auto made = MemberFilter::make(statuses, filter.label_selector());
  if (!made) {
    return tl::unexpected("label_selector " + made.error());
  }
  return made;
}

grpc::Status bad_filter(const std::string& problem) {
  return make_status(grpc::StatusCode::INVALID_ARGUMENT, "BAD_FILTER", "filter." + problem);
}

grpc::Status list_members(const Snapshot& snapshot, std::uint64_t boot,
                          const pb::ListMembersRequest& request,
                          pb::ListMembersResponse& response) {
  const auto filter = filter_from(request.filter());
  if (!filter) {
    return bad_filter(filter.error());
  }
  if (request.page_size() < 0) {
    return make_status(grpc::StatusCode::INVALID_ARGUMENT, "BAD_PAGE_SIZE",
                       "page_size is negative; 0 means " + std::to_string(page_default));
  }
  PageStart start{snapshot.revision, {}};
  if (!request.page_token().empty()) {
    const auto read = read_page_token(request.page_token(), boot, filter->hash());
    if (!read) {
      return make_status(grpc::StatusCode::INVALID_ARGUMENT, "BAD_PAGE_TOKEN",
                         "page_token is damaged, for another filter, or of an earlier run of this "
                         "node; start again with the first page");
    }
    start = *read;
  }
  const std::string token = encode_token({boot, start.position, filter->hash()});
  const std::int32_t size =
      request.page_size() == 0 ? page_default : std::min(request.page_size(), page_max);
  std::int32_t matching = 0;
  bool more = false;
  const MemberInfo* last = nullptr;
  for (const MemberPtr& member : snapshot.members) {
    if (!filter->matches(*member)) {
      continue;
    }
    ++matching;
    if (!request.page_token().empty() && member->name <= start.after) {
      continue;
    }
    if (response.members_size() == size) {
      more = true;
      continue;
    }
    fill(*member, *response.add_members());
    last = member.get();
  }
  if (more) {
    response.set_next_page_token(token + "." + hex(last->name));
  }
  response.set_total_size(matching);
  response.set_resume_token(token);
  response.set_revision(snapshot.revision);
  return grpc::Status::OK;
}

}  // namespace swim::server
