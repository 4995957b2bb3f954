"""Another key or another label: not let in, told why on its own side only, and nobody else is disturbed."""

from harness.cluster import write_key
from harness.waiting import measured, wait_until

TOLD = 5.0  # seconds until log and status name the reason


def not_authenticated(cluster, **settings):
    """Three daemons, and a stranger with these settings that tries to join them."""
    daemons = cluster.running(3)
    before = {daemon.name: daemon.metric("swim_packets_dropped_total", reason="auth") or 0 for daemon in daemons}
    watches = [daemon.client.watch().in_sync() for daemon in daemons]
    stranger = cluster.daemon(name="stranger", **settings).start()
    stranger.wait_serving()
    sentence = f"seed {daemons[0].gossip} did not authenticate us: key (fingerprint "

    def problems():
        return [seed.problem for seed in stranger.client.node_status().seeds if sentence in seed.problem]
    found, seconds = wait_until(problems, "the status of the stranger names the reason", TOLD)
    measured("the stranger's status says why", seconds, TOLD)
    fingerprint = stranger.client.keys().keys[0].fingerprint
    label = stranger.settings["cluster.label"]
    assert f"key (fingerprint {fingerprint}) or label ({label}) differs" in found[0]
    wait_until(lambda: sentence in stranger.log, "the stranger's log names the reason", TOLD)
    code, out, err = cluster.run("swimctl", "--endpoint", stranger.api_target, "status")
    assert code == 0 and sentence in out, out + err

    assert stranger.client.names() == ["stranger"]
    for daemon in daemons:
        def more(daemon=daemon):
            return (daemon.metric("swim_packets_dropped_total", reason="auth") or 0) > before[daemon.name]
        if daemon.gossip in stranger.settings["discovery.seeds"]:
            wait_until(more, f'reason="auth" rises on {daemon.name}', TOLD)
        assert daemon.client.names("ALIVE") == ["n1", "n2", "n3"]
        assert daemon.client.status_of("stranger") is None
    for watch in watches:
        assert not watch.events, f"nobody else is disturbed: {watch.events}"
        watch.close()


def test_another_key_does_not_join(cluster):
    not_authenticated(cluster, keys=write_key(cluster.folder / "other-keys"))


def test_another_label_does_not_join(cluster):
    not_authenticated(cluster, cluster__label="test/other")


def test_no_key_does_not_hear_anything(cluster):
    """A node of its own generated key beside a cluster: `swimd` without flags must not get in."""
    daemons = cluster.running(2)
    alone = cluster.daemon(name="alone", seeds=(), **{"encryption__keyring_dir": None, "cluster__label": None}).start()
    alone.wait_serving()
    assert alone.client.names() == ["alone"]
    assert "generated" in alone.log
    assert [daemon.client.names() for daemon in daemons] == [["n1", "n2"]] * 2


def test_second_key_of_the_ring_opens(cluster):
    """The first step of a rotation: a node that seals with a new key is heard by those that hold it as secondary."""
    new = b"n" * 32
    write_key(cluster.keys, new, "secondary-new")
    daemons = cluster.running(2)
    old = (cluster.keys / "primary").read_text()
    rotated = write_key(cluster.folder / "rotated", new)
    (rotated / "secondary-old").write_text(old)
    daemons.append(cluster.daemon(keys=rotated).start())
    cluster.see_each_other(daemons)
    keys = daemons[2].client.keys().keys
    assert len(keys) == 2 and keys[0].primary and not keys[1].primary
