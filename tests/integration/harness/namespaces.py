"""Hosts of their own on one machine: a network namespace each, a bridge between them, cuts and loss by nftables.

The bridge has a namespace too, so nothing of the machine's own network is touched.
"""

import itertools
import os
import subprocess

from harness import tools

RULES = """
table inet cuts {
  chain input { type filter hook input priority 0; policy accept; }
  chain output { type filter hook output priority 0; policy accept; }
}
"""


def command(*words, stdin=None):
    done = subprocess.run([tools.find(words[0]), *words[1:]], input=stdin, capture_output=True, text=True, check=False,
                          timeout=60)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout


class Host:
    def __init__(self, lan, number):
        self.name = f"{lan.prefix}{number}"
        self.address, self.address6 = f"10.77.0.{number}", f"fd77::{number}"
        command("ip", "netns", "add", self.name)
        lan.made.append(self.name)
        command("ip", "-n", lan.bridge, "link", "add", f"port{number}", "type", "veth",
                "peer", "name", "eth0", "netns", self.name)
        command("ip", "-n", lan.bridge, "link", "set", f"port{number}", "master", "br0", "up")
        command("ip", "-n", self.name, "link", "set", "lo", "up")
        command("ip", "-n", self.name, "addr", "add", f"{self.address}/24", "dev", "eth0")
        command("ip", "-n", self.name, "addr", "add", f"{self.address6}/64", "dev", "eth0", "nodad")
        command("ip", "-n", self.name, "link", "set", "eth0", "up")
        self._nft(RULES)

    @property
    def prefix(self):
        """What a command begins with to run on this host."""
        return [tools.find("ip"), "netns", "exec", self.name]

    def _nft(self, rules):
        command("ip", "netns", "exec", self.name, tools.find("nft"), "-f", "-", stdin=rules)

    def _rule(self, chain, *rule):
        self._nft(f"add rule inet cuts {chain} {' '.join(rule)}\n")

    def hear_nothing_from(self, *others):
        """A one-way cut: packets of these hosts no longer arrive here."""
        for other in others:
            self._rule("input", f"ip saddr {other.address} drop")
            self._rule("input", f"ip6 saddr {other.address6} drop")

    def cut_from(self, *others):
        """Nothing passes between this host and these, either way, and nobody is told."""
        self.hear_nothing_from(*others)
        for other in others:
            other.hear_nothing_from(self)

    def black_hole(self):
        """The host is gone for all: no packet in or out, no refusal."""
        self._rule("input", "iifname eth0 drop")
        self._rule("output", "oifname eth0 drop")

    def lose(self, percent):
        """Loses so many of the datagrams that arrive, at random."""
        self._rule("input", f"meta l4proto udp numgen random mod 100 < {percent} drop")

    def slow_streams(self, rate):
        """What arrives by TCP beyond so much a second ("64 kbytes") is lost; TCP adapts to that."""
        self._rule("input", f"iifname != lo meta l4proto tcp limit rate over {rate}/second drop")

    def heal(self):
        self._nft("flush chain inet cuts input\nflush chain inet cuts output\n")


class Lan:
    """Hosts on one switch. Use close()."""

    _numbers = itertools.count(1)

    def __init__(self, count):
        self.prefix = f"swim{os.getpid()}-{next(self._numbers)}-"
        self.bridge = f"{self.prefix}br"
        self.made = []
        self.hosts = []
        try:
            command("ip", "netns", "add", self.bridge)
            self.made.append(self.bridge)
            command("ip", "-n", self.bridge, "link", "add", "br0", "type", "bridge")
            command("ip", "-n", self.bridge, "link", "set", "br0", "up")
            for number in range(1, count + 1):
                self.hosts.append(Host(self, number))
        except BaseException:
            self.close()
            raise

    def heal(self):
        for host in self.hosts:
            host.heal()

    def close(self):
        for name in self.made:
            command("ip", "netns", "del", name)
        self.made = []
