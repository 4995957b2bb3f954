"""Follows the messages that arrive at this node, and prints each as a line of JSON.

    python subscribe.py [unix:///run/swim/swim.sock [TOPIC ...]]
"""

import json
import random
import sys
import time

import grpc
from swim.v1 import messaging_pb2, messaging_pb2_grpc

from watch import CHANNEL, LONGEST_PAUSE  # watch.py says why


def subscribe(target, topics):
    """Yields each response in order, for ever: what came is handled before its token is kept, so that nothing is lost
    where handling fails; a process that wants to go on after its own restart stores the token with its results."""
    token, pause = "", 0.1
    service = messaging_pb2_grpc.MessagingServiceStub(grpc.insecure_channel(target, CHANNEL))
    while True:
        try:
            request = messaging_pb2.SubscribeRequest(topics=topics, resume_token=token)
            for response in service.Subscribe(request, wait_for_ready=True):
                yield response
                token, pause = response.resume_token, 0.1
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.INVALID_ARGUMENT:  # no pause will mend the request
                raise
            print(f"the subscription ended: {error.details()}", file=sys.stderr)
        time.sleep(random.uniform(0, pause))
        pause = min(2 * pause, LONGEST_PAUSE)


def lines(response):
    kind = response.WhichOneof("kind")
    if kind == "messages":
        for message in response.messages.messages:
            yield {"message": message.payload.decode(errors="replace"), "topic": message.topic,
                   "origin": message.origin, "sequence": message.sequence}
    elif kind == "gap":  # so many messages are lost to us: whoever mirrors the sender's state fetches it anew
        yield {"gap": response.gap.missed, "origin": response.gap.origin}
    elif kind == "reset":  # the daemon forgot where we were: what was missed is not known, fetch everything anew
        yield {"reset": response.reset.Reason.Name(response.reset.reason).removeprefix("REASON_")}
    elif kind == "bookmark":  # everything that arrived before has been sent
        yield {"bookmark": True}


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else "unix:///run/swim/swim.sock"
    for response in subscribe(target, sys.argv[2:]):
        for line in lines(response):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
