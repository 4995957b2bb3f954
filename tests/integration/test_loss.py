"""Broadcasts over links that lose datagrams: each is delivered once and in order, or announced as a gap."""

import threading

import grpc
import pytest

from harness.client import error_of
from harness.waiting import measured, wait_until

NEEDS = ("ip", "nft", "namespaces")

COUNT = 1000  # broadcasts of each origin
REPAIRED = 10.0  # seconds from the last broadcast until nothing is open any more


def broadcast_all(daemon):
    """As fast as they are taken; where the queue is full, again."""
    for number in range(1, COUNT + 1):
        payload = f"{daemon.name} {number}".encode()
        while True:
            try:
                daemon.client.broadcast("t", payload)
                break
            except grpc.RpcError as error:
                failure = error
                assert error_of(lambda failure=failure: (_ for _ in ()).throw(failure))[1] == "QUEUE_FULL"


class Account:
    """What a subscription was told of one origin's broadcasts: each sequence is delivered, announced as lost, or open."""

    def __init__(self, stream, origin):
        with_origin = stream.locked(lambda: [message for message, _ in stream.messages if message.origin == origin])
        self.delivered = [message.sequence for message in with_origin]
        self.payloads = [message.payload for message in with_origin]
        self.lost = [sequence for gap in stream.locked(lambda: list(stream.gaps)) if gap.origin == origin
                     for sequence in range(gap.first_sequence, gap.last_sequence + 1)]

    @property
    def closed(self):
        return len(self.delivered) + len(self.lost) >= COUNT

    def check(self, origin):
        assert self.delivered == sorted(set(self.delivered)), f"of {origin}: twice, or out of order"
        assert sorted(self.delivered + self.lost) == list(range(1, COUNT + 1)), \
            f"of {origin}: delivered {len(self.delivered)}, announced as lost {len(self.lost)}: not each exactly one of these"
        assert self.payloads == [f"{origin} {sequence}".encode() for sequence in self.delivered]


@pytest.mark.parametrize("percent", [5, 30])
def test_every_broadcast_arrives_or_its_loss_is_announced(lan_cluster, percent):
    daemons, hosts = lan_cluster(4)
    for host in hosts:
        host.lose(percent)
    origins = daemons[:2]
    streams = {daemon.name: daemon.client.subscribe().attached() for daemon in daemons}
    writers = [threading.Thread(target=broadcast_all, args=(origin,)) for origin in origins]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    pairs = [(name, origin.name) for name in streams for origin in origins if origin.name != name]
    took = wait_until(lambda: all(Account(streams[name], origin).closed for name, origin in pairs),
                      f"all of {COUNT} broadcasts of two delivered or announced", REPAIRED)[1]
    measured(f"{percent} % loss: last broadcast → nothing is open", took, REPAIRED)
    lost = 0
    for name, origin in pairs:
        account = Account(streams[name], origin)
        account.check(origin)
        lost += len(account.lost)
    print(f"measured: {percent} % loss: {lost} of {len(pairs) * COUNT} deliveries announced as lost", flush=True)
    assert percent > 5 or lost == 0, "at 5 % loss everything is repaired"
    for stream in streams.values():
        stream.close()
