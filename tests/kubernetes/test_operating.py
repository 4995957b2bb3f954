"""What deploy/OPERATING.md says is there: alerts, metrics, settings, commands, values, lines of the log. The programs are in SWIMD_BIN."""

import os
import pathlib
import re
import subprocess
import tempfile
import textwrap
import unittest

import yaml

import tools

PAGE = (tools.ROOT / "deploy" / "OPERATING.md").read_text()
RULES = tools.ROOT / "deploy" / "monitoring" / "swim.rules.yaml"
BIN = pathlib.Path(os.environ["SWIMD_BIN"])
CLEAN = {"PATH": os.environ["PATH"]}  # no setting of ours by chance
SOURCES = "\n".join(path.read_text() for folder in ("server", "core/runtime") for path in (tools.ROOT / folder).glob("*.cpp"))


def printed(program, *arguments):
    return subprocess.run([BIN / program, *arguments], stdout=subprocess.PIPE, text=True, timeout=30, check=True, env=CLEAN).stdout


def section(title):
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]


def rows(title):
    """The first cells of the tables of a section, without their heads."""
    return re.findall(r"^\| (?!metric|alert|`msg`|what|\|)(.*?) \|", section(title), re.M)


def examples():
    """What is indented by four spaces, outside of lists."""
    return [textwrap.dedent(text) for text in re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", PAGE, re.M)]


def example(start):
    return next(text for text in examples() if text.startswith(start))


class Operating(unittest.TestCase):
    def test_every_alert_has_its_row(self):
        rules = [rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
        self.assertEqual(sorted(rows("Alerts")), sorted(rules))
        self.assertLessEqual(set(re.findall(r"\bSwim[A-Z]\w+", PAGE)), set(rules))

    def test_every_metric_is_written_by_swimd(self):
        named = set(re.findall(r"\bswim_[a-z_]+\b", PAGE))
        self.assertGreater(len(named), 18)
        self.assertEqual(named - tools.written_metrics(), set())

    def test_every_setting_is_known(self):
        known = set(re.findall(r"`--([a-z]+\.[a-z-]+)`", printed("swimd", "--print-settings-docs")))
        sections = "|".join({name.split(".")[0] for name in known})
        named = set(re.findall(rf"(?<![\w./-])(?:--)?((?:{sections})\.[a-z][a-z-]*)(?![\w.({{/-])", PAGE))
        named |= {f"{part}.{name}" for part, settings in yaml.safe_load(example("cluster:")).items() for name in settings}
        self.assertGreater(len(named), 15)
        self.assertEqual(named - known, set())

    def test_every_value_of_the_charts_is_one(self):
        values = {"swim": yaml.safe_load((tools.LIBRARY / "values.yaml").read_text()), **{
            name: value for name, value in yaml.safe_load((tools.CHART / "values.yaml").read_text()).items() if name != "swim"}}
        named = set(re.findall(r"`((?:swim|networkPolicy)\.[\w.]+)`", PAGE))
        self.assertGreater(len(named), 3)
        for path in named:
            at = values
            for key in path.split("."):
                self.assertIn(key, at, path)
                at = at[key]

    def test_every_command_and_its_flags_exist(self):
        code = "\n".join(re.findall(r"`([^`\n]+)`", PAGE) + examples())
        commands = re.findall(r"(?:\bswimctl|entrypoint /usr/bin/swimctl \S+) ([a-z][a-z-]*)((?: [^\n|>;)]*)?)", code)
        self.assertGreater(len(commands), 15)
        for command, rest in commands:
            words = [command, *re.findall(r"^ (generate|status)\b", rest)] if command == "keys" else [command]
            usage = printed("swimctl", *words, "--help")
            self.assertIn(f"Usage: swimctl {' '.join(words)} ", usage)
            for flag in re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", rest):
                self.assertIn(flag, usage, command)

    def test_every_line_of_the_log_is_written(self):
        messages = [text for row in rows("Log lines") for text in re.findall(r"`([^`]+)`", row)]
        self.assertGreater(len(messages), 10)
        joined = re.sub(r'"\s*"', "", SOURCES)
        for message in messages:
            for part in re.split(r" ?… ?|\bseed\b|\ba datagram\b|[()]", message):
                self.assertIn(part.strip(": "), joined, message)

    def test_numbers_are_those_of_the_bench(self):
        bench = (tools.ROOT / "bench" / "protocol" / "README.md").read_text()
        measured = {size: [int(number.replace(",", "")) for number in load.split(";")] for size, load in
                    re.findall(r"^\| ([\d,]+) \|(?: [\d.]+, [\d.]+ \|){4} ([\d,; ]+) \|$", bench, re.M)}
        told = {size: [int(cell) for cell in cells.split(" | ")] for size, cells in
                re.findall(r"^\| ([\d,]+) \|(?: [\d.]+)? \| (\d+(?: \| \d+){3}) \|$", section("Sizing"), re.M)}
        self.assertEqual(told, {size: [round(number / 1000) for number in load] for size, load in measured.items()})
        self.assertEqual(len(told), 4)

    def test_the_rules_become_an_object(self):
        command = example("{ printf").replace("| kubectl apply -f -", "")
        done = subprocess.run(["bash", "-ec", command], cwd=tools.ROOT, stdout=subprocess.PIPE, text=True, check=True)
        made = yaml.safe_load(done.stdout)
        self.assertEqual((made["kind"], made["spec"]), ("PrometheusRule", yaml.safe_load(RULES.read_text())))

    def test_what_selects_pods_finds_those_of_the_charts(self):
        pod = tools.only(tools.rendered("--set", "mode=demo", release="swim"), "StatefulSet")["spec"]["template"]
        ports = {(port["containerPort"], port["protocol"]): port["name"]
                 for port in tools.named(pod["spec"]["initContainers"], "swim")["ports"]}
        monitor, policy = (yaml.safe_load(example(start)) for start in ("apiVersion: monitoring", "apiVersion: networking"))
        self.assertIn(monitor["spec"]["selector"]["matchExpressions"][0]["key"], pod["metadata"]["labels"])
        self.assertEqual(monitor["spec"]["podMetricsEndpoints"], [{"port": ports[(7948, "TCP")]}])
        self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), pod["metadata"]["labels"].items())
        gossip = policy["spec"]["egress"][0]
        self.assertEqual(gossip["to"], [{"podSelector": policy["spec"]["podSelector"]}])
        for port in gossip["ports"]:
            self.assertIn((port["port"], port["protocol"]), ports)

    def test_swimd_takes_the_settings_up_to_the_key(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "swim.yaml"
            path.write_text(example("cluster:").replace("/etc/swim/keys", f"{folder}/no-keys"))
            done = subprocess.run([BIN / "swimd", f"--config.file={path}"], capture_output=True, text=True, timeout=30, check=False,
                                  env=CLEAN)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("no-keys", done.stderr)
        self.assertNotIn("swim.yaml:", done.stderr)  # a fault of the file is told with its line

    def test_the_chart_takes_the_values_shown(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(example("swim:"))
            file.flush()
            settings = yaml.safe_load(tools.only(tools.rendered("-f", file.name), "ConfigMap")["data"]["swim.yaml"])
        self.assertEqual(settings["snapshot"], yaml.safe_load(example("swim:"))["swim"]["extraConfig"]["snapshot"])


if __name__ == "__main__":
    unittest.main()
