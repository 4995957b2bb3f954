#!/usr/bin/env python3
"""Runs the benches and prints one table: value, 95 % interval, target, allocations. See README.md."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

import results
import table

# program: (repetitions, in a quick run, seconds a repetition of those that google-benchmark times itself)
PROGRAMS = {
    "codec_bench": (10, 3, 0.1),
    "crypto_bench": (10, 3, 0.1),
    "allocations_bench": (5, 2, 0.1),
    "throughput_bench": (5, 2, 0.1),
    "simulated_bench": (5, 2, 0.1),
    "saturated_bench": (1, 1, 0.1),  # takes its interval from the thousand deaths of one repetition
    "cpu_bench": (3, 2, 0.1),
}
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

class Failed(Exception):
    pass


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_program(folder, program, args):
    """google-benchmark's JSON of one program."""
    path = os.path.join(folder, program)
    if not os.access(path, os.X_OK):
        raise Failed(f"{path} is not there: build it first (./dev bench does), or say --bin DIR")
    full, quick, seconds = PROGRAMS[program]
    environment = dict(os.environ)
    if args.quick:
        environment["SWIM_BENCH_QUICK"] = "1"
        seconds = 0.02
    with tempfile.TemporaryDirectory() as scratch:
        result = os.path.join(scratch, "result.json")
        command = [path, f"--benchmark_repetitions={args.repetitions or (quick if args.quick else full)}",
                   f"--benchmark_min_time={seconds}", f"--benchmark_out={result}", "--benchmark_out_format=json",
                   "--benchmark_enable_random_interleaving=false"]
        if args.filter:
            command.append(f"--benchmark_filter={args.filter}")
        follow(command, environment, program)
        try:
            with open(result, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError) as error:
            if args.filter:
                return {"benchmarks": [], "context": {}}  # nothing of this program was wanted
            raise Failed(f"{program} left no result: {error}") from error


def follow(command, environment, program):
    """Runs it, and says on a terminal how far it is."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            for line in process.stdout:
                if line.startswith("bench_") and sys.stderr.isatty():
                    name = results.plain_name(line.split()[0])
                    sys.stderr.write(f"\r\033[K{program}: {name} ({time.monotonic() - start:.0f} s)")
                    sys.stderr.flush()
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
        if process.returncode != 0:
            errors.seek(0)
            raise Failed(f"{program} ended with {process.returncode}:\n{errors.read()[-2000:]}")


def machine(context):
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=False)
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "load": round(os.getloadavg()[0], 2), "commit": commit.stdout.strip(),
            "compiler": context.get("swim_compiler", ""), "build_type": context.get("swim_build_type", ""),
            "sanitize": context.get("swim_sanitize", "")}


def warnings(about):
    if about["build_type"] not in ("Release", "RelWithDebInfo") or about["sanitize"]:
        yield f"built as {about['build_type'] or 'nothing'} {about['sanitize']}: these are no numbers to keep"
    if about["load"] > 0.5 * about["cores"]:
        yield (f"the machine was busy at the start (load {about['load']} on {about['cores']} cores): "
               "times are upper bounds")


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "release", "bin"), metavar="DIR",
                        help="where the bench programs are (default: build/release/bin)")
    parser.add_argument("--quick", action="store_true", help="a minute or two: fewer repetitions and messages")
    parser.add_argument("--filter", metavar="REGEX", help="only benchmarks whose name matches")
    parser.add_argument("--repetitions", type=int, metavar="N", help="of each benchmark, instead of each program's own")
    parser.add_argument("--json", metavar="FILE", help="write everything there too")
    parser.add_argument("--compare", metavar="FILE",
                        help="an earlier --json: show what changed; exit 3 if a row got worse")
    return parser.parse_args()


def load_before(path):
    if not path:
        return None
    with open(path, encoding="utf-8") as file:
        return {(line["benchmark"], line["metric"]): line for section in json.load(file)["sections"]
                for line in section["rows"]}


def run_all(args):
    """What the programs measured, what failed, and the machine as it was at the start."""
    about, found, problems = machine({}), {}, []
    for at, program in enumerate(PROGRAMS, start=1):
        say(f"[{at}/{len(PROGRAMS)}] {program}")
        try:
            report = run_program(args.bin, program, args)
        except Failed as error:
            problems.append(str(error))
            continue
        if report["context"]:
            about = {**machine(report["context"]), "load": about["load"], "date": about["date"]}
        values, failed = results.measurements(report)
        found.update({(program, name): value for name, value in values.items()})
        problems += failed
    return results.collect(found), problems, about


def main():
    args = options()
    before = load_before(args.compare)
    sections, problems, about = run_all(args)
    lines, worse = table.table(sections, before)
    print(f"{about['cpu']}, {about['cores']} cores, Linux {about['kernel']}, {about['compiler']} "
          f"{about['build_type']}, commit {about['commit']}, {about['date']}{', quick' if args.quick else ''}\n")
    print("\n".join(lines))
    for text in warnings(about):
        print(f"\nNOTE: {text}")
    for problem in problems:
        print(f"\nFAILED: {problem}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"about": about, "quick": args.quick, "sections": sections, "failed": problems}, file, indent=1)
            file.write("\n")
    if not sections and not problems:
        raise Failed("no benchmark matches")
    return 1 if problems else 3 if worse else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as error:
        say(f"bench: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
