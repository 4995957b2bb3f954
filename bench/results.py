"""From google-benchmark's JSON to the rows of the table, as plain data."""

import re

import rows
import summary

TIME_UNITS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
DECORATION = re.compile(r"/(iterations:\d+|repeats:\d+|manual_time|real_time|process_time|min_time:[\d.]+)")


def plain_name(name):
    return DECORATION.sub("", name)


def measurements(report):
    """benchmark name → metric → the values of the repetitions; and what failed, as text."""
    found, problems = {}, []
    for entry in report["benchmarks"]:
        if entry.get("run_type") != "iteration":
            continue
        name = plain_name(entry["run_name"])
        if entry.get("error_occurred"):
            problems.append(f"{name}: {entry.get('error_message', 'failed')}")
            continue
        values = found.setdefault(name, {})
        unit = TIME_UNITS[entry["time_unit"]]
        for metric, value in entry.items():
            if metric in ("cpu_time", "real_time"):
                values.setdefault(metric, []).append(value * unit)
            elif isinstance(value, float):
                values.setdefault(metric, []).append(value)
    return found, problems


def collect(found):
    """The rows that were measured, section by section, as plain data."""
    sections, told = [], set()
    for title, members in rows.SECTIONS:
        lines = []
        for row in members:
            values = found.get((row.program, row.benchmark), {})
            if row.metric not in values:
                continue
            result = summary.summarise([value * row.scale for value in values[row.metric]], row.summary)
            line = {"benchmark": row.benchmark, "metric": row.metric, "title": row.title, "unit": row.unit,
                    "value": result.value, "low": result.low, "high": result.high, "kind": result.kind,
                    "repetitions": result.count, "better": row.better}
            if row.target:
                line["target"], line["met"] = row.target.text, row.target.met(result.value)
            if row.benchmark not in told and "allocations" in values:
                line["allocations"] = max(values["allocations"])
            told.add(row.benchmark)
            lines.append(line)
        if lines:
            sections.append({"title": title, "rows": lines})
    return sections
