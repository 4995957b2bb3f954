// The way to the daemon: finds a door that opens, and says precisely why none does.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <string>

#include "cli/endpoints.hpp"
#include "cli/failure.hpp"
#include "cli/format/failure_text.hpp"
#include "cli/text/duration.hpp"

namespace swim::cli {

class Connection {
 public:
  // Tries the places in order. A unix socket is connected to first by hand, as gRPC does not tell a
  // missing socket from a forbidden or a dead one.
  static Result<Connection> open(Door door, const Surroundings& surroundings, Nanoseconds patience);
  // The same place again, on a new channel: after a loss, without gRPC's own back-off.
  Result<Connection> again(Nanoseconds patience) const;

  // The same two for who has to look at other things meanwhile: they don't wait until a host
  // answers, that is asked for by established(), any number of times.
  static Result<Connection> find(Door door, const Surroundings& surroundings);
  Result<Connection> anew() const;
  Result<> established(Nanoseconds patience) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const Place& place() const { return place_; }

  // A unary call by a member function of the stub. `Request` holds the answer's type by the method.
  template <class Stub, class Request, class Response>
  Result<Response> call(Nanoseconds timeout,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request) const {
    Stub stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) {
      return tl::unexpected<Failure>(explain_status(status, place_.shown()));
    }
    return response;
  }

 private:
  Connection(Place place, std::shared_ptr<grpc::Channel> channel)
      : place_(std::move(place)), channel_(std::move(channel)) {}
  static Result<Connection> when_established(Result<Connection> made, Nanoseconds patience);

  Place place_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace swim::cli
