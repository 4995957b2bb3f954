#!/usr/bin/env python3
"""Writes swim.dashboard.json, a Grafana dashboard of one cluster of swim members, from the rows below.

    build/venv/bin/python deploy/monitoring/dashboard.py [FILE]

Like the alerts it needs the labels `namespace` and `pod` on every series. Grafana 10.1 or newer.
"""

import functools
import itertools
import json
import pathlib
import sys

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import BigValueGraphMode, LegendDisplayMode, LegendPlacement, TooltipDisplayMode
from grafana_foundation_sdk.models.dashboard import (DashboardCursorSync, DataSourceRef, Threshold, ThresholdsMode, VariableRefresh,
                                                     VariableSort)

FILE = pathlib.Path(__file__).with_name("swim.dashboard.json")
SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")

PODS = 'namespace="$namespace",pod=~"$pod"'
# Who left or drains is no member to the others, as for the alerts.
STAYS = f'unless on (namespace, pod) swim_node_state{{{PODS},state=~"left|draining"}} == 1'
ALIVE = f'(swim_members{{{PODS},status="alive"}} {STAYS})'


def now(metric, labels=""):
    return f"{metric}{{{PODS}{',' if labels else ''}{labels}}}"


def rate(metric, labels=""):
    return f"rate({now(metric, labels)}[$__rate_interval])"


def of_swimd(metric):
    """A metric that other containers of the pod may have as well."""
    return f"{now(metric)} and on (instance) {now('swim_node_info')}"


def over(function, expression, by=""):
    return f"{function} by ({by}) ({expression})" if by else f"{function}({expression})"


most = functools.partial(over, "max")
total = functools.partial(over, "sum")
mean = functools.partial(over, "avg")


def half(expression):
    return f"quantile(0.5, {expression})"


ROUND_TRIP = f"{rate('swim_probe_rtt_seconds_sum')} / ({rate('swim_probe_rtt_seconds_count')} > 0)"
CPU = f"{rate('process_cpu_seconds_total')} and on (instance) {now('swim_node_info')}"
MEMORY = of_swimd("process_resident_memory_bytes")
DESCRIPTORS = f"({of_swimd('process_open_fds')}) / ({of_swimd('process_max_fds')})"

# Title, the value that turns the number orange, what to make of it, expression.
OVERVIEW = [
    ("Members alive", None, "As the member sees it that sees most.", most(ALIVE)),
    ("Views differ by", 1, "Between the member that sees most members alive and the one that sees fewest. For minutes: a partition, see "
     "SwimMembersInconsistent and SwimClusterSplit.", f"{most(ALIVE)} - {over('min', ALIVE)}"),
    ("Suspect or failed", 1, "As the member sees it that sees most. `swimctl explain MEMBER` says why.",
     most(total(now("swim_members", 'status=~"suspect|failed"'), "pod"))),
    ("Not joined", 1, "Members whose seeds have not let them in yet. `swimctl status` there names each seed and its last error.",
     over("count", now("swim_node_state", 'state=~"starting|joining"') + " == 1") + " or vector(0)"),
    ("Keys that seal", 2, "Different primary keys in use. Two during a rotation; for longer see SwimKeyringInconsistent.",
     over("count", over("count", now("swim_keyring_info", 'role="primary"'), "fingerprint"))),
    ("Applications lost", 1, "Apps that attached and ended without a goodbye, and have not come back.",
     total(now("swim_apps", 'state="lost"'))),
]

