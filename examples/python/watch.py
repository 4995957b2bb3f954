"""Keeps a true map of the cluster's members, and prints it as a line of JSON each time it changed.

    python watch.py [unix:///run/swim/swim.sock]
"""

import json
import random
import sys
import time

import grpc
from swim.v1 import member_pb2, membership_pb2, membership_pb2_grpc

# The daemon is beside us: a call waits for it (wait_for_ready), and asks each second or oftener whether it is back.
# gRPC's own pause between two attempts would grow to two minutes.
CHANNEL = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 100),
           ("grpc.max_reconnect_backoff_ms", 1000), ("grpc.max_receive_message_length", -1)]
LONGEST_PAUSE = 5  # seconds


def apply(members, response):
    """The rules that keep the map true. Returns why it changed, or None where nothing is to be shown."""
    kind = response.WhichOneof("kind")
    if kind == "snapshot":
        if response.snapshot.begin:  # forget what you knew: it may be of another run of the daemon
            members.clear()
        members.update((member.name, member) for member in response.snapshot.members)
        # Until the last part the map is not whole: don't act upon it.
        return response.snapshot.Reason.Name(response.snapshot.reason) if response.snapshot.end else None
    if kind == "events":
        for event in response.events.events:
            if event.type == event.TYPE_EXPIRED or event.no_longer_matches:  # the latter with a filter only
                members.pop(event.member.name, None)
            else:  # whatever happened, the event carries the member as it is now
                members[event.member.name] = event.member
        return "EVENTS"
    return None  # a bookmark, or something that a newer daemon says


def watch(target):
    """Yields (why, revision, members by name) for ever. One thread may use the map until it asks for the next."""
    members, token, pause = {}, "", 0.1
    service = membership_pb2_grpc.MembershipServiceStub(grpc.insecure_channel(target, CHANNEL))
    while True:
        try:
            request = membership_pb2.WatchMembersRequest(resume_token=token)
            for response in service.WatchMembers(request, wait_for_ready=True):
                why = apply(members, response)
                token, pause = response.resume_token, 0.1
                if why:
                    yield why, response.revision, members
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.INVALID_ARGUMENT:  # no pause will mend the request
                raise
            print(f"the watch ended: {error.details()}", file=sys.stderr)
        # With the last token nothing is lost and nothing comes twice. At random, so that all clients of a daemon
        # that restarted don't come back at the same moment.
        time.sleep(random.uniform(0, pause))
        pause = min(2 * pause, LONGEST_PAUSE)


def shown(member):
    return {"status": member_pb2.MemberStatus.Name(member.status).removeprefix("MEMBER_STATUS_"), "uid": member.uid,
            "labels": dict(member.labels)}


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else "unix:///run/swim/swim.sock"
    for why, revision, members in watch(target):
        line = {"why": why.removeprefix("REASON_"), "revision": revision,
                "members": {name: shown(member) for name, member in members.items()}}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
