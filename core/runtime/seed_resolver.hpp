// Seeds are live names (DESIGN §4.4): every one is resolved and contacted again for ever, with
// jitter, so that a cluster that fell apart finds itself without an operator. When each is
// contacted is core/engine/seed_calls.hpp's matter.
//
// Engine thread only. It reads time and acts through its hooks alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/base/prng.hpp"
#include "core/base/time.hpp"
#include "core/engine/event.hpp"
#include "core/engine/seed_calls.hpp"
#include "core/runtime/name_lookup.hpp"
#include "core/runtime/runtime.hpp"

namespace swim::runtime {

class SeedResolver {
 public:
  struct Hooks {
    std::function<Moment()> now;
    std::function<void(std::string host, std::uint16_t port, NameLookup::Done)> resolve;
    // Answers later, once, with one result an address at most: those that were not needed are left
    // out.
    std::function<void(std::vector<Endpoint>, std::function<void(std::vector<SeedResult>)>)> join;
    // The addresses that need not be asked, sorted: of all others that are there, once this node is
    // a member. One look serves all addresses of a name: a headless service has as many as the
    // cluster has members.
    std::function<std::vector<Endpoint>()> live_members;
    std::function<bool(const Endpoint&)> is_self;
    // Every seed was tried, nobody was there, and one of them is this node: it is the first of its
    // cluster.
    std::function<void()> start_alone;
    // One sentence of the episode's start or end.
    std::function<void(int level, const std::string&)> log;
    // "key (fingerprint 1f…) or label (prod/app)"; asked when it is needed, since keys rotate.
    std::function<std::string()> credentials;
  };

  struct Pauses {
    Duration refresh{};
    Duration retry{SeedCalls::retry_default};
  };

  SeedResolver(Hooks hooks, Pauses pauses, std::uint64_t random_seed);

  // Replaces all seeds; those whose text stays keep what is known of them.
  void replace(std::vector<SeedSpec> seeds);
  // No contacts by itself while suspended: a node that left comes back only on an explicit join.
  void suspend(bool suspended) { suspended_ = suspended; }

  // Others told that somebody is at this address, while nobody let this node in yet: a seed that
  // failed to be reached there is due at once.
  void heard_of(const Endpoint& address);

  // Starts whatever is due.
  void on_time();
  std::optional<TimePoint> next_due() const;

  bool empty() const { return seeds_.empty(); }
  // Whether status() says something new since it was asked last.
  bool changed() const { return changed_; }
  std::vector<SeedStatus> status();

 private:
  struct Seed {
    Seed(std::uint64_t id_in, SeedCalls calls_in) : id(id_in), calls(calls_in) {}

    std::uint64_t id;
    SeedSpec spec;
    SeedStatus status;
    SeedCalls calls;  // under way: a look-up, then a join
    bool has_self{};
    int failures{};  // in a row
    bool told{};     // the log knows of the problem
  };

  void contact(Seed& seed);
  void resolved(std::uint64_t id, LookupResult result);
  void join(Seed& seed);
  void joined(Seed& seed, bool reached, const std::vector<SeedResult>& results);
  void finish(Seed& seed, bool reached, std::string problem, bool grave);
  void tell(Seed& seed, bool grave);
  void maybe_start_alone();
  Seed* find(std::uint64_t id);

  Hooks hooks_;
  Pauses pauses_;
  Prng random_;
  std::vector<Seed> seeds_;
  std::uint64_t next_id_{1};
  bool suspended_{};
  bool anyone_reached_{};
  bool changed_{};
};

// One sentence about one failed address of `seed` (as configured), for people.
std::string explain_seed_failure(const std::string& seed, const SeedResult& result,
                                 const std::string& credentials);

}  // namespace swim::runtime
