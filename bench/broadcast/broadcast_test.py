"""Tests of what judges the broadcast bench: faults, sustained rates, ratios."""

import dataclasses
import unittest

import broadcast
import loads

RESULT = {"skipped": 0, "repeated_or_late": 0, "announced_lost": 0, "resets": 0, "strange": 0, "accepted_in_all": 9,
          "complete_in_all": 9, "rejected": {}, "failures": []}
RUN = loads.Run(rate=1000, seconds=1.0, accepted=1000.0, delivered=1000.0, faults={}, drain_seconds=0.1, to_each={},
                to_all={}, cpu_percent=[], sent_per_second=[], load_cpu_percent=0.0)


class FaultsTest(unittest.TestCase):
    def test_none(self):
        self.assertEqual(loads.faults_of(RESULT), {})

    def test_each_is_named(self):
        for name in ("skipped", "repeated_or_late", "announced_lost", "resets", "strange"):
            self.assertEqual(loads.faults_of(RESULT | {name: 2}), {name: 2})
        self.assertEqual(loads.faults_of(RESULT | {"complete_in_all": 8}), {"missing": 1})
        self.assertEqual(loads.faults_of(RESULT | {"rejected": {"QUEUE_FULL": 3}}), {"rejected QUEUE_FULL": 3})
        self.assertEqual(loads.faults_of(RESULT | {"failures": ["Socket closed"]}), {"Socket closed": 1})


class SustainedTest(unittest.TestCase):
    def test_kept_needs_all_of_it(self):
        self.assertTrue(RUN.kept)
        for changes in ({"faults": {"skipped": 1}}, {"accepted": 900.0}, {"drain_seconds": 3.0}):
            self.assertFalse(dataclasses.replace(RUN, **changes).kept)

    def test_the_search_comes_close_to_the_limit(self):
        def measure(rate):
            return dataclasses.replace(RUN, rate=rate, accepted=min(rate, 7000.0))
        for start in (100.0, 5000.0, 20000.0):
            rate, best = loads.sustained(measure, start, 24)
            self.assertAlmostEqual(rate, 7000 / loads.TAKEN, delta=100)
            self.assertTrue(best.kept)

    def test_nothing_is_sustained(self):
        self.assertEqual(loads.sustained(lambda rate: dataclasses.replace(RUN, faults={"skipped": 1}), 500, 5),
                         (0.0, None))


class RatioTest(unittest.TestCase):
    def test_interval_of_the_logarithms(self):
        # ln 2 and ln 8: mean ln 4, s = 0.9803, t = 12.706 at one degree of freedom, half = t · s / √2 = 8.807
        mean, low, high = broadcast.ratio_interval([2, 8])
        self.assertAlmostEqual(mean, 4)
        self.assertAlmostEqual(low, 4 / 6684, places=4)
        self.assertAlmostEqual(high / 26736, 1, places=2)


if __name__ == "__main__":
    unittest.main()
