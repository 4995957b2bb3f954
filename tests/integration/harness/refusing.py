"""A server in a killed daemon's place that refuses streams, as a daemon does that is short of something."""

import concurrent.futures
import contextlib
import os

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status
from swim.v1 import membership_pb2_grpc, messaging_pb2_grpc


class Refusing(membership_pb2_grpc.MembershipServiceServicer, messaging_pb2_grpc.MessagingServiceServicer):
    """`code` and `reason` may be changed at any time; `asked` counts what was refused so far."""

    def __init__(self, code, reason):
        self.code, self.reason, self.asked = code, reason, 0

    def _refuse(self, context):
        detail = any_pb2.Any()
        detail.Pack(error_details_pb2.ErrorInfo(reason=self.reason, domain="swim.v1"))
        self.asked += 1
        context.abort_with_status(rpc_status.to_status(status_pb2.Status(
            code=code_pb2.Code.Value(self.code), message="refused by a test", details=[detail])))

    def Attach(self, request_iterator, context):
        self._refuse(context)

    def WatchMembers(self, request, context):
        self._refuse(context)

    def Subscribe(self, request, context):
        self._refuse(context)


@contextlib.contextmanager
def refusing_in_place_of(daemon, reason, code="RESOURCE_EXHAUSTED"):
    """Kills the daemon; the socket is free again behind it."""
    daemon.kill()
    path = daemon.settings["api.socket"]
    os.unlink(path)
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    refusing = Refusing(code, reason)
    membership_pb2_grpc.add_MembershipServiceServicer_to_server(refusing, server)
    messaging_pb2_grpc.add_MessagingServiceServicer_to_server(refusing, server)
    server.add_insecure_port(f"unix://{path}")
    server.start()
    try:
        yield refusing
    finally:
        server.stop(None).wait(30)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
