"""Wrong settings: swimd ends at once, says on its last lines what is wrong and where, and what to do."""

import base64
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess

from harness.cluster import write_key
from harness.settings import bin_dir, clean_environment
from harness.waiting import wait_until

REFUSED = 2  # swimd's exit code where it does not start
KILLED = 1  # and where a signal ends it at once


def refused(cluster, *flags, says=(), **environment):
    """swimd with these flags refuses to start, and its stderr holds all of `says`."""
    folder = cluster.folder / "x"
    folder.mkdir(exist_ok=True)
    names = [flag.split("=")[0] for flag in flags]
    usual = [f"--api.socket={folder}/swim.sock", f"--admin.socket={folder}/admin.sock", "--node.name=x",
             f"--gossip.bind-address={cluster.network.host(1)}:0", "--admin.http-address=off"]
    command = [flag for flag in usual if flag.split("=")[0] not in names] + list(flags)
    ended, out, err = cluster.run("swimd", *command, **environment)
    print(err)
    assert ended == REFUSED, f"exit {ended}, stderr: {err}"
    for text in says:
        assert text in err, f"{text!r} is not in: {err}"
    assert out == ""
    return err


def with_key(cluster, content):
    """A ring whose primary file holds `content`, and the flags that use it."""
    keys = cluster.folder / "bad-keys"
    keys.mkdir()
    (keys / "primary").write_text(content)
    return str(keys / "primary"), [f"--encryption.keyring-dir={keys}", "--cluster.label=test/it"]


def test_key_of_31_bytes(cluster):
    _, flags = with_key(cluster, base64.b64encode(b"k" * 31).decode())
    err = refused(cluster, *flags, says=["primary", str(cluster.folder / "bad-keys"), "32"])
    assert "base64" not in err or "31" in err


def test_malformed_key(cluster):
    _, flags = with_key(cluster, "this is no base64 at all!!\n")
    refused(cluster, *flags, says=["primary", str(cluster.folder / "bad-keys"), "base64"])


def test_a_refused_key_is_never_shown(cluster):
    secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ!"
    _, flags = with_key(cluster, secret)
    assert secret not in refused(cluster, *flags)


def test_empty_keyring(cluster):
    keys = cluster.folder / "no-keys"
    keys.mkdir()
    refused(cluster, f"--encryption.keyring-dir={keys}", "--cluster.label=a", says=[str(keys), "no key", "primary"])


def test_missing_keyring(cluster):
    keys = cluster.folder / "nowhere"
    refused(cluster, f"--encryption.keyring-dir={keys}", "--cluster.label=a", says=[str(keys), "no such folder"])


def test_seeds_without_any_key(cluster):
    refused(cluster, f"--discovery.seeds={cluster.network.host(2)}:7946",
            says=["discovery.seeds", "encryption.keyring-dir", "primary"])


def test_key_without_label(cluster):
    keys = write_key(cluster.folder / "k")
    refused(cluster, f"--encryption.keyring-dir={keys}", says=["cluster.label", "--cluster.label="])


def test_unknown_flag_names_the_nearest(cluster):
    refused(cluster, "--gossip.bind-adress=127.0.0.1:0", says=["unknown flag --gossip.bind-adress",
                                                               "did you mean --gossip.bind-address"])


def test_unknown_environment_variable_names_the_nearest(cluster):
    refused(cluster, SWIM_LOG_LEVLE="info", says=["SWIM_LOG_LEVLE", "did you mean SWIM_LOG_LEVEL"])


def test_unknown_yaml_key_names_file_line_and_the_nearest(cluster):
    file = cluster.folder / "swim.yaml"
    file.write_text("node:\n  name: x\ngossip:\n  probe-intervall: 1s\n")
    refused(cluster, f"--config.file={file}",
            says=[f"{file}:4", "unknown setting gossip.probe-intervall", "did you mean gossip.probe-interval"])


def test_unknown_yaml_section_names_the_nearest(cluster):
    file = cluster.folder / "swim.yaml"
    file.write_text("gosip:\n  interval: 1s\n")
    refused(cluster, f"--config.file={file}", says=[f"{file}:1", "unknown section gosip", "did you mean gossip"])


def test_missing_config_file(cluster):
    refused(cluster, f"--config.file={cluster.folder}/no.yaml", says=[f"{cluster.folder}/no.yaml", "can't be read"])


def test_bad_values_are_all_told_at_once(cluster):
    refused(cluster, "--gossip.probe-interval=fast", "--gossip.fanout=many", "--log.level=loud",
            says=["--gossip.probe-interval", "--gossip.fanout", "--log.level"])


def test_gossip_port_in_use(cluster):
    with socket.socket() as taken:
        taken.bind((cluster.network.host(1), 7946))
        taken.listen(1)
        address = f"{cluster.network.host(1)}:7946"
        refused(cluster, f"--gossip.bind-address={address}",
                says=["gossip.bind-address", address, "in use"])


