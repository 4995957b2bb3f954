"""A client of the API, made from the protos alone."""

import threading
import time

import grpc
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from swim.v1 import (admin_pb2, admin_pb2_grpc, member_pb2, membership_pb2, membership_pb2_grpc,
                     messaging_pb2, messaging_pb2_grpc)

from harness.waiting import wait_until

CALL_TIMEOUT = 30  # seconds; the calls of a healthy daemon end in milliseconds


def status_name(value):
    return member_pb2.MemberStatus.Name(value).removeprefix("MEMBER_STATUS_")


def type_name(event):
    return membership_pb2.MemberEvent.Type.Name(event.type).removeprefix("TYPE_")


def reason_name(event):
    return membership_pb2.MemberEvent.Reason.Name(event.reason).removeprefix("REASON_")


def told_by(error):
    """(code, ErrorInfo reason, message, metadata) of a grpc.RpcError."""
    status = rpc_status.from_call(error)
    infos = []
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            infos.append(info)
    assert len(infos) == 1, f"one ErrorInfo expected, got {infos} with: {error}"
    assert infos[0].domain == "swim.v1"
    return error.code().name, infos[0].reason, error.details(), dict(infos[0].metadata)


def error_of(call):
    """The same of a call that must fail."""
    try:
        call()
    except grpc.RpcError as error:
        return told_by(error)
    raise AssertionError("the call did not fail")


class Client:
    def __init__(self, api_target, admin_target):
        options = [("grpc.initial_reconnect_backoff_ms", 50), ("grpc.min_reconnect_backoff_ms", 50),
                   ("grpc.max_reconnect_backoff_ms", 200), ("grpc.use_local_subchannel_pool", 1),
                   ("grpc.max_receive_message_length", -1)]
        self._channel = grpc.insecure_channel(api_target, options)
        self._admin_channel = grpc.insecure_channel(admin_target, options)
        self.members_service = membership_pb2_grpc.MembershipServiceStub(self._channel)
        self.messages = messaging_pb2_grpc.MessagingServiceStub(self._channel)
        self.health = health_pb2_grpc.HealthStub(self._channel)
        self.admin = admin_pb2_grpc.AdminServiceStub(self._admin_channel)
        self.admin_on_api = admin_pb2_grpc.AdminServiceStub(self._channel)

    def close(self):
        self._channel.close()
        self._admin_channel.close()

    # ---- membership ----
    def is_up(self):
        try:
            self.members_service.GetNodeStatus(membership_pb2.GetNodeStatusRequest(), timeout=CALL_TIMEOUT)
            return True
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNAVAILABLE:
                return False
            raise

    def list(self, statuses=(), selector=""):
        request = membership_pb2.ListMembersRequest()
        request.filter.statuses.extend(member_pb2.MemberStatus.Value(f"MEMBER_STATUS_{s}") for s in statuses)
        request.filter.label_selector = selector
        return self.members_service.ListMembers(request, timeout=CALL_TIMEOUT)

    def names(self, *statuses):
        return [member.name for member in self.list(statuses).members]

    def get(self, name="self"):
        return self.members_service.GetMember(membership_pb2.GetMemberRequest(name=name),
                                              timeout=CALL_TIMEOUT).member

    def status_of(self, name):
        """"ALIVE" …, or None where the member is not listed."""
        for member in self.list().members:
            if member.name == name:
                return status_name(member.status)
        return None

    def node_status(self):
        return self.members_service.GetNodeStatus(membership_pb2.GetNodeStatusRequest(), timeout=CALL_TIMEOUT)

    def explain(self, name):
        return self.members_service.ExplainMember(membership_pb2.ExplainMemberRequest(name=name),
                                                  timeout=CALL_TIMEOUT)

    def set_labels(self, labels, remove=(), replace_all=False, expected_revision=None):
        request = membership_pb2.UpdateLocalMemberRequest(labels=labels, remove_labels=remove,
                                                          replace_all=replace_all)
        if expected_revision is not None:
            request.expected_revision = expected_revision
        return self.members_service.UpdateLocalMember(request, timeout=CALL_TIMEOUT).member

    # ---- messages ----
    def broadcast(self, topic, payload, supersede_key=""):
        request = messaging_pb2.BroadcastRequest(topic=topic, payload=payload, supersede_key=supersede_key)
        return self.messages.Broadcast(request, timeout=CALL_TIMEOUT)

    def send(self, member, topic, payload, acknowledged=True, request_id=""):
        delivery = "DELIVERY_ACKNOWLEDGED" if acknowledged else "DELIVERY_BEST_EFFORT"
        request = messaging_pb2.SendRequest(member=member, topic=topic, payload=payload,
                                            delivery=messaging_pb2.Delivery.Value(delivery),
                                            request_id=request_id)
        return self.messages.Send(request, timeout=CALL_TIMEOUT)

    # ---- streams ----
    def watch(self, token="", **filters):
        return Watch(self.members_service, token, **filters)

    def subscribe(self, *topics, include_own=False, token=""):
        return Subscription(self.messages, topics, include_own, token)

    # ---- health, admin ----
    def health_of(self, service=""):
        answer = self.health.Check(health_pb2.HealthCheckRequest(service=service), timeout=CALL_TIMEOUT)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)

    def join(self, *seeds):
        return self.admin.Join(admin_pb2.JoinRequest(seeds=seeds), timeout=CALL_TIMEOUT)

    def leave(self, shutdown=False):
        return self.admin.Leave(admin_pb2.LeaveRequest(shutdown=shutdown), timeout=CALL_TIMEOUT)

    def drain(self, cancel=False):
        return self.admin.Drain(admin_pb2.DrainRequest(cancel=cancel), timeout=CALL_TIMEOUT)

    def force_leave(self, member):
        return self.admin.ForceLeave(admin_pb2.ForceLeaveRequest(member=member), timeout=CALL_TIMEOUT)

    def ping(self, member):
        return self.admin.Ping(admin_pb2.PingRequest(member=member), timeout=CALL_TIMEOUT)

    def keys(self):
        return self.admin.ListKeys(admin_pb2.ListKeysRequest(), timeout=CALL_TIMEOUT)

    def reload(self):
        return self.admin.Reload(admin_pb2.ReloadRequest(), timeout=CALL_TIMEOUT)


