"""Tests of the runner: statistics against hand-computed values, google-benchmark's JSON, the table."""

import pathlib
import unittest

import results
import rows
import run
import summary
import table

HERE = pathlib.Path(__file__).resolve().parent


def entry(name, **more):
    return {"name": name, "run_name": name, "run_type": "iteration", "time_unit": "ns", "cpu_time": 1.0,
            "real_time": 2.0, "iterations": 10, **more}


class SummaryTest(unittest.TestCase):
    def test_mean_with_its_confidence_interval(self):
        # s = 1.2910, t = 3.182 at 3 degrees of freedom: half = t · s / √4
        found = summary.summarise([1.0, 2.0, 3.0, 4.0], "mean")
        self.assertEqual((found.value, found.kind, found.count), (2.5, "mean", 4))
        self.assertAlmostEqual(found.high - found.value, 2.0540, places=3)
        self.assertAlmostEqual(found.value - found.low, 2.0540, places=3)

    def test_median_with_least_and_greatest(self):
        found = summary.summarise([9.0, 1.0, 5.0], "median")
        self.assertEqual((found.value, found.low, found.high), (5.0, 1.0, 9.0))

    def test_one_repetition_has_no_confidence(self):
        self.assertEqual(summary.summarise([3.0], "mean").kind, "median")

    def test_nothing_measured_is_an_error(self):
        with self.assertRaises(ValueError):
            summary.summarise([], "mean")

    def test_change_is_judged_only_where_intervals_are_apart(self):
        def made(value, half):
            return summary.Summary(value, value - half, value + half, "mean", 5)
        self.assertEqual(summary.change(made(100, 1), made(120, 1), "less"), (20.0, "worse"))
        self.assertEqual(summary.change(made(100, 1), made(120, 1), "more"), (20.0, "better"))
        self.assertEqual(summary.change(made(100, 15), made(120, 15), "less"), (20.0, ""))
        self.assertEqual(summary.change(made(100, 1), made(103, 1), "less"), (3.0, ""))
        self.assertEqual(summary.change(made(100, 1), made(120, 1), ""), (20.0, ""))


class ResultsTest(unittest.TestCase):
    def test_repetitions_are_gathered_and_aggregates_ignored(self):
        name = "bench_broadcast_throughput/3/iterations:1/manual_time"
        found, problems = results.measurements({"benchmarks": [
            entry(name, broadcasts_per_second=5.0), entry(name, broadcasts_per_second=7.0),
            {**entry(name, broadcasts_per_second=6.0), "run_type": "aggregate"}]})
        self.assertEqual(problems, [])
        self.assertEqual(found["bench_broadcast_throughput/3"]["broadcasts_per_second"], [5.0, 7.0])

    def test_times_are_nanoseconds_whatever_the_unit(self):
        found, _ = results.measurements({"benchmarks": [entry("bench_a", time_unit="us")]})
        self.assertEqual(found["bench_a"]["cpu_time"], [1000.0])

    def test_an_error_is_a_problem_and_no_value(self):
        found, problems = results.measurements({"benchmarks": [
            entry("bench_a", error_occurred=True, error_message="no probe was answered")]})
        self.assertEqual(found, {})
        self.assertEqual(problems, ["bench_a: no probe was answered"])

    def test_a_target_is_judged_by_the_value(self):
        for percent, met in ((99.0, True), (90.0, False)):
            sections = results.collect({("allocations_bench", "bench_buffer_reuse_rate"): {"reuse_percent": [percent]}})
            self.assertEqual([line["met"] for line in sections[0]["rows"]], [met])

    def test_every_row_has_its_own_place(self):
        places = [(row.program, row.benchmark, row.metric) for _, members in rows.SECTIONS for row in members]
        self.assertEqual(len(places), len(set(places)))


class RunTest(unittest.TestCase):
    def test_each_program_that_a_row_needs_is_run_and_each_that_is_run_has_a_row(self):
        needed = {row.program for _, section in rows.SECTIONS for row in section}
        self.assertEqual(needed, set(run.PROGRAMS))


class SeedTest(unittest.TestCase):
    """What the seed asks to be measured, and what it asks of the numbers: just met, and just not."""

    NAMES = ("bench_encode_ping", "bench_encode_packet", "bench_decode_packet", "bench_encoded_size", "bench_encrypt",
             "bench_decrypt", "bench_key_init", "bench_broadcast_throughput", "bench_probe_cycle",
             "bench_concurrent_probes", "bench_probe_cycle_allocations", "bench_buffer_reuse_rate",
             "bench_message_handling_allocations")

    def rows_of(self, benchmark):
        return [row for _, members in rows.SECTIONS for row in members if row.benchmark.split("/")[0] == benchmark]

    def test_every_benchmark_of_the_seed_has_a_row(self):
        for name in self.NAMES:
            self.assertTrue(self.rows_of(name), name)

    def test_every_row_is_of_a_benchmark_that_is_there(self):
        for _, members in rows.SECTIONS:
            for row in members:
                source = (HERE / f"{row.program}.cpp").read_text()
                self.assertIn(f"BENCHMARK({row.benchmark.split('/')[0]})", source)

    def asked_of(self, benchmark, metric, met, missed):
        found = [row for row in self.rows_of(benchmark) if row.metric == metric]
        self.assertTrue(found, benchmark)
        for row in found:
            for value, expected in ((met, True), (missed, False)):
                sections = results.collect({(row.program, row.benchmark): {metric: [value / row.scale]}})
                self.assertEqual([line["met"] for line in sections[0]["rows"]], [expected], row.title)

    def test_less_than_5_allocations_a_probe_cycle(self):
        self.asked_of("bench_probe_cycle_allocations", "allocations", 4.9, 5.0)

    def test_more_than_95_percent_of_the_buffers_are_used_again(self):
        self.asked_of("bench_buffer_reuse_rate", "reuse_percent", 95.1, 95.0)

    def test_more_than_10000_broadcasts_a_second(self):
        self.asked_of("bench_broadcast_throughput", "broadcasts_per_second", 10_001.0, 10_000.0)

    def test_failures_are_detected_within_3_seconds_and_here_within_1_and_a_half(self):
        self.asked_of("bench_simulated_detection", "p50", 2_999.0, 3_000.0)
        self.asked_of("bench_simulated_detection", "p99", 999.0, 1_500.0)
        self.asked_of("bench_simulated_detection", "false_positives", 0.0, 1.0)

    def test_less_than_1_percent_of_a_core_idle_and_5_under_load(self):
        self.asked_of("bench_cpu_idle", "cpu_percent", 0.9, 1.0)
        self.asked_of("bench_cpu_under_load", "cpu_percent", 4.9, 5.0)


class TableTest(unittest.TestCase):
    def sections(self, value):
        return results.collect({("codec_bench", "bench_encode_ping"): {
            "cpu_time": [value, value + 0.5], "allocations": [0.0, 1.0]}})

    def test_the_worst_repetition_counts_for_allocations(self):
        lines, worse = table.table(self.sections(50.0), None)
        self.assertEqual(worse, 0)
        self.assertTrue(lines[-1].endswith("1.00"), lines[-1])

    def test_a_row_that_got_worse_is_said_and_counted(self):
        old = self.sections(50.0)[0]["rows"][0]
        lines, worse = table.table(self.sections(500.0), {(old["benchmark"], old["metric"]): old})
        self.assertEqual(worse, 1)
        self.assertIn("worse", lines[-1])


if __name__ == "__main__":
    unittest.main()
