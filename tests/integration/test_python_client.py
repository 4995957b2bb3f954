"""A Python client made from the protos alone: lists, gets, filters, updates, explains, errors."""

import uuid

from google.protobuf import duration_pb2
from swim.v1 import admin_pb2, membership_pb2, node_pb2

from harness.client import error_of, status_name, type_name
from harness.waiting import wait_until


def test_list_and_get(cluster):
    first, second = cluster.running(2)
    answer = first.client.list()
    assert [member.name for member in answer.members] == ["n1", "n2"]
    assert answer.total_size == 2 and not answer.next_page_token and answer.resume_token and answer.revision > 0
    mine, other = answer.members
    assert mine.local and not other.local
    assert (other.address, other.port) == (second.host, 7946)
    assert status_name(other.status) == "ALIVE"
    assert other.uid == other.incarnation.boot == second.client.node_status().boot
    assert other.incarnation.life > 1_500_000_000
    assert first.client.get("self").name == "n1" and first.client.get("n2").name == "n2"


def test_list_in_pages(cluster):
    daemons = cluster.running(5)
    service = daemons[0].client.members_service
    names, token, pages = [], "", 0
    while True:
        page = service.ListMembers(membership_pb2.ListMembersRequest(page_size=2, page_token=token), timeout=10)
        names += [member.name for member in page.members]
        token, pages = page.next_page_token, pages + 1
        assert page.total_size == 5 and len(page.members) <= 2
        if not token:
            break
    assert names == ["n1", "n2", "n3", "n4", "n5"] and pages == 3


def test_label_selectors(cluster):
    cluster.daemon(node__labels="role=web,tier=1")
    cluster.daemon(node__labels="role=db")
    for daemon in cluster.daemons:
        daemon.start()
    cluster.see_each_other()
    client = cluster.daemons[0].client

    def selected(selector):
        return [member.name for member in client.list(selector=selector).members]
    assert selected("role=web") == ["n1"]
    assert selected("role in (web,db)") == ["n1", "n2"]
    assert selected("!tier") == ["n2"]
    assert selected("role=web,tier!=1") == []
    code, reason, message, _ = error_of(lambda: selected("role in (web"))
    assert (code, reason) == ("INVALID_ARGUMENT", "BAD_FILTER") and message


def test_list_errors(cluster):
    client = cluster.running(1)[0].client
    service = client.members_service
    for request, wanted in ((membership_pb2.ListMembersRequest(page_size=-1), "BAD_PAGE_SIZE"),
                            (membership_pb2.ListMembersRequest(page_token="nonsense"), "BAD_PAGE_TOKEN")):
        code, reason, message, _ = error_of(lambda request=request: service.ListMembers(request, timeout=10))
        assert (code, reason) == ("INVALID_ARGUMENT", wanted) and message
    for nobody in ("before n1", "nobody"):
        code, reason, message, _ = error_of(lambda nobody=nobody: client.get(nobody))
        assert (code, reason) == ("NOT_FOUND", "MEMBER_NOT_FOUND") and nobody in message


def test_node_status(cluster):
    first, _ = cluster.running(2)
    wait_until(lambda: dict(first.client.node_status().member_counts).get("ALIVE") == 2, "counts", 2.0)
    status = first.client.node_status()
    assert status.state == node_pb2.NODE_STATE_RUNNING and status.ready and not status.conflict
    assert status.cluster == "test/it" and status.version and status.key_count == 1
    assert status.bind_address == status.advertise_address == first.gossip
    assert status.limits.max_broadcast_payload_bytes > 500
    assert status.limits.max_send_payload_bytes >= 1024 * 1024
    assert status.limits.max_labels_bytes == 512


def test_update_with_expected_revision(cluster):
    client = cluster.running(1)[0].client
    member = client.set_labels({"a": "1"})
    assert dict(member.labels) == {"a": "1"}
    again = client.set_labels({"b": "2"}, expected_revision=member.revision)
    assert dict(again.labels) == {"a": "1", "b": "2"}
    code, reason, _, _ = error_of(lambda: client.set_labels({"c": "3"}, expected_revision=member.revision))
    assert reason == "REVISION_MISMATCH" and code in ("ABORTED", "FAILED_PRECONDITION")
    assert dict(client.get().labels) == {"a": "1", "b": "2"}
    assert dict(client.set_labels({"z": "9"}, replace_all=True).labels) == {"z": "9"}
    assert dict(client.set_labels({}, remove=["z"]).labels) == {}