class _Stream:
    """Reads a server's stream in a thread until close(), or until the server ends it."""

    def __init__(self, call):
        self._call = call
        self._lock = threading.Lock()
        self.token = ""
        self.responses = []  # as they came
        self.error = None    # what the stream ended with
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for response in self._call:
                with self._lock:
                    self.token = response.resume_token or self.token
                    self.responses.append(response)
                    self.take(response, time.monotonic())
        except grpc.RpcError as error:
            self.error = error

    def take(self, response, now):
        raise NotImplementedError

    def locked(self, function):
        with self._lock:
            return function()

    @property
    def ended(self):
        return not self._thread.is_alive()

    def close(self):
        self._call.cancel()
        self._thread.join(10)
        assert self.ended, "the stream did not end after its cancellation"


class Watch(_Stream):
    """Keeps the member map by the three rules that WatchMembers promises to be enough."""

    def __init__(self, service, token="", statuses=(), selector="", bookmark_seconds=None):
        self.map = {}        # name → Member
        self.snapshots = []  # reasons of complete snapshots
        self.events = []     # (MemberEvent, monotonic seconds of its arrival)
        self.bookmarks = 0
        request = membership_pb2.WatchMembersRequest(resume_token=token)
        request.filter.statuses.extend(member_pb2.MemberStatus.Value(f"MEMBER_STATUS_{s}") for s in statuses)
        request.filter.label_selector = selector
        if bookmark_seconds is not None:
            request.bookmark_interval.FromSeconds(bookmark_seconds)
        super().__init__(service.WatchMembers(request))

    def take(self, response, now):
        kind = response.WhichOneof("kind")
        if kind == "snapshot":
            if response.snapshot.begin:
                self.map.clear()
            self.map.update((member.name, member) for member in response.snapshot.members)
            if response.snapshot.end:
                name = membership_pb2.MemberSnapshot.Reason.Name(response.snapshot.reason)
                self.snapshots.append(name.removeprefix("REASON_"))
        elif kind == "events":
            for event in response.events.events:
                self.events.append((event, now))
                if type_name(event) == "EXPIRED" or event.no_longer_matches:
                    self.map.pop(event.member.name, None)
                else:
                    self.map[event.member.name] = event.member
        else:
            self.bookmarks += 1

    def in_sync(self, wanted=1.0):
        """Waits for the first complete snapshot, and returns self."""
        wait_until(lambda: self.snapshots, "a complete snapshot", wanted)
        return self

    def of(self, member, *types, since=0):
        """Its events of these types (all if none), with their arrival."""
        return self.locked(lambda: [(event, when) for event, when in self.events[since:]
                                    if event.member.name == member and (not types or type_name(event) in types)])

    def types_of(self, member, since=0):
        return [type_name(event) for event, _ in self.of(member, since=since)]

    def wait_for(self, member, *types, wanted=1.0, since=0):
        """The first such event and its arrival."""
        found, _ = wait_until(lambda: self.of(member, *types, since=since),
                              f"{' or '.join(types)} of {member} in a watch", wanted)
        return found[0]

    def statuses(self):
        return self.locked(lambda: {name: status_name(member.status) for name, member in self.map.items()})


class Subscription(_Stream):
    def __init__(self, service, topics, include_own, token):
        self.messages = []  # (ReceivedMessage, monotonic seconds of its arrival)
        self.gaps, self.resets = [], []
        super().__init__(service.Subscribe(messaging_pb2.SubscribeRequest(
            topics=topics, include_own=include_own, resume_token=token)))

    def take(self, response, now):
        kind = response.WhichOneof("kind")
        if kind == "messages":
            self.messages.extend((message, now) for message in response.messages.messages)
        elif kind == "gap":
            self.gaps.append(response.gap)
        elif kind == "reset":
            self.resets.append(messaging_pb2.MessageReset.Reason.Name(response.reset.reason))

    def attached(self, wanted=1.0):
        """Waits until the server said that every message from now on is sent, and returns self."""
        wait_until(lambda: self.responses, "the first response of a subscription", wanted)
        return self

    def payloads(self):
        return self.locked(lambda: [message.payload for message, _ in self.messages])

    def wait_for(self, payload, wanted=1.0):
        """The message with this payload and its arrival."""
        def found():
            return self.locked(lambda: [pair for pair in self.messages if pair[0].payload == payload])
        return wait_until(found, f"the message {payload[:40]!r}", wanted)[0][0]
