"""swimctl's commands that end by themselves, against real daemons."""

import base64
import os

from harness.swimctl import FAILED, TIMED_OUT, USAGE, Swimctl
from harness.waiting import wait_until


def test_shows_members_and_status(cluster):
    first, second, _ = cluster.running(3, node__labels="role=web")
    ctl = Swimctl(first)
    listed = ctl.json("members")["members"]
    assert [(one["name"], one["status"], one["local"]) for one in listed] == [
        ("n1", "ALIVE", True), ("n2", "ALIVE", False), ("n3", "ALIVE", False)]
    table = ctl.ok("members").splitlines()
    assert table[0].split() == ["NAME", "STATUS", "ADDRESS", "SINCE", "LABELS"]
    assert len({line.index("ALIVE") for line in table[1:]}) == 1, "the columns align"
    assert table[2].split()[:3] == ["n2", "ALIVE", second.gossip]
    assert ctl.ok("members", "-o", "name", "-l", "role=web", "--status", "alive,suspect") == "n1\nn2\nn3\n"
    assert len(ctl.ok("members", "-o", "jsonl").splitlines()) == 3
    assert ctl.json("get", "n2")["member"]["uid"] == listed[1]["uid"]
    assert ctl.json("get", "self")["member"]["name"] == "n1"
    status = ctl.json("status")
    assert (status["state"], status["ready"], status["memberCounts"]) == ("RUNNING", True, {"ALIVE": 3})
    page = ctl.ok("status")
    assert "RUNNING, ready" in page and "3 members: 3 ALIVE" in page and "REACHED" in page
    assert ctl.ok("health") == "SERVING\n"
    assert ctl.ok("version").count(status["version"]) >= 1


def test_sends_what_it_is_given(cluster):
    first, second = cluster.running(2)
    ctl = Swimctl(first)
    code, error = ctl.fails("send", "n2", "jobs", "x")
    assert code == FAILED and "NO_SUBSCRIBER" in error
    subscription = second.client.subscribe("jobs").attached()
    assert "n2 has it" in ctl.ok("send", "n2", "jobs", "by hand")
    data = bytes(range(256)) * 4
    ctl.ok("send", "n2", "jobs", "-", stdin=data)
    ctl.ok("broadcast", "jobs", "to all")
    ctl.ok("broadcast", "jobs")
    for payload in (b"by hand", data, b"to all", b""):
        subscription.wait_for(payload)
    subscription.close()
    code, error = ctl.fails("send", "nobody", "jobs", "x")
    assert code == FAILED and "MEMBER_NOT_FOUND" in error
    code, error = ctl.fails("broadcast", "jobs.*", "x")
    assert code == USAGE and "BAD_TOPIC" in error
    code, error = ctl.fails("send", "n2", "jobs", "-", stdin=bytes(3 << 20))
    assert code == FAILED and "PAYLOAD_TOO_LARGE" in error


def test_waits_and_explains(cluster):
    first, second, _ = cluster.running(3)
    ctl = Swimctl(first)
    ctl.ok("wait", "--ready", "--members", "=3", "--member", "n2=alive")
    code, error = ctl.fails("wait", "--members", ">=4", "--timeout", "200ms")
    assert code == TIMED_OUT and "3 members ALIVE, wanted >=4" in error
    assert "Nobody accuses it" in ctl.ok("explain", "n2")
    second.kill()
    ctl.ok("wait", "--member", "n2=failed", "--timeout", "15s")
    story = ctl.ok("explain", "n2")
    assert "n2 is FAILED" in story and "declared it failed first" in story and "SUSPECTED" in story
    code, error = ctl.fails("ping", "n2")
    assert code == FAILED and "MEMBER_NOT_ALIVE" in error
    code, error = ctl.fails("ping", "n1")
    assert code == USAGE and "this node itself" in error and "`swimctl status`" in error
    assert "1 sent" not in ctl.ok("ping", "n3", "-c", "1")
    assert "3 sent, 3 answered" in ctl.ok("ping", "n3", "-i", "10ms")
    assert ctl.ok("force-leave", "n2") == "n2 counts as LEFT now\n"
    ctl.ok("wait", "--member", "n2=left")
    assert "An operator said so" in ctl.ok("explain", "n2")


