"""The tour: each step does one thing to a real cluster and measures from outside when the others know."""

import json
import re
import time
import urllib.request

from cluster import DemoError, wait_until


def is_event(name, *types):
    return lambda value: value.get("type") in types and value.get("name") == name


def is_payload(topic):
    return lambda value: value.get("topic") == topic


class Tour:
    def __init__(self, cluster, screen):
        self.cluster, self.screen = cluster, screen
        self.amber, self.birch, self.cedar = cluster.nodes
        self.watches = {}

    def run(self):
        for step in (self.start, self.watch, self.broadcast, self.send, self.crash, self.restart, self.leave,
                     self.look):
            step()

    def watch_anew(self, *nodes):
        """A watch at each of these, in sync: what comes from now on is news."""
        self.cluster.unfollow()
        self.watches = {node: self.cluster.follow(node, "watch", "-o", "json") for node in nodes}
        for node, follower in self.watches.items():
            follower.wait_for(lambda value: value.get("type") == "SNAPSHOT", f"the members at {node.name}")

    def news(self, start, name, *types):
        """The first such event about `name` on every watch, each with its time since `start`."""
        found = {}
        for node, follower in self.watches.items():
            event, when = follower.wait_for(is_event(name, *types), f"{' or '.join(types)} of {name} at {node.name}")
            reason = event["reason"].replace("_", " ").lower()
            text = "" if reason == "unspecified" else reason
            if event.get("accuser"):
                text += f", said {event['accuser']}"
            self.screen.row(node.name, text, when - start, event["type"])
            found[node] = event
        return found

    def all_alive(self):
        wanted = {node.name: "ALIVE" for node in self.cluster.nodes}
        for node in self.cluster.nodes:
            wait_until(lambda node=node: node.members() == wanted, f"{node.name} sees {len(wanted)}")

    # ---- the steps ----
    def start(self):
        self.screen.step("Start", "three processes, one key, no other configuration")
        start = time.monotonic()
        for node in self.cluster.nodes:
            node.start()
        wanted = {node.name: "ALIVE" for node in self.cluster.nodes}
        for node in self.cluster.nodes:
            wait_until(lambda node=node: node.members() == wanted, f"{node.name} sees {len(wanted)}")
            self.screen.row(node.name, "sees " + ", ".join(wanted), time.monotonic() - start)
        self.cluster.addresses.release()

    def watch(self):
        self.screen.step("Watch", "at birch: who is there, and from then on every change")
        self.watch_anew(self.birch)
        follower = self.watches[self.birch]
        snapshot, _ = follower.wait_for(lambda value: value.get("type") == "SNAPSHOT", "the snapshot")
        self.screen.row("birch", ", ".join(sorted(member["name"] for member in snapshot["members"])), word="SNAPSHOT")
        self.screen.note(f"every answer carries a token to resume from; revision {snapshot['revision']}")

    def subscribe(self, node, topic):
        follower = self.cluster.follow(node, "subscribe", topic, "-o", "json")
        wait_until(lambda: json.loads(node.ctl("status", "-o", "json"))["stats"]["subscribers"] > 0,
                   f"the subscription at {node.name}")
        return follower

    def broadcast(self):
        self.screen.step("Broadcast", "amber tells everybody; times from the command to the receipt")
        self.cluster.unfollow()
        streams = {node: self.subscribe(node, "demo.news") for node in (self.birch, self.cedar)}
        start = time.monotonic()
        self.amber.ctl("broadcast", "demo.news", "hello, all of you")
        for node, follower in streams.items():
            _, when = follower.wait_for(is_payload("demo.news"), f"the broadcast at {node.name}")
            self.screen.row(node.name, "received it", when - start)

    def send(self):
        self.screen.step("Send", "amber to birch alone, acknowledged")
        self.cluster.unfollow()
        follower = self.subscribe(self.birch, "demo.job")
        start = time.monotonic()
        self.amber.ctl("send", "birch", "demo.job", "only for you")
        answered = time.monotonic() - start
        _, when = follower.wait_for(is_payload("demo.job"), "the message at birch")
        self.screen.row("birch", "received it", when - start)
        self.screen.row("amber", "has the acknowledgement", answered)

    def crash(self):
        self.screen.step("Crash", "kill -9 cedar")
        self.watch_anew(self.amber, self.birch)
        start = time.monotonic()
        self.cedar.kill()
        self.news(start, "cedar", "FAILED")

    def restart(self):
        self.screen.step("Restart", "cedar again, under its name, and nobody refuses it")
        self.watch_anew(self.amber, self.birch)
        start = time.monotonic()
        self.cedar.start()
        self.news(start, "cedar", "JOINED", "REPLACED")
        for node, follower in self.watches.items():
            if follower.find(is_event("cedar", "CONFLICT")):
                raise DemoError(f"{node.name} reports a conflict about cedar")
        self.all_alive()

    def leave(self):
        self.screen.step("Leave", "SIGTERM to cedar: it says goodbye, and nobody calls that a failure")
        self.watch_anew(self.amber, self.birch)
        start = time.monotonic()
        self.cedar.terminate()
        code = self.cedar.process.wait(20)
        ended = time.monotonic() - start
        self.news(start, "cedar", "LEFT")
        if code != 0:
            raise DemoError(f"cedar ended with {code} after SIGTERM")
        self.screen.row("cedar", "exit 0", ended)
        for node, follower in self.watches.items():
            if follower.find(is_event("cedar", "FAILED")):
                raise DemoError(f"{node.name} called a graceful leave a failure")

    def look(self):
        self.screen.step("Look", "what Prometheus and a browser see")
        with urllib.request.urlopen(self.amber.http + "/metrics", timeout=10) as answer:
            text = answer.read().decode()
        for status in ("alive", "left"):
            found = re.search(rf'^swim_members\{{[^}}]*status="{status}"[^}}]*\}} (\d+)', text, re.MULTILINE)
            if not found:
                raise DemoError(f"no swim_members of status {status} in {self.amber.http}/metrics")
            self.screen.row("amber", f"members {status}: {found[1]}")
        self.screen.row("metrics", self.amber.http + "/metrics")
        self.screen.row("status page", self.amber.http + "/status")
