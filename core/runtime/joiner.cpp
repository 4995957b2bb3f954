#include "core/runtime/joiner.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace swim::runtime {

namespace {

SeedResult failed(const Endpoint& address, const Error& error, std::string text = {}) {
  SeedResult result;
  result.address = address;
  result.error = error;
  result.text = std::move(text);
  return result;
}

std::vector<SeedResult> all_failed(const std::vector<Endpoint>& addresses, const Error& error) {
  std::vector<SeedResult> results;
  results.reserve(addresses.size());
  for (const Endpoint& address : addresses) {
    results.push_back(failed(address, error));
  }
  return results;
}

}  // namespace

struct Joiner::Request {
  std::size_t lookups{};
  std::vector<Endpoint> addresses;
  std::vector<SeedResult> results;
  Completion<JoinReport> done;
};

void Joiner::join(std::vector<Endpoint> addresses, Results done) {
  const auto id = left_ ? fail(Errc::left) : engine_.join(addresses, hooks_.now());
  if (!id) {
    operations_.answer(
        [done = std::move(done), results = all_failed(addresses, id.error())] { done(results); });
    return;
  }
  operations_.expect(*id, true,
                     [this, leaves = leaves_, addresses = std::move(addresses),
                      done = std::move(done)](const OperationCompleted& completed) {
                       if (leaves != leaves_) {  // whoever let it in meanwhile was told so
                         done(all_failed(addresses, Error{Errc::left}));
                         return;
                       }
                       std::vector<SeedResult> results = completed.seeds;
                       if (results.empty() && completed.error) {
                         results = all_failed(addresses, *completed.error);
                       }
                       if (std::any_of(results.begin(), results.end(),
                                       [](const SeedResult& result) { return result.accepted; })) {
                         hooks_.joined(results);
                       }
                       done(std::move(results));
                     });
}

void Joiner::join_seeds(const std::vector<SeedSpec>& seeds, Completion<JoinReport> done) {
  left_ = false;
  if (seeds.empty()) {
    operations_.answer([done = std::move(done)] { done(fail(Errc::no_seeds)); });
    return;
  }
  auto request = std::make_shared<Request>();
  request->done = std::move(done);
  looking_up_.insert(request);
  for (const SeedSpec& seed : seeds) {
    if (seed.kind == SeedSpec::Kind::address) {
      request->addresses.push_back(seed.address);
      continue;
    }
    ++request->lookups;
    names_.resolve(seed.host, seed.port, [this, request, seed](LookupResult result) {
      resolved(request, seed, std::move(result));
    });
  }
  if (request->lookups == 0) {
    contact(request);
  }
}

void Joiner::resolved(const RequestPtr& request, const SeedSpec& seed, LookupResult result) {
  if (!looking_up_.contains(request)) {
    return;  // answered meanwhile
  }
  if (result.addresses.empty()) {
    request->results.push_back(failed({}, Error{Errc::unreachable, "the name does not resolve"},
                                      "seed " + seed.text + " " + result.problem));
  }
  std::move(result.addresses.begin(), result.addresses.end(),
            std::back_inserter(request->addresses));
  if (--request->lookups == 0) {
    contact(request);
  }
}

void Joiner::contact(const RequestPtr& request) {
  looking_up_.erase(request);
  std::vector<Endpoint>& addresses = request->addresses;
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  std::erase_if(addresses, [&](const Endpoint& address) {
    if (!hooks_.is_self(address)) {
      return false;
    }
    request->results.push_back(failed(address, Error{Errc::invalid_argument, "this node itself"},
                                      to_string(address) + " is this node itself"));
    return true;
  });
  if (addresses.empty()) {
    finish(request, {});
    return;
  }
  join(std::move(addresses),
       [this, request](std::vector<SeedResult> results) { finish(request, std::move(results)); });
}

void Joiner::finish(const RequestPtr& request, std::vector<SeedResult> results) {
  JoinReport report;
  report.results = std::move(request->results);
  std::move(results.begin(), results.end(), std::back_inserter(report.results));
  report.accepted = static_cast<std::size_t>(
      std::count_if(report.results.begin(), report.results.end(),
                    [](const SeedResult& result) { return result.accepted; }));
  operations_.answer(
      [done = std::move(request->done), report = std::move(report)] { done(report); });
}

void Joiner::leave() {
  left_ = true;
  ++leaves_;
  cancel_look_ups(Errc::left);
}

void Joiner::cancel_all() {
  cancel_look_ups(Errc::cancelled);
}

void Joiner::cancel_look_ups(Errc reason) {
  for (const RequestPtr& request : looking_up_) {
    operations_.answer([done = std::move(request->done), reason] { done(fail(reason)); });
  }
  looking_up_.clear();
}

}  // namespace swim::runtime
