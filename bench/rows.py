"""The rows of the table as data: which number of which benchmark, its unit, and what is asked of it.

Targets are the seed's (swim-don) and DESIGN's (swimd). `allocations` of a benchmark stands in its first row.
"""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Target:
    sign: str  # "<" or ">"
    limit: float
    text: str  # as printed: the limit with its unit, and who asks

    def met(self, value):
        return value < self.limit if self.sign == "<" else value > self.limit


@dataclass(frozen=True)
class Row:
    program: str
    benchmark: str  # google-benchmark's name without /iterations:… and the like
    metric: str  # cpu_time (ns), real_time (ns), or a counter
    title: str
    unit: str
    scale: float = 1.0  # value × scale is in `unit`
    target: Optional[Target] = None
    # "mean": of the repetitions, with its confidence interval. "median": with least and greatest, for
    # percentiles and for counts, whose repetitions are not spread like a normal error.
    summary: str = "mean"
    better: str = "less"  # or "more"; "" = neither, a fact


GIB = 1 / 2**30


def _codec(name, title):
    return Row("codec_bench", name, "cpu_time", title, "ns")


def _crypto(name, title):
    return Row("crypto_bench", name, "bytes_per_second", title, "GiB/s", GIB, better="more")


def _handling(kind, title):
    return Row("allocations_bench", f"bench_message_handling_allocations/{kind}", "cpu_time",
               f"one {title}: open, decode, apply, answer", "ns")


def _broadcasts(nodes):
    name = f"bench_broadcast_throughput/{nodes}"
    return (
        Row("throughput_bench", name, "broadcasts_per_second", f"one tells {nodes} nodes on loopback", "broadcasts/s",
            target=Target(">", 10_000, "> 10,000/s (seed)"), better="more"),
        Row("throughput_bench", name, "deliveries_per_second", "… counted at every receiver", "messages/s",
            better="more"),
        Row("throughput_bench", name, "delivered_percent", "… delivered", "%", summary="median", better="more"),
        Row("throughput_bench", f"bench_broadcast_latency/{nodes}", "p50",
            f"one broadcast to all of {nodes} on loopback, p50", "ms", summary="median"),
        Row("throughput_bench", f"bench_broadcast_latency/{nodes}", "p99", "… p99", "ms", summary="median"),
    )


def _simulated_broadcast(nodes, loss):
    name = f"bench_simulated_broadcast/nodes:{nodes}/loss:{loss}"
    lossy = f", {loss} % loss" if loss else ""
    return (
        Row("simulated_bench", name, "p50", f"one broadcast to all of {nodes}{lossy}, p50", "ms", summary="median"),
        Row("simulated_bench", name, "p99", "… p99", "ms", summary="median"),
        Row("simulated_bench", name, "incomplete", "… not at all within 10 s", "broadcasts", summary="median"),
    )


def _simulated_throughput(nodes):
    name = f"bench_simulated_throughput/nodes:{nodes}"
    return (
        Row("simulated_bench", name, "broadcasts_per_second", f"one tells {nodes} nodes, 512 under way", "broadcasts/s",
            target=Target(">", 10_000, "> 10,000/s (seed)"), summary="median", better="more"),
        Row("simulated_bench", name, "received_percent", "… received by the last node", "%", summary="median",
            better="more"),
    )


def _detection(nodes, host, limit):
    name = f"bench_simulated_detection/nodes:{nodes}/host:{host}"
    what = "lost host" if host else "killed process"
    return (
        Row("simulated_bench", name, "p50", f"{what} to FAILED on all of {nodes}, p50", "ms",
            target=Target("<", 3_000, "< 3 s (seed)"), summary="median"),
        Row("simulated_bench", name, "p99", "… p99", "ms", target=limit, summary="median"),
        Row("simulated_bench", name, "false_positives", "… members called FAILED that ran", "members",
            target=Target("<", 1, "none"), summary="median"),
    )


