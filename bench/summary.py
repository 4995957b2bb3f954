"""From the repetitions of a benchmark to one value and how far to trust it. Standard library only."""

import math
import statistics
from dataclasses import dataclass

# Two-sided 95 % quantiles of Student's t by degrees of freedom (1 to 30), then the normal one.
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)


@dataclass(frozen=True)
class Summary:
    value: float
    low: float
    high: float
    kind: str  # "mean": low and high are its 95 % confidence interval; "median": the least and the greatest
    count: int


def t95(degrees):
    return _T95[degrees - 1] if degrees <= len(_T95) else 1.960


def summarise(values, kind):
    if not values:
        raise ValueError("nothing was measured")
    if kind == "median" or len(values) == 1:
        return Summary(statistics.median(values), min(values), max(values), "median", len(values))
    mean = statistics.fmean(values)
    half = t95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return Summary(mean, mean - half, mean + half, "mean", len(values))


def change(old, new, better):
    """(percent, verdict): a verdict only where the intervals are apart and the values differ by over 5 %."""
    if old.value == 0:
        percent = 0.0 if new.value == 0 else math.inf
    else:
        percent = 100.0 * (new.value - old.value) / abs(old.value)
    apart = new.low > old.high or new.high < old.low
    if not better or not apart or abs(percent) < 5:
        return percent, ""
    return percent, "better" if (percent < 0) == (better == "less") else "worse"
