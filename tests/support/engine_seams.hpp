// What an engine in a test may call: identifiers that count up from 1, and a trace that nobody
// reads.
#pragma once

#include <cstdint>

#include "core/engine/seams.hpp"

namespace swim::test {

struct CountedIds final : RandomIds {
  std::uint64_t next{};  // how many were drawn, and the last one's value
  std::uint64_t draw() override { return ++next; }
};

struct NoTrace final : TraceSink {
  void record(const TraceRecord&, TimePoint) override {}
};

}  // namespace swim::test
