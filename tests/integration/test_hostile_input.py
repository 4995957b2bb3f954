"""Garbage at the doors, seeds that lead nowhere, half-open connections: a clear word, and nothing else happens."""

import os
import random
import socket
import struct
import time

import grpc

from harness.waiting import measured, wait_until


def dropped(daemon):
    return sum(daemon.client.node_status().stats.dropped.values())


def still_well(cluster, watches):
    """Everybody lives, sees everybody, and nobody was ever suspected."""
    cluster.see_each_other()
    for watch in watches:
        assert not [event for event, _ in watch.events], watch.events
        watch.close()


def watch_all(daemons):
    return [daemon.client.watch().in_sync() for daemon in daemons]


def test_garbage_on_udp(cluster):
    daemons = cluster.running(2)
    watches, target = watch_all(daemons), daemons[0]
    before = dropped(target)
    chance = random.Random(20)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((cluster.network.host(200), 0))
        stranger.settimeout(0.3)
        for size in [0, 1, 2, 13, 29, 30, 31, 64, 500, 1232, 1500, 9000, 65507] * 8:
            # The first byte of native datagrams is in this range, those of others are not.
            kind = bytes([chance.choice((0x20, 0x21, 0x00, 0xF4, 0xFF))])
            data = (kind + chance.randbytes(max(size - 1, 0)))[:size]
            stranger.sendto(data, (target.host, 7946))
        wait_until(lambda: dropped(target) >= before + 50, "garbage is counted", 3.0)
        try:
            answer = stranger.recv(65536)
            raise AssertionError(f"{len(answer)} bytes answer a stranger")
        except socket.timeout:
            pass
    still_well(cluster, watches)


def test_garbage_on_tcp(cluster):
    daemons = cluster.running(2)
    watches, target = watch_all(daemons), daemons[0]
    before = dropped(target)
    chance = random.Random(21)
    huge = struct.pack(">I", 0xFFFFFFFF)
    for data in [huge * 4, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 4096, *(chance.randbytes(n) for n in
                                                                              (1, 16, 64, 1024, 65536))]:
        with socket.create_connection((target.host, 7946), timeout=10) as stranger:
            try:
                stranger.sendall(data)
                stranger.shutdown(socket.SHUT_WR)
                while stranger.recv(4096):
                    pass
            except (ConnectionResetError, BrokenPipeError):
                pass  # also a way to be shown the door
    wait_until(lambda: dropped(target) > before, "garbage is counted", 3.0)
    still_well(cluster, watches)


def test_half_open_tcp_is_closed_and_blocks_nobody(cluster):
    daemons = cluster.running(2)
    watches, target = watch_all(daemons), daemons[0]
    strangers = [socket.create_connection((target.host, 7946), timeout=60) for _ in range(50)]
    newcomer = cluster.daemon().start()
    newcomer.wait_serving()
    wait_until(lambda: len(target.client.names("ALIVE")) == 3, "a node joins beside them", 3.0)
    start = time.monotonic()
    for stranger in strangers:
        try:
            assert stranger.recv(1) == b"", "a stranger that says nothing gets nothing"
        except ConnectionResetError:
            pass
        stranger.close()
    measured("fifty silent connections were closed", time.monotonic() - start, 10.0)
    for watch in watches:
        wait_until(lambda watch=watch: watch.types_of("n3") == ["JOINED"], "only the newcomer in the watch", 1.0)
        assert not watch.of("n1") and not watch.of("n2")
        watch.close()


def test_half_a_hello_is_closed(cluster):
    """A stranger that begins like a member and then says no more, or breaks off."""
    daemons = cluster.running(2)
    watches = watch_all(daemons)
    for size in (1, 4, 20, 60):
        with socket.create_connection((daemons[0].host, 7946), timeout=60) as stranger:
            stranger.sendall(b"\x00\x00\x00\x40" + os.urandom(size))
            try:
                while stranger.recv(4096):
                    pass
            except ConnectionResetError:
                pass
    with socket.create_connection((daemons[0].host, 7946), timeout=60) as stranger:
        stranger.sendall(b"\x00")
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    still_well(cluster, watches)


def test_garbage_on_the_api_socket(cluster):
    daemon = cluster.running(1)[0]
    for data in (b"\x00" * 1000, b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000)):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.settimeout(30)
            stranger.connect(daemon.settings["api.socket"])
            try:
                stranger.sendall(data)
                stranger.shutdown(socket.SHUT_WR)
                while stranger.recv(4096):
                    pass
            except (ConnectionResetError, BrokenPipeError):
                pass
    assert daemon.client.names() == ["n1"]