def test_oversized_labels_are_refused_whole(cluster):
    client = cluster.running(1)[0].client
    client.set_labels({"kept": "1"})
    code, reason, message, _ = error_of(lambda: client.set_labels({key: "x" * 200 for key in "abc"}))
    assert (code, reason) == ("INVALID_ARGUMENT", "METADATA_TOO_LARGE") and "512" in message
    assert dict(client.get().labels) == {"kept": "1"}


def test_explain_a_killed_member(cluster):
    daemons = cluster.running(4)
    victim, asked = daemons[3], daemons[0]
    victim.kill()
    wait_until(lambda: asked.client.status_of(victim.name) == "FAILED", "FAILED", 1.5)
    answer = asked.client.explain(victim.name)
    types = [type_name(event) for event in answer.transitions]
    assert types[0] == "JOINED" and types[-1] == "FAILED"
    assert types.index("SUSPECTED") < types.index("FAILED")
    accusers = {event.accuser for event in answer.transitions if type_name(event) in ("SUSPECTED", "FAILED")}
    assert accusers & {"n1", "n2", "n3"} and victim.name not in accusers
    code, reason, _, _ = error_of(lambda: asked.client.explain("nobody"))
    assert (code, reason) == ("NOT_FOUND", "MEMBER_NOT_FOUND")


def test_admin_service_only_on_its_own_socket(cluster):
    daemon = cluster.running(1)[0]
    assert daemon.client.admin.ListKeys(admin_pb2.ListKeysRequest(), timeout=10).keys
    try:
        daemon.client.admin_on_api.ListKeys(admin_pb2.ListKeysRequest(), timeout=10)
        raise AssertionError("the application socket served an operator's call")
    except Exception as error:  # noqa: BLE001
        assert "UNIMPLEMENTED" in str(error)
    mode = (daemon.folder / "admin.sock").stat().st_mode & 0o777
    assert mode == 0o600, oct(mode)
    assert (daemon.folder / "swim.sock").stat().st_mode & 0o777 == 0o660


def test_admin_ping_join_log_level(cluster):
    first, second = cluster.running(2)
    assert 0 < first.client.ping("n2").round_trip.ToNanoseconds() < 5e9
    assert error_of(lambda: first.client.ping("nobody"))[:2] == ("NOT_FOUND", "MEMBER_NOT_FOUND")
    answer = first.client.join(second.gossip)
    assert answer.accepted == 1 and answer.results[0].member == "n2"
    code, reason, _, _ = error_of(lambda: first.client.join("no-port"))
    assert (code, reason) == ("INVALID_ARGUMENT", "BAD_SEED")
    level = first.client.admin.SetLogLevel(admin_pb2.SetLogLevelRequest(level=admin_pb2.LOG_LEVEL_WARN), timeout=10)
    assert level.previous == admin_pb2.LOG_LEVEL_DEBUG


def test_drain_and_cancel(cluster):
    first, second = cluster.running(2)
    watch = second.client.watch().in_sync()
    first.client.drain()
    watch.wait_for("n1", "LEAVING")
    assert first.client.node_status().state == node_pb2.NODE_STATE_DRAINING
    code, reason, _, _ = error_of(lambda: first.client.broadcast("t", b"x"))
    assert (code, reason) == ("FAILED_PRECONDITION", "NODE_DRAINING")
    first.client.drain(cancel=True)
    watch.wait_for("n1", "UPDATED")
    wait_until(lambda: second.client.status_of("n1") == "ALIVE", "ALIVE again", 1.0)
    bad = admin_pb2.DrainRequest(timeout=duration_pb2.Duration(seconds=-1))
    assert error_of(lambda: first.client.admin.Drain(bad, timeout=10))[1] == "BAD_TIMEOUT"
    watch.close()


def test_leave_and_shutdown(cluster):
    first, second = cluster.running(2)
    watch = second.client.watch().in_sync()
    first.client.leave()
    watch.wait_for("n1", "LEFT")
    assert first.client.node_status().state == node_pb2.NODE_STATE_LEFT
    assert error_of(lambda: first.client.broadcast("t", b"x"))[1] == "NODE_LEFT"
    first.client.join(second.gossip)
    watch.wait_for("n1", "JOINED")
    first.client.leave(shutdown=True)
    assert first.wait_end()[0] == 0
    watch.close()


def test_force_leave(cluster):
    daemons = cluster.running(3)
    daemons[2].kill()
    wait_until(lambda: daemons[0].client.status_of("n3") == "FAILED", "FAILED", 1.5)
    assert not daemons[0].client.force_leave("n3").alive
    for daemon in daemons[:2]:
        wait_until(lambda daemon=daemon: daemon.client.status_of("n3") == "LEFT", "LEFT after force-leave", 1.0)
    assert error_of(lambda: daemons[0].client.force_leave(str(uuid.uuid4())))[1] == "MEMBER_NOT_FOUND"