# Title, unit, what to make of it, {legend: expression}; a label in braces names each series by its value.
ROWS = [
    ("Members", [
        ("Members by status", "short", "As the member sees it that sees most of each.",
         {"{status}": most(now("swim_members"), "status")}),
        ("How many see how many alive", "short", "One line where all agree. Two that last are the sides of a partition.",
         {"see {alive} alive": f'count_values("alive", {ALIVE})'}),
        ("What happens to members", "cps", "Changes a second, as the busiest member tells its watchers.",
         {"{type}": most(rate("swim_member_events_total"), "type")}),
    ]),
    ("Failure detection", [
        ("Suspicions", "cps", "Of all members together. Refuted ones are false alarms that harm nobody: loss, or a member that is slow.",
         {"raised": total(rate("swim_suspicions_raised_total")), "{outcome}": total(rate("swim_suspicions_total"), "outcome")}),
        ("Round trip of a probe", "s", "The average of each member's direct probes.",
         {"slowest member": most(ROUND_TRIP), "half of the members": half(ROUND_TRIP)}),
        ("First pings without an answer", "percentunit", "What loss looks like to a member. See SwimAnswersMissed.",
         {"worst member": most(now("swim_missed_answers_ratio")), "half of the members": half(now("swim_missed_answers_ratio"))}),
        ("Health score", "short", "How far members stretch their own timeouts because they are slow themselves; 0 is healthy. See "
         "SwimHealthDegraded.",
         {"worst member": most(now("swim_health_score")), "{pod}": f"topk(10, {now('swim_health_score')} > 0)"}),
        ("Stalls and deafness", "cps", "Times that a member stood still, or heard nothing at all, and accused nobody for it.",
         {"stood still": total(rate("swim_stalls_total")), "heard nothing": total(rate("swim_deafness_total"))}),
        ("Kept from running", "s", "The latest that a deadline was served, and what the CPU limit takes of a second. See SwimCpuThrottled.",
         {"deadline served late": most(now("swim_event_loop_lag_max_seconds")),
          "throttled in a second": most(rate("swim_cgroup_cpu_throttled_seconds_total"))}),
    ]),
    ("Network", [
        ("Bytes of a member", "Bps", "The average member, without headers of IP, UDP and TCP.",
         {"sent by {transport}": mean(rate("swim_sent_bytes_total"), "transport"),
          "received by {transport}": mean(rate("swim_received_bytes_total"), "transport")}),
        ("Datagrams of a member", "pps", "The average member.",
         {"sent": mean(rate("swim_packets_sent_total")), "received": mean(rate("swim_packets_received_total"))}),
        ("Received and not used", "pps", "All members together. auth: another key, another cluster label, or not for this run of the node.",
         {"{reason}": total(rate("swim_packets_dropped_total"), "reason")}),
        ("Lost at this end", "pps", "All members together. Receive buffer: see SwimReceiveBufferOverflow.",
         {"receive buffer full": total(rate("swim_socket_receive_drops_total")),
          "the kernel did not send": total(rate("swim_socket_send_failures_total")),
          "too many to send": total(rate("swim_sends_dropped_total"))}),
        ("Comparisons of all that is known", "cps", "Between two members, over TCP. Those by digest began because two views differed.",
         {"{result}": total(rate("swim_syncs_total"), "result"), "by digest": total(rate("swim_digest_syncs_total")),
          "streams that broke": total(rate("swim_streams_failed_total"))}),
        ("Joins", "cps", "Not authenticated: see SwimNotAuthenticated.",
         {"{result}": total(rate("swim_join_attempts_total"), "result"),
          "not authenticated": total(rate("swim_join_not_authenticated_total"))}),
    ]),
    ("Messages", [
        ("Broadcasts", "cps", "Of the average member. Repaired: they were missing, were asked for, and came.",
         {"received": mean(rate("swim_broadcasts_received_total")), "repaired": mean(rate("swim_broadcasts_repaired_total")),
          "payloads pulled": mean(rate("swim_payloads_total", 'step="pulled"'))}),
        ("Broadcasts lost", "cps", "All members together; subscribers were told of each gap. See SwimBroadcastsLost.",
         {"lost": total(rate("swim_broadcasts_lost_total")), "gaps": total(rate("swim_broadcast_gaps_total")),
          "not passed on: {reason}": total(rate("swim_broadcast_dropped_total"), "reason")}),
        ("Waiting to be passed on", "short", "The fullest queue. A queue that stays full slows its producers down.",
         {"{queue}": most(now("swim_broadcast_queue_messages"), "queue"), "batches held back": most(now("swim_batches_waiting"))}),
        ("Messages to one member", "cps", "All members together.",
         {"sent": total(rate("swim_user_messages_sent_total")), "delivered": total(rate("swim_user_messages_delivered_total"))}),
    ]),
    ("Applications", [
        ("Streams", "short", "Open now, all members together.", {"{rpc}": total(now("swim_watchers"), "rpc")}),
        ("Watchers that began again", "cps", "With a snapshot. overflow: a client reads more slowly than things happen.",
         {"{reason}": total(rate("swim_watch_resyncs_total"), "reason")}),
        ("Attached applications", "short", "See SwimAppLost for what clears a lost one.", {"{state}": total(now("swim_apps"), "state")}),
        ("Turned away", "cps", "Commands, because too many waited; connections, because file descriptors ran out.",
         {"commands": total(rate("swim_mailbox_rejected_total")), "connections": total(rate("swim_api_connections_refused_total"))}),
    ]),
    ("Process", [
        ("CPU", "short", "Cores.", {"busiest member": most(CPU), "average member": mean(CPU)}),
        ("Memory", "bytes", "Resident. deploy/README.md says what a member keeps at most.",
         {"largest member": most(MEMORY), "average member": mean(MEMORY)}),
        ("File descriptors", "percentunit", "Of those that the process may have.", {"fullest member": most(DESCRIPTORS)}),
        ("Warnings and errors", "cps", "Lines of the logs, all members together.",
         {"{level}": total(rate("swim_log_messages_total", 'level=~"warn|error"'), "level")}),
    ]),
]