def test_ping_tells_a_silent_member_from_a_silent_daemon(cluster):
    first, second = cluster.running(2, gossip__preset="wan")  # so that who is silent is a member for long enough
    ctl = Swimctl(first)
    second.pause()
    code, out, err = ctl.run("ping", "n2", "-c", "1")
    assert (code, out) == (TIMED_OUT, "") and "n2: no answer in time" in err and "n2 did not answer" in err
    second.resume()
    first.pause()
    code, out, err = ctl.run("ping", "n2", "-c", "2", "-i", "1ms")
    assert (code, out) == (TIMED_OUT, "") and "no answer from" in err and "not stopped" in err, err
    assert "n2" not in err.replace(str(cluster.folder), ""), "nothing is known of n2"
    code, out, err = ctl.run("ping", "n2", "-c", "2", "-i", "1ms", "--timeout", "300ms")
    assert (code, out) == (TIMED_OUT, "2 sent, 0 answered\n") and err.count("no answer in time") == 3, err
    assert "n2 or the daemon" in err, "the daemon itself may take longer than that to know"
    first.resume()


def test_wait_without_patience_looks_once(cluster):
    (daemon,) = cluster.running(1)
    ctl = Swimctl(daemon)
    for wanted in (("--ready",), ("--members", "1"), ("--member", "self=alive"), ("--member", "self=listed")):
        ctl.ok("wait", *wanted, "--timeout", "0")
    code, error = ctl.fails("wait", "--member", "self=absent", "--timeout", "0")
    assert code == TIMED_OUT and "not so: self is ALIVE, wanted absent" in error
    daemon.stop()
    code, error = ctl.fails("wait", "--ready", "--timeout", "0")
    assert code == TIMED_OUT and "no swimd socket" in error


def test_waits_for_a_daemon_that_is_not_there_yet(cluster):
    late = cluster.daemon()
    waiting = Swimctl(late).follow("wait", "--ready", "--timeout", "60s")
    assert waiting.process.poll() is None
    late.start()
    assert waiting.process.wait(60) == 0, waiting.notes
    waiting.close()


def test_drains_leaves_and_joins(cluster):
    first, second = cluster.running(2)
    ctl, other = Swimctl(first), Swimctl(second)
    other.ok("drain", "--for", "20s")
    ctl.ok("wait", "--member", "n2=leaving")
    other.ok("drain", "--cancel")
    ctl.ok("wait", "--member", "n2=alive")
    assert "no longer draining" in other.ok("drain", "--cancel"), "again is no error"
    assert "1 member confirmed" in other.ok("leave")
    ctl.ok("wait", "--member", "n2=left")
    code, error = other.fails("broadcast", "t", "x")
    assert code == FAILED and "NODE_LEFT" in error
    wait_until(lambda: other.run("health")[:2] == (FAILED, "NOT_SERVING\n"), "health tells of the leave", 1.0)
    assert "ACCEPTED" in other.ok("join", first.gossip)
    ctl.ok("wait", "--member", "n2=alive")
    code, _, error = other.run("join", f"{cluster.network.host(99)}:7946")
    assert code == FAILED and "no seed accepted this node" in error
    code, error = other.fails("join", "nonsense")
    assert code == USAGE and "BAD_SEED" in error
    other.ok("leave", "--shutdown")
    assert second.wait_end()[0] == 0
    ctl.ok("wait", "--member", "n2=left")


def test_keys_reload_and_log_level(cluster):
    first, = cluster.running(1)
    ctl = Swimctl(first)
    listed = ctl.json("keys", "status")
    assert [key["primary"] for key in listed["keys"]] == [True]
    assert "No rotation is under way" in ctl.ok("keys", "status")
    new = cluster.keys / "secondary-new"
    code, _, note = ctl.run("keys", "generate", "--out", str(new))
    assert code == 0 and new.stat().st_mode & 0o777 == 0o600
    fingerprint = note.split("fingerprint ")[1][:12]
    assert len(base64.b64decode(new.read_text(), validate=False)) == 32
    code, error = ctl.fails("keys", "generate", "--out", str(cluster.folder / "no-folder" / "primary"))
    assert code == FAILED and f"mkdir -p {cluster.folder}/no-folder" in error
    code, error = ctl.fails("keys", "generate", "--out", str(new))
    assert code == FAILED and "never overwritten" in error
    ctl.ok("reload")
    assert [key["fingerprint"] for key in ctl.json("keys", "status")["keys"]][1:] == [fingerprint]
    assert "A rotation is under way" in ctl.ok("keys", "status")
    assert len({ctl.ok("keys", "generate") for _ in range(3)}) == 3
    (cluster.keys / "secondary-bad").write_text("no key\n")
    code, error = ctl.fails("reload")
    assert code == FAILED and "KEYRING_INVALID" in error and "secondary-bad" in error
    os.unlink(cluster.keys / "secondary-bad")
    assert "WARN, was DEBUG" in ctl.ok("log-level", "warn")
    assert ctl.fails("log-level", "loud")[0] == USAGE
