// What the members of a world say of themselves, once for all its engines: N nodes hold N
// descriptions, not N². One thread, as the world.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>

#include "core/engine/seams.hpp"

namespace swim::sim {

class DescriptionPool final : public Descriptions {
 public:
  DescriptionPtr keep(const wire::Descriptor& heard) override;
  // Those that somebody holds, and some that nobody does any more.
  std::size_t size() const { return kept_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const wire::Descriptor& heard) const;
    std::size_t operator()(const DescriptionPtr& kept) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const wire::Descriptor& heard, const DescriptionPtr& kept) const;
    bool operator()(const DescriptionPtr& a, const DescriptionPtr& b) const;
  };

  boost::unordered_flat_set<DescriptionPtr, Hash, Equal> kept_;
  std::size_t sweep_at_{1024};
};

}  // namespace swim::sim
