"""The table as lines of text, with a former run beside it where one is given."""

import summary


def number(value):
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
    return f"{value:,.{digits}f}"


def interval(line):
    if line["low"] == line["high"]:
        return "exact" if line["repetitions"] > 1 else "once"
    if line["kind"] == "mean":
        return f"± {number((line['high'] - line['low']) / 2)}"
    return f"{number(line['low'])} … {number(line['high'])}"


def compared(line, before):
    old = before.get((line["benchmark"], line["metric"]))
    if old is None:
        return "", "new"
    fields = ("value", "low", "high", "kind", "repetitions")
    percent, verdict = summary.change(summary.Summary(*(old[f] for f in fields)),
                                      summary.Summary(*(line[f] for f in fields)), line["better"])
    return verdict, f"{percent:+.1f} %" + (f" {verdict}" if verdict else "")


def table(sections, before):
    """The lines to print, and how many rows got worse."""
    head = ["", "value", "unit", "95 % / range", "target", "met", "allocations"]
    if before is not None:
        head.append("before")
    body, worse = [], 0
    for section in sections:
        body.append([section["title"]])
        for line in section["rows"]:
            cells = ["  " + line["title"], number(line["value"]), line["unit"], interval(line), line.get("target", ""),
                     {True: "yes", False: "NO", None: ""}[line.get("met")],
                     number(line["allocations"]) if "allocations" in line else ""]
            if before is not None:
                verdict, text = compared(line, before)
                worse += verdict == "worse"
                cells.append(text)
            body.append(cells)
    wide = [cells for cells in [head] + body if len(cells) > 1]
    widths = [max(len(cells[i]) for cells in wide) for i in range(len(head))]
    to_the_right = (1, 3, 6)
    lines = []
    for cells in [head] + body:
        if len(cells) == 1:
            lines += ["", cells[0]]
            continue
        lines.append("  ".join(cell.rjust(width) if i in to_the_right else cell.ljust(width)
                               for i, (cell, width) in enumerate(zip(cells, widths))).rstrip())
    return lines, worse