def test_http_port_in_use(cluster):
    with socket.socket() as taken:
        taken.bind((cluster.network.host(1), 7948))
        taken.listen(1)
        address = f"{cluster.network.host(1)}:7948"
        refused(cluster, f"--admin.http-address={address}",
                says=["admin.http-address", address, "in use"])


def test_whoever_is_refused_was_no_member(cluster):
    """A door that it can't have is found out before the others hear of the node: they would call it FAILED."""
    first = cluster.running(1)[0]
    watch = first.client.watch().in_sync()
    refused_one = cluster.daemon(name="refused", admin__http_address=f"{first.host}:7948")
    ended, _, err = cluster.run("swimd", *refused_one.command()[4:])
    assert ended == REFUSED and "admin.http-address" in err, err
    cluster.daemon(name="taken").start()
    watch.wait_for("taken", "JOINED", wanted=3.0)
    assert not watch.of("refused", "JOINED") and not watch.of("refused", "SUSPECTED")
    watch.close()


def test_unwritable_socket_folder(cluster):
    # Root may write into any folder of a file system that can be written at all; /proc can't.
    refused(cluster, "--api.socket=/proc/swim/swim.sock", says=["api.socket", "/proc/swim"])


def test_socket_folder_that_is_a_file(cluster):
    (cluster.folder / "file").write_text("")
    path = f"{cluster.folder}/file/swim.sock"
    refused(cluster, f"--api.socket={path}", says=["api.socket", f"{cluster.folder}/file"])


def test_socket_path_too_long(cluster):
    path = f"{cluster.folder}/{'x' * 120}/swim.sock"
    err = refused(cluster, f"--api.socket={path}", says=["api.socket"])
    assert "long" in err or "107" in err


def test_socket_of_a_running_daemon_is_not_stolen(cluster):
    running = cluster.daemon(seeds=()).start()
    running.wait_serving()
    refused(cluster, f"--api.socket={running.settings['api.socket']}",
            says=["api.socket", running.settings["api.socket"]])
    assert running.client.names() == [running.name]


def test_foreign_advertise_address_lists_the_candidates(cluster):
    err = refused(cluster, "--gossip.bind-address=0.0.0.0:0", "--gossip.advertise-address=192.0.2.77:7946",
                  says=["gossip.advertise-address", "192.0.2.77"])
    assert "(lo)" in err, "the candidates are named with their interface"


def test_unspecified_advertise_address(cluster):
    refused(cluster, "--gossip.bind-address=0.0.0.0:0", "--gossip.advertise-address=0.0.0.0:7946",
            says=["gossip.advertise-address", "0.0.0.0"])


def test_oversized_labels(cluster):
    refused(cluster, f"--node.labels=a={'x' * 200},b={'y' * 200},c={'z' * 200}", says=["node.labels", "512"])
    refused(cluster, f"--node.labels=a={'x' * 300}", says=["node.labels", "255"])


@contextlib.contextmanager
def unread(*flags):
    """swimd with these flags, and with a standard error that is full and that nobody reads."""
    reader, writer = os.pipe()
    try:
        os.set_blocking(writer, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b"x" * 4096)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b"x")
        os.set_blocking(writer, True)
        process = subprocess.Popen([bin_dir() / "swimd", *flags], stderr=writer, env=clean_environment())
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)
    finally:
        os.close(reader)
        os.close(writer)


def handles(process, number):
    """Whether swimd has taken this signal in hand: it is blocked or caught."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    masks = (int(re.search(rf"{name}:\s*(\w+)", status)[1], 16) for name in ("SigBlk", "SigCgt"))
    return any(mask >> (number - 1) & 1 for mask in masks)


def test_a_refusal_that_nobody_reads_can_be_ended():
    with unread("--log.level=loud") as process:
        wait_until(lambda: handles(process, signal.SIGTERM), "it runs", 3.0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == KILLED


def test_a_failed_start_that_nobody_reads_ends(cluster):
    address = f"{cluster.network.host(1)}:0"
    # A line of the log comes first, of the many descriptors that so many streams need: so it is known that nobody reads.
    with unread(f"--gossip.bind-address={address}", "--admin.http-address=192.0.2.1:1", "--api.max-streams=4000000000",
                f"--api.socket={cluster.folder}/swim.sock", f"--admin.socket={cluster.folder}/admin.sock") as process:
        assert process.wait(30) == REFUSED


def test_help_and_version(cluster):
    code, out, _ = cluster.run("swimd", "--help")
    assert code == 0 and "--discovery.seeds" in out and "--encryption.keyring-dir" in out
    code, out, _ = cluster.run("swimd", "--version")
    assert code == 0 and "0." in out
