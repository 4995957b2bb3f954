// Joins: from addresses, or from seeds that may first need a look-up. Engine thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/time.hpp"
#include "core/engine/engine.hpp"
#include "core/runtime/name_lookup.hpp"
#include "core/runtime/operations.hpp"
#include "core/runtime/runtime.hpp"

namespace swim::runtime {

class Joiner {
 public:
  struct Hooks {
    std::function<Moment()> now;
    std::function<bool(const Endpoint&)> is_self;
    std::function<void(const std::vector<SeedResult>&)> joined;  // somebody accepted
  };
  using Results = std::function<void(std::vector<SeedResult>)>;

  Joiner(Engine& engine, Operations& operations, NameLookup& names, Hooks hooks)
      : engine_(engine), operations_(operations), names_(names), hooks_(std::move(hooks)) {}

  // A join that the node makes by itself: refused between leave() and the next join_seeds().
  // `done` comes with the answers of a later turn or of this one. A failure of the join as a whole
  // is told as the failure of each address.
  void join(std::vector<Endpoint> addresses, Results done);

  // Asked for by a person: a node that left comes back by it. Resolves what is a name, then joins
  // all. A report with nobody accepted is a value, since it tells what became of each seed; errors:
  // no_seeds (none given), left (by leave() before the names were resolved), cancelled.
  void join_seeds(const std::vector<SeedSpec>& seeds, Completion<JoinReport> done);

  // The node leaves: no join that began before may bring it back.
  void leave();

  // Answers what still waits for a look-up. What waits for the engine is the Operations' business.
  void cancel_all();

 private:
  struct Request;
  using RequestPtr = std::shared_ptr<Request>;

  void resolved(const RequestPtr& request, const SeedSpec& seed, LookupResult result);
  void contact(const RequestPtr& request);
  void finish(const RequestPtr& request, std::vector<SeedResult> results);
  void cancel_look_ups(Errc reason);

  Engine& engine_;
  Operations& operations_;
  NameLookup& names_;
  Hooks hooks_;
  std::set<RequestPtr> looking_up_;
  bool left_{};
  std::uint64_t leaves_{};
};

}  // namespace swim::runtime
