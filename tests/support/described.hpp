// Records as tests want them: with a claim, and described at an incarnation of their choice.
#pragma once

#include <utility>

#include "core/engine/record.hpp"

namespace swim::test {

// The same description, but for what `change` does to it.
template <class Change>
void redescribe(engine::Record& record, Change change) {
  Description next = record.description ? *record.description : Description();
  change(next);
  record.describe(share(std::move(next)));
}

inline void describe_at(engine::Record& record, const Incarnation& incarnation) {
  redescribe(record, [&](Description& next) { next.incarnation = incarnation; });
}

}  // namespace swim::test
