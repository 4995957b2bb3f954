"""swimctl simulate: a cluster in virtual time, without any daemon."""

import json
import subprocess

from harness.settings import bin_dir, clean_environment

SMALL = ("simulate", "--nodes", "12", "--duration", "20s", "--seeds", "6")


def run(*arguments):
    done = subprocess.run([bin_dir() / "swimctl", *arguments], capture_output=True, check=False, timeout=250,
                          env=clean_environment(), text=True)
    return done.returncode, done.stdout, done.stderr


def simulated(*arguments):
    code, out, err = run(*SMALL, *arguments, "-o", "json")
    assert (code, err) == (0, ""), err
    return json.loads(out)


def test_json_has_what_was_measured():
    got = simulated("--kill", "2", "--stalls", "1x50ms", "--loss", "1%", "--latency", "0.5ms-2ms",
                    "--set", "gossip.probe-interval=80ms")
    assert got["asked"] == {
        "nodes": 12, "preset": "lan", "settings": ["gossip.probe-interval=80ms"], "lossPercent": 1.0,
        "latencyMinMs": 0.5, "latencyMaxMs": 2.0, "durationMs": 20000.0, "kill": 2, "together": False,
        "withHost": False, "stalls": 1, "seeds": 6, "seed": 1}
    detection = got["detection"]
    assert detection["deaths"] == 12 and detection["neverSeenByAll"] == 0
    for times in (detection["first"], detection["all"], got["convergence"]):
        assert 0 < times["p50Ms"] <= times["p99Ms"] <= times["maxMs"] < 10_000
    assert detection["first"]["maxMs"] <= detection["all"]["maxMs"]
    assert got["stalls"]["count"] == 6
    assert got["sentPerMember"]["datagramsPerSecond"] > 10 and got["sentPerMember"]["bytesPerSecond"] > 500
    assert [one["seed"] for one in got["runs"]] == [1, 2, 3, 4, 5, 6]
    assert all(len(one["deaths"]) == 2 for one in got["runs"])


def test_a_seed_decides_everything():
    code, first, _ = run(*SMALL, "--seed", "40", "-o", "json", "--threads", "1")
    assert code == 0 and run(*SMALL, "--seed", "40", "-o", "json", "--threads", "3")[1] == first
    other = json.loads(run(*SMALL, "--seed", "41", "-o", "json")[1])
    first = json.loads(first)
    assert first["runs"][1:] == other["runs"][:-1], "run 2 of seed 40 is run 1 of seed 41"
    assert first["runs"][0] != first["runs"][1]


def test_a_bad_network_costs_more():
    good, bad = simulated(), simulated("--loss", "20%")
    for of in (good, bad):  # asking again keeps detection as it is: what loss costs are the rumours and the traffic
        assert of["detection"]["deaths"] == 6 and of["detection"]["neverSeenByAll"] == 0
    assert bad["convergence"]["p50Ms"] > good["convergence"]["p50Ms"]
    assert bad["sentPerMember"]["datagramsPerSecond"] > good["sentPerMember"]["datagramsPerSecond"]


def test_the_table_says_the_same():
    code, out, err = run(*SMALL)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "12 members, preset lan"
    header = next(line for line in lines if line.startswith("TIME UNTIL"))
    rows = [line for line in lines if " survivor" in line]
    assert len(rows) == 2 and all("6 deaths" == line[header.index("OF"):] for line in rows)
    assert "False positives" in out and "datagrams/s" in out


def test_help_teaches():
    code, out, err = run("simulate", "--help")
    assert (code, err) == (0, "")
    assert "Examples:" in out and "swimctl simulate --loss 5%" in out and "gossip.probe-interval" in out


def test_errors_say_what_to_try():
    for arguments, says in (
            (("--preset", "lam"), "did you mean lan?"),
            (("--loss", "120%"), "take from 0% to 100%"),
            (("--loss", "1"), "write it in percent"),
            (("--nodes", "100000"), "try --nodes "),
            (("--set", "gossip.probe-intervall=1s"), "did you mean gossip.probe-interval?"),
            (("--set", "gossip.probe-timeout=10s"), "gossip.probe-deadline"),
            (("--kill", "12"), "nobody is left"),
            (("--nodes", "many"), "see swimctl simulate --help")):
        given = SMALL if "--nodes" not in arguments else SMALL[:1] + SMALL[3:]
        code, out, err = run(*given, *arguments)
        assert code in (1, 2) and out == "" and says in err, (arguments, out, err)
        assert err.startswith("swimctl: ") and err.count("\n") == 1, err