def target(letter, expression, legend=""):
    query = (prometheus.Dataquery().datasource(SOURCE).ref_id(letter).expr(expression)
             .legend_format(legend.replace("{", "{{").replace("}", "}}")))
    return query.range() if legend else query.instant()


def number(title, warn_from, description, expression):
    steps = [Threshold(value=None, color="green")] + ([Threshold(value=float(warn_from), color="orange")] if warn_from else [])
    return (stat.Panel().title(title).description(description).datasource(SOURCE).unit("short").height(4).span(4)
            .graph_mode(BigValueGraphMode.NONE).no_value("none").reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
            .with_target(target("A", expression)))


def lines(title, unit, description, targets, width):
    panel = (timeseries.Panel().title(title).description(description).datasource(SOURCE).unit(unit).height(7).span(width).min(0)
             .fill_opacity(5).legend(common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
                                     .show_legend(True).calcs([]))
             .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI)))
    for letter, (legend, expression) in zip("ABCDEF", targets.items()):
        panel.with_target(target(letter, expression, legend))
    return panel


def choice(name, label, query):
    return (dashboard.QueryVariable(name).label(label).datasource(SOURCE).query({"query": query, "refId": name})
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC))


def build():
    board = (dashboard.Dashboard("swim").uid("swim-cluster").tags(["swim"]).editable().refresh("10s").time("now-30m", "now")
             .description("One cluster of swim members. The alerts that panels name are those of swim.rules.yaml.")
             .tooltip(DashboardCursorSync.CROSSHAIR)
             .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
             .with_variable(choice("namespace", "Namespace", "label_values(swim_node_info, namespace)"))
             .with_variable(choice("cluster", "Cluster", 'label_values(swim_node_info{namespace="$namespace"}, swim_cluster)'))
             .with_variable(choice("pod", "Pods", 'label_values(swim_node_info{namespace="$namespace",swim_cluster="$cluster"}, pod)')
                            .multi(True).include_all(True)))
    ids = itertools.count(1)
    for panel in OVERVIEW:
        board.with_panel(number(*panel).id(next(ids)))
    for row, panels in ROWS:
        board.with_row(dashboard.Row(row).id(next(ids)))
        for panel in panels:
            board.with_panel(lines(*panel, width=8 if len(panels) % 3 == 0 else 6).id(next(ids)))
    return board.build()


def text():
    return json.dumps(build(), cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(text())
