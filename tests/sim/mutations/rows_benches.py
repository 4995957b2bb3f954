"""Rows of SEED.md about benchmarks: that each is measured, and that what is asked of its number is judged."""

from mutation import Edit, Mutation

ROWS = "bench/rows.py"
PROGRAMS = {
    "codec": ("encode_ping", "encode_packet", "decode_packet", "encoded_size"),
    "crypto": ("encrypt", "decrypt", "key_init"),
    "throughput": ("broadcast_throughput", "probe_cycle", "concurrent_probes"),
    "allocations": ("probe_cycle_allocations", "buffer_reuse_rate", "message_handling_allocations"),
    "simulated": ("simulated_detection",),
    "cpu": ("cpu_idle", "cpu_under_load"),
}


def bench(test):
    return f"bench SeedTest.test_{test}"


def is_gone(program, name):
    return Mutation(f"row_no_bench_{name}", f"bench_{name} is measured no longer",
                    Edit(f"bench/{program}_bench.cpp", f"BENCHMARK(bench_{name})", f"// (bench_{name})"),
                    reds=bench("every_row_is_of_a_benchmark_that_is_there"))


def has_no_row(name, row):
    return Mutation(f"row_no_row_{name}", f"bench_{name} is not in the table", Edit(ROWS, row, ""),
                    reds=bench("every_benchmark_of_the_seed_has_a_row"))


def is_judged(name, what, before, after, test):
    return Mutation(f"row_target_{name}", what, Edit(ROWS, before, after), reds=bench(test))


ROWS_OF_BENCHES = [
    *(is_gone(program, name) for program, names in PROGRAMS.items() for name in names),
    has_no_row("encoded_size", '        _codec("bench_encoded_size", "size of one Alive"),\n'),
    is_judged("broadcasts", "a thousand broadcasts a second are enough",
              'target=Target(">", 10_000, "> 10,000/s (seed)"), better="more"),\n        Row("throughput_bench", name, "deliveries',
              'target=Target(">", 1_000, "> 10,000/s (seed)"), better="more"),\n        Row("throughput_bench", name, "deliveries',
              "more_than_10000_broadcasts_a_second"),
    is_judged("allocations", "five allocations a probe cycle are few enough", 'Target("<", 5, "< 5 (seed)")',
              'Target("<", 6, "< 5 (seed)")', "less_than_5_allocations_a_probe_cycle"),
    is_judged("reuse", "half of the buffers used again are enough", 'Target(">", 95, "> 95 % (seed)")',
              'Target(">", 50, "> 95 % (seed)")', "more_than_95_percent_of_the_buffers_are_used_again"),
    is_judged("detection", "a failure may take five seconds", 'target=Target("<", 3_000, "< 3 s (seed)")',
              'target=Target("<", 5_000, "< 3 s (seed)")',
              "failures_are_detected_within_3_seconds_and_here_within_1_and_a_half"),
    is_judged("cpu", "a node under load may take a tenth of a core", 'target=Target("<", 5, "< 5 % (seed)")',
              'target=Target("<", 10, "< 5 % (seed)")', "less_than_1_percent_of_a_core_idle_and_5_under_load"),
]
