#include "core/sim/description_pool.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace swim::sim {

namespace {

std::size_t hash(std::string_view name, const Incarnation& incarnation) {
  return std::hash<std::string_view>{}(name) ^
         std::hash<std::uint64_t>{}(incarnation.boot * 31 + incarnation.life * 7 +
                                    incarnation.count);
}

// All of it: a liar may describe one incarnation in two ways.
bool same(const wire::Descriptor& a, const wire::Descriptor& b) {
  return a.node.name == b.node.name && a.incarnation == b.incarnation &&
         a.node.address == b.node.address && std::ranges::equal(a.node.metadata, b.node.metadata) &&
         a.zone == b.zone && std::ranges::equal(a.apps, b.apps) && a.inbox == b.inbox &&
         a.sequence == b.sequence && a.capabilities == b.capabilities && a.stall_ms == b.stall_ms;
}

}  // namespace

std::size_t DescriptionPool::Hash::operator()(const wire::Descriptor& heard) const {
  return hash(heard.node.name, heard.incarnation);
}

std::size_t DescriptionPool::Hash::operator()(const DescriptionPtr& kept) const {
  return hash(kept->name, kept->incarnation);
}

bool DescriptionPool::Equal::operator()(const wire::Descriptor& heard,
                                        const DescriptionPtr& kept) const {
  return same(heard, descriptor_of(*kept));
}

bool DescriptionPool::Equal::operator()(const DescriptionPtr& a, const DescriptionPtr& b) const {
  return same(descriptor_of(*a), descriptor_of(*b));
}

DescriptionPtr DescriptionPool::keep(const wire::Descriptor& heard) {
  const auto found = kept_.find(heard);
  if (found != kept_.end()) {
    return *found;
  }
  if (kept_.size() >= sweep_at_) {
    boost::unordered::erase_if(kept_,
                               [](const DescriptionPtr& one) { return one->use_count() == 1; });
    sweep_at_ = std::max<std::size_t>(sweep_at_, 2 * kept_.size());
  }
  return *kept_.insert(share(Description(heard))).first;
}

}  // namespace swim::sim
