// One message of Send, alike for the call and for SendStream.
#pragma once

#include <grpcpp/support/status.h>

#include <functional>

#include "server/convert.hpp"
#include "server/service_context.hpp"
#include "swim/v1/messaging.pb.h"

namespace swim::server {

// The id that the client gave; one that is drawn for it where it gave none.
RequestId request_id_of(const ::swim::v1::SendRequest& request);

// Checks and sends. `done` is called once, later, on the fan-out thread; the response is filled
// where it went well, and must live until then, as the context must.
void send_message(ServiceContext& context, const ::swim::v1::SendRequest& request,
                  const RequestId& id, ::swim::v1::SendResponse& response,
                  std::function<void(const grpc::Status&)> done);

}  // namespace swim::server
