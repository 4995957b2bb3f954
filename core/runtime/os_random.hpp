// The engine's identifiers from the operating system's generator.
#pragma once

#include "core/crypto/random.hpp"
#include "core/engine/seams.hpp"

namespace swim::runtime {

class OsRandomIds final : public RandomIds {
 public:
  std::uint64_t draw() override { return crypto::random_u64(); }
};

}  // namespace swim::runtime
