#include "server/member_filter.hpp"

namespace swim::server {
namespace {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  }
  return hash;
}

}  // namespace

Parsed<MemberFilter> MemberFilter::make(const std::vector<MemberStatus>& statuses,
                                        std::string_view label_selector) {
  auto selector = LabelSelector::parse(label_selector);
  if (!selector) {
    return tl::unexpected(selector.error());
  }
  MemberFilter filter;
  filter.selector_ = std::move(*selector);
  if (!statuses.empty()) {
    filter.statuses_ = 0;
    for (const MemberStatus status : statuses) {
      filter.statuses_ |= 1U << static_cast<unsigned>(status);
    }
  }
  filter.key_ = std::to_string(filter.statuses_) + "|" + std::string(label_selector);
  filter.hash_ = fnv1a(filter.key_);
  return filter;
}

bool MemberFilter::matches(MemberStatus status, const ByteVector& metadata) const {
  if ((statuses_ >> static_cast<unsigned>(status) & 1U) == 0) {
    return false;
  }
  // Metadata that is not ours to read has no labels.
  return selector_.empty() ||
         selector_.matches(wire::decode_labels(metadata).value_or(wire::Labels{}));
}

bool MemberFilter::matches(const MemberInfo& member) const {
  return matches(member.status, member.metadata);
}

bool MemberFilter::concerns(const MemberEvent& event) const {
  return matches_after(event) || matched_before(event);
}

bool MemberFilter::no_longer_matches(const MemberEvent& event) const {
  return !matches_everything() && !matches_after(event) && matched_before(event);
}

bool MemberFilter::matches_after(const MemberEvent& event) const {
  return event.type != EventType::expired && matches(*event.member);
}

bool MemberFilter::matched_before(const MemberEvent& event) const {
  const ByteVector& before =
      event.previous_metadata ? *event.previous_metadata : event.member->metadata;
  return event.previous && matches(*event.previous, before);
}

}  // namespace swim::server
