// Names to addresses off the engine loop.
//
// Not Asio's resolver: destroying its io_context waits for the look-up that is under way, and a
// dead name server would then hold a shutdown up for tens of seconds. Here a look-up that nobody
// waits for any more is left to end by itself.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/endpoint.hpp"
#include "core/runtime/socket_address.hpp"

namespace swim::runtime {

// Either addresses, or one clause that says why not: "does not resolve (Name or service not
// known)".
struct LookupResult {
  std::vector<Endpoint> addresses;
  std::string problem;
};

class NameLookup {
 public:
  using Done = std::function<void(LookupResult)>;

  // Only addresses that a socket of this family reaches are asked for.
  NameLookup(boost::asio::io_context& io, Family family);
  ~NameLookup();  // `done` is not called afterwards
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Engine thread. `done` runs on the io_context's thread, later. A few look-ups run at a time, the
  // rest wait.
  void resolve(std::string host, std::uint16_t port, Done done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace swim::runtime
