"""What swimctl says where no daemon answers, or not in the way it should."""

import os
import socket
import subprocess
import threading

from harness.settings import bin_dir, clean_environment
from harness.swimctl import FAILED, TIMED_OUT, UNREACHABLE, USAGE, Swimctl


def swimctl(*arguments, **environment):
    """(exit code, its one line of error) of a call that must fail."""
    done = subprocess.run([bin_dir() / "swimctl", *arguments], capture_output=True, text=True, check=False,
                          timeout=60, env=clean_environment(**environment), stdin=subprocess.DEVNULL)
    assert done.returncode != 0 and done.stderr.count("\n") == 1, (done.returncode, done.stderr)
    assert done.stdout == "", "standard output is the answer, and there is none"
    return done.returncode, done.stderr


def listen(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(8)
    return server


def test_names_each_place_it_looked_at(cluster):
    runtime = cluster.folder / "runtime"
    code, error = swimctl("members", XDG_RUNTIME_DIR=str(runtime))
    places = ("/run/swim/swim.sock", f"{runtime}/swim/swim.sock", f"/tmp/swim-{os.geteuid()}/swim.sock")
    assert code == UNREACHABLE and all(f"{place} (" in error for place in places), error
    code, error = swimctl("leave", SWIM_ENDPOINT=f"unix://{runtime}/swim.sock")
    assert code == UNREACHABLE and f"{runtime}/admin.sock (no socket)" in error
    assert "/run/swim-admin/admin.sock" not in error, "never the admin door of another daemon"


def test_tells_a_stale_socket_from_none_and_from_a_file(cluster):
    stale = cluster.folder / "stale.sock"
    listen(stale).close()
    assert "nobody listens" in swimctl("status", "--endpoint", str(stale))[1]
    plain = cluster.folder / "plain"
    plain.write_text("x")
    code, error = swimctl("status", "--endpoint", str(plain))
    assert code == UNREACHABLE and "not a socket" in error
    code, error = swimctl("status", "--endpoint", f"/{'x' * 200}")
    assert code == UNREACHABLE and "107 bytes" in error


def test_a_path_is_taken_as_it_is_written(cluster):
    """gRPC reads addresses as URIs."""
    daemon, = cluster.running(1)
    odd = cluster.folder / "50%25 #1? ü.sock"
    odd.symlink_to(daemon.settings["api.socket"])
    assert "n1" in Swimctl(daemon).ok("status", "--endpoint", str(odd))


def test_something_else_listens(cluster):
    silent = listen(cluster.folder / "silent.sock")
    code, error = swimctl("status", "--timeout", "300ms", "--endpoint", str(cluster.folder / "silent.sock"))
    assert code == TIMED_OUT and "is it a swimd" in error
    silent.close()
    http = listen(cluster.folder / "http.sock")

    def answer():
        while True:
            try:
                peer, _ = http.accept()
            except OSError:
                return
            try:
                with peer:
                    peer.recv(100)
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                pass  # swimctl only looked whether somebody listens
    threading.Thread(target=answer, daemon=True).start()
    code, error = swimctl("status", "--endpoint", str(cluster.folder / "http.sock"))
    assert code == UNREACHABLE and "no swimd answered" in error
    http.shutdown(socket.SHUT_RDWR)
    http.close()


def test_the_wrong_door_of_a_daemon(cluster):
    daemon, = cluster.running(1)
    app = daemon.settings["api.socket"]
    code, error = swimctl("keys", "status", "--admin-endpoint", app)
    assert code == FAILED and "--admin-endpoint" in error
    daemon.pause()
    code, error = swimctl("status", "--endpoint", app, "--timeout", "300ms")
    assert code == TIMED_OUT and "not stopped" in error
    daemon.resume()


def test_wrong_command_lines(cluster):
    for words, part in ((("memebers",), "did you mean `swimctl members`"),
                        (("drian", "--help"), "no command 'drian'; did you mean `swimctl drain`"),
                        (("--endpoint", "x.sock", "drian", "--cancel", "-h"), "did you mean `swimctl drain`"),
                        (("frobnicate", "--version"), "no command 'frobnicate'; see swimctl --help"),
                        (("members", "-o", "yaml"), "--output"),
                        (("members", "--status", "dead"), "none of alive"),
                        (("wait",), "--ready"),
                        (("wait", "--members", "many"), "'>=3'"),
                        (("watch", "--timeout", "3"), "is not a duration"),
                        (("get",), "see swimctl get --help"),
                        (("status", "--endpoint", "nonsense"), "neither a path nor host:port"),
                        # What is left of "$UNSET" must not mean the usual place.
                        (("keys", "generate", "--out", ""), "--out"),
                        (("keys", "generate", "--out="), "--out"),
                        (("--endpoint", "", "leave", "--shutdown"), "--endpoint"),
                        (("--endpoint=", "leave", "--shutdown"), "--endpoint"),
                        (("leave", "--admin-endpoint", ""), "--admin-endpoint"),
                        (("--admin-endpoint=", "leave"), "--admin-endpoint")):
        code, error = swimctl(*words)
        assert code == USAGE and part in error, (words, error)
    daemon, = cluster.running(1)
    code, error = Swimctl(daemon).fails("members", "-l", "((")
    assert code == USAGE and "BAD_FILTER" in error


def test_an_empty_variable_counts_as_unset(cluster):
    daemon, = cluster.running(1)
    environment = clean_environment(SWIM_ENDPOINT=daemon.api_target, SWIM_ADMIN_ENDPOINT="")
    done = subprocess.run([bin_dir() / "swimctl", "keys", "status"], capture_output=True, text=True, check=False,
                          env=environment)
    assert done.returncode == 0, done.stderr


def test_version_says_whether_the_daemon_answered(cluster):
    words = [bin_dir() / "swimctl", "version"]
    nowhere = str(cluster.folder / "nowhere.sock")
    for more, code in ((("--endpoint", nowhere), UNREACHABLE), (("--endpoint", nowhere, "-o", "json"), UNREACHABLE),
                       (("--endpoint", "foo"), USAGE), (("--client", "--endpoint", nowhere), 0)):
        done = subprocess.run([*words, *more], capture_output=True, text=True, check=False, env=clean_environment())
        assert done.returncode == code and done.stdout, (more, done)
        assert (done.stderr != "") == (code != 0), "the cause stands there once"


def test_a_full_disk_is_no_success():
    for words in ((), ("--help",), ("--version",), ("version", "--client"), ("keys", "generate")):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([bin_dir() / "swimctl", *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                  check=False, timeout=60, env=clean_environment())
        assert done.returncode == FAILED, (words, done)
        assert done.stderr == "swimctl: can't write standard output: No space left on device\n", words


def test_a_reader_that_has_gone_is_no_news():
    out, into = os.pipe()
    os.close(out)
    # As under a parent that ignores SIGPIPE.
    done = subprocess.run([bin_dir() / "swimctl", "--help"], stdout=into, stderr=subprocess.PIPE, check=False,
                          timeout=60, env=clean_environment(), restore_signals=False)
    os.close(into)
    assert (done.returncode, done.stderr) == (FAILED, b"")
