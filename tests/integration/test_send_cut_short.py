"""A member that goes in the middle of a payload of 1 MiB: the sender hears which of the documented errors it was, and
nothing is left under way on either side."""

import threading

from harness.client import error_of
from harness.waiting import wait_until

NEEDS = ("ip", "nft", "namespaces")

LARGE = b"x" * (1 << 20)


def in_the_middle(first, second, host, then):
    """(error of a Send of 1 MiB to the second, when `then` happened to it while the payload was on its way)."""
    stream = second.client.subscribe().attached()
    first.client.send("n2", "t", b"all is well")
    def received():
        return second.metric("swim_received_bytes_total", transport="tcp")
    before = received()
    host.slow_streams("64 kbytes")
    errors = []
    sender = threading.Thread(target=lambda: errors.append(error_of(lambda: first.client.send("n2", "t", LARGE))))
    sender.start()
    wait_until(lambda: received() > before + 40_000, "a part of it is there", 3.0)
    then()
    sender.join(60)
    assert errors, "the sender still waits"
    wait_until(lambda: first.metric("swim_operations_pending") == 0 and first.metric("swim_streams_open") == 0,
               "nothing under way at the sender", 20.0)
    assert LARGE not in stream.payloads()
    stream.close()
    return errors[0]


def test_killed_in_the_middle_of_a_large_send(lan_cluster):
    (first, second), hosts = lan_cluster(2)
    code, reason, message, _ = in_the_middle(first, second, hosts[1], second.kill)
    assert (code, reason) == ("UNAVAILABLE", "UNREACHABLE"), message


def test_cut_off_in_the_middle_of_a_large_send(lan_cluster):
    (first, second), hosts = lan_cluster(2)
    code, reason, message, _ = in_the_middle(first, second, hosts[1], hosts[1].black_hole)
    assert (code, reason) == ("DEADLINE_EXCEEDED", "TIMEOUT"), message
    # And before anybody noticed that the host is gone there is no connection at all.
    hosts[1].heal()
    first.client.join(second.gossip)
    wait_until(lambda: first.client.status_of("n2") == "ALIVE" and second.client.status_of("n1") == "ALIVE", "healed", 30.0)
    wait_until(lambda: second.metric("swim_streams_open") == 0, "nothing under way at the receiver", 20.0)
