// Which requests were taken, so that a repetition of one is harmless. Bounded by age and by count;
// the oldest is forgotten first.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "core/base/time.hpp"
#include "core/wire/message.hpp"

namespace swim::engine {

class RequestMemory {
 public:
  RequestMemory(Duration lifetime, std::size_t entries_max)
      : lifetime_(lifetime), entries_max_(entries_max) {}

  // A request is known by the run that sent it and its id; the id of zeros is nobody's.
  struct Request {
    std::uint64_t boot{};
    wire::RequestId id{};
    friend bool operator==(const Request&, const Request&) = default;
  };

  // Whether it was taken and is still remembered. `now` never goes backwards.
  bool knows(const Request& request, TimePoint now);
  // From now on. Nothing for one that is known, which keeps its age, and for the id of zeros.
  void remember(const Request& request, TimePoint now);

  std::size_t size() const { return order_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const Request& request) const noexcept;
  };
  struct Taken {
    TimePoint at;
    Request request;
  };

  void forget_old(TimePoint now);

  Duration lifetime_;
  std::size_t entries_max_;
  boost::unordered_flat_set<Request, Hash> known_;
  std::deque<Taken> order_;  // as they came
};

}  // namespace swim::engine