def test_garbage_on_http(cluster):
    daemon = cluster.running(1)[0]
    for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"POST /status HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
                 b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", os.urandom(5000)):
        with socket.create_connection((daemon.host, 7948), timeout=30) as stranger:
            try:
                stranger.sendall(data)
                stranger.shutdown(socket.SHUT_WR)
                while stranger.recv(4096):
                    pass
            except (ConnectionResetError, BrokenPipeError):
                pass
    assert daemon.get("/healthz")[0] == 200
    assert daemon.get("/nothing")[0] == 404


def test_unreachable_seeds(cluster):
    """Nobody there: the node stays up, is ready after join.timeout, and says which seed it can't reach and why."""
    dead = f"{cluster.network.host(77)}:7946"
    daemon = cluster.daemon(seeds=[dead], join__timeout="1s").start()
    daemon.wait_serving()

    def told():
        return [seed.problem for seed in daemon.client.node_status().seeds if seed.seed == dead and seed.problem]
    problems, _ = wait_until(told, "the seed's problem in the status", 3.0)
    assert dead in problems[0] and "refused" in problems[0], problems
    wait_until(lambda: dead in daemon.log and "refused" in daemon.log, "the log names it", 3.0)
    wait_until(lambda: daemon.get("/readyz")[0] == 200, "ready all the same", 3.0)
    assert daemon.client.names() == ["n1"]


def test_seed_that_cannot_be_resolved(cluster):
    daemon = cluster.daemon(seeds=["dns+no-such-host.invalid:7946"], join__timeout="1s").start()
    daemon.wait_serving()

    def told():
        return [seed.problem for seed in daemon.client.node_status().seeds if seed.problem]
    problems, _ = wait_until(told, "the seed's problem in the status", 10.0)
    assert "no-such-host.invalid" in problems[0], problems


def test_seed_that_comes_later_is_joined_then(cluster):
    first = cluster.daemon(seeds=[f"{cluster.network.host(2)}:7946"], join__timeout="1s",
                           discovery__refresh_interval="1s").start()
    first.wait_serving()
    wait_until(lambda: first.get("/readyz")[0] == 200, "ready alone", 3.0)
    cluster.daemon(seeds=()).start()
    measured("a seed that came later is joined", cluster.see_each_other(wanted=3.0), 3.0)


FEW = ("prlimit", "--nofile=160:160")  # descriptors, for a daemon with a process of its own to start it


def connect_many(path, count):
    """Connections that say nothing, as the kernel lets them in whether or not they are accepted."""
    made = []
    for _ in range(count):
        one = socket.socket(socket.AF_UNIX)
        one.setblocking(False)
        made.append(one)
        try:
            one.connect(path)
        except BlockingIOError:
            pass  # more than may wait: the daemon is behind
    return made


def close_all(connections):
    for one in connections:
        one.close()


def answered(call):
    """Whether there was an answer; clients of these tests give a connection 50 ms and then try another."""
    try:
        return call() is not None
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNAVAILABLE, error
        return False


def test_more_applications_than_descriptors(cluster):
    """Some are turned away; operators, HTTP and other nodes are served meanwhile, and applications again after it."""
    first, second = cluster.daemon(prefix=FEW).start(), cluster.daemon().start()
    cluster.see_each_other()
    watch = second.client.watch().in_sync()
    strangers = connect_many(first.settings["api.socket"], 300)
    turned_away, _ = wait_until(lambda: first.metric("swim_api_connections_refused_total"), "some turned away", 3.0)
    assert turned_away < 300
    assert first.metric("process_open_fds") < 160
    first.drop_client()
    wait_until(lambda: answered(first.client.keys), "an operator's new connection", 3.0)
    close_all(strangers)
    wait_until(lambda: first.client.is_up(), "an application's new connection", 3.0)
    assert first.client.names("ALIVE") == ["n1", "n2"]
    assert not watch.of("n1"), watch.types_of("n1")
    watch.close()


def test_few_descriptors_are_told_by_what_the_settings_want(cluster):
    some = ("prlimit", "--nofile=600:600")
    usual = cluster.daemon(prefix=some).start()
    modest = cluster.daemon(prefix=some, api__max_streams=64).start()
    usual.wait_serving()
    modest.wait_serving()
    assert "few file descriptors may be open" in usual.log and "most=600 wanted=1408" in usual.log
    assert "few file descriptors" not in modest.log


def test_more_operators_than_descriptors(cluster):
    """Not even when accept() failed for want of them does a door stay closed."""
    daemon = cluster.daemon(prefix=FEW).start()
    daemon.wait_serving()
    strangers = connect_many(daemon.settings["admin.socket"], 300)
    wait_until(lambda: "Too many open files" in daemon.log, "no descriptor is left", 3.0)
    close_all(strangers)
    daemon.drop_client()
    wait_until(lambda: answered(daemon.client.keys), "an operator's new connection", 3.0)
    wait_until(daemon.client.is_up, "an application's new connection", 3.0)
    assert daemon.get("/healthz")[0] == 200