SECTIONS = (
    ("Codec: a full packet is a ping and what fits behind it in 1,202 bytes", (
        _codec("bench_encode_ping", "encode a ping"),
        _codec("bench_encode_packet", "encode a full packet"),
        _codec("bench_decode_packet", "decode a full packet"),
        _codec("bench_encoded_size", "size of one Alive"),
    )),
    ("Crypto: AES-256-GCM, 1,200 bytes", (
        _crypto("bench_encrypt", "encrypt, random nonce, new buffer"),
        _crypto("bench_decrypt", "decrypt, new buffer"),
        Row("crypto_bench", "bench_key_init", "cpu_time", "a key made ready", "ns"),
        _crypto("bench_seal_datagram", "seal a datagram in place"),
        _crypto("bench_open_datagram", "open a datagram in place"),
    )),
    ("Allocations and reuse", (
        Row("allocations_bench", "bench_probe_cycle_allocations", "allocations", "a steady probe cycle, both ends",
            "allocations", target=Target("<", 5, "< 5 (seed)"), summary="median"),
        Row("allocations_bench", "bench_buffer_reuse_rate", "reuse_percent", "receive buffers reused, under load", "%",
            target=Target(">", 95, "> 95 % (seed)"), summary="median", better="more"),
        _handling(0, "ping"),
        _handling(1, "Alive without news"),
        _handling(2, "late Suspect"),
        _handling(3, "Send of 64 bytes"),
        _handling(4, "new broadcast of 64 bytes"),
    )),
    ("Probes", (
        Row("throughput_bench", "bench_probe_cycle", "seconds_per_probe", "a probe cycle, both ends, no network", "µs",
            1e6),
        Row("throughput_bench", "bench_concurrent_probes/1", "items_per_second", "probes, one at a time", "probes/s",
            better="more"),
        Row("throughput_bench", "bench_concurrent_probes/32", "items_per_second", "probes, 32 at once", "probes/s",
            better="more"),
        Row("throughput_bench", "bench_ping_round_trip", "p50", "ping over loopback UDP, p50", "µs", summary="median"),
        Row("throughput_bench", "bench_ping_round_trip", "p99", "… p99", "µs", summary="median"),
    )),
    ("Broadcast over loopback UDP, 64 bytes, at most 512 under way", _broadcasts(3) + _broadcasts(10)),
    ("Virtual time, latencies of 50 to 500 µs: broadcast", (
        *_simulated_broadcast(10, 0), *_simulated_broadcast(100, 0), *_simulated_broadcast(100, 1),
        *_simulated_throughput(3), *_simulated_throughput(10))),
    ("Virtual time: failure detection", (
        *_detection(10, 0, Target("<", 1_000, "< 1 s (DESIGN)")),
        *_detection(10, 1, Target("<", 1_500, "< 1.5 s (DESIGN)")),
        *_detection(100, 0, Target("<", 1_000, "< 1 s (DESIGN)")),
        *_detection(100, 1, Target("<", 1_500, "< 1.5 s (DESIGN)")),
        Row("saturated_bench", "bench_detection_under_broadcasts", "loaded_p50",
            "killed process to FAILED on all of 20 while broadcasts fill the lane, p50", "ms", summary="median"),
        Row("saturated_bench", "bench_detection_under_broadcasts", "ratio_high",
            "… against the same in silence, upper end of the 95 % interval of the medians' ratio", "×",
            target=Target("<", 1.05, "< 1.05"), summary="median"),
    )),
    ("CPU of one node, percent of a core", (
        Row("cpu_bench", "bench_cpu_idle/3", "cpu_percent", "idle, 3 nodes", "%",
            target=Target("<", 1, "< 1 % (seed)")),
        Row("cpu_bench", "bench_cpu_idle/10", "cpu_percent", "idle, 10 nodes", "%",
            target=Target("<", 1, "< 1 % (seed)")),
        Row("cpu_bench", "bench_cpu_under_load/nodes:3/rate:100", "cpu_percent", "100 broadcasts/s among 3", "%",
            target=Target("<", 5, "< 5 % (seed)")),
        Row("cpu_bench", "bench_cpu_under_load/nodes:3/rate:100", "delivered_percent", "… delivered", "%",
            summary="median", better="more"),
    )),
)
