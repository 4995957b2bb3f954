#include "server/member_filter.hpp"

namespace swim::server {
namespace {

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = 0xCBF29CE484222325U) {
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
  filter.hash_ = fnv1a(label_selector, fnv1a(std::to_string(filter.statuses_) + "|"));
  return filter;
}

bool MemberFilter::matches(const MemberInfo& member) const {
  if ((statuses_ >> static_cast<unsigned>(member.status) & 1U) == 0) {
    return false;
  }
  if (selector_.empty()) {
    return true;
  }
  // Metadata that is not ours to read has no labels.
  return selector_.matches(wire::decode_labels(member.metadata).value_or(wire::Labels{}));
}

void FilteredView::clear() {
  shown_.clear();
  settled_.clear();
  resumed_ = false;
}

void FilteredView::resume() {
  clear();
  resumed_ = true;
}

bool FilteredView::show(const MemberInfo& member) {
  if (filter_.matches_everything()) {
    return true;
  }
  if (!filter_.matches(member)) {
    return false;
  }
  shown_.insert(member.name);
  return true;
}

bool FilteredView::show(const MemberEvent& event) {
  if (filter_.matches_everything()) {
    return true;
  }
  const std::string& name = event.member->name;
  const bool unsure = resumed_ && settled_.insert(name).second;
  if (event.type != EventType::expired && filter_.matches(*event.member)) {
    shown_.insert(name);
    return true;
  }
  return shown_.erase(name) != 0 || unsure;
}

}  // namespace swim::server
