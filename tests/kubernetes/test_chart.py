"""What chart swim renders, looked at as objects."""

import base64
import math
import re
import unittest

import yaml

import tools
from tools import named, only, pod_of, rendered

DEMO = ("--set", "mode=demo")
NATIVE = DEMO + ("--set", "swim.nativeSidecar=true")
PLAIN = DEMO + ("--set", "swim.nativeSidecar=false")


def sidecar_of(pod):
    return named(pod.get("initContainers", []) + pod["containers"], "swim")


def kept_by_bounds():
    """Bytes that swimd keeps at most, by what they are for; the names are those of the table in deploy/README.md."""
    code = (tools.ROOT / "core" / "base" / "limits.hpp").read_text()
    bounds = {name: math.prod(map(int, value.split("*")))
              for name, value in re.findall(r"inline constexpr std::size_t (\w+) =\s+([0-9* ]+);", code)}
    copied_below = int(re.search(r"reference_from = (\d+);", (tools.ROOT / "server" / "selections.cpp").read_text())[1])
    messages = bounds["message_log_messages"]
    return {
        "messages kept for subscribers": bounds["message_log_bytes"],
        "the small ones of these in their form on the wire": messages * copied_below,
        "broadcasts kept for members that missed them": bounds["broadcast_retain_bytes_default"],
        "what is kept with each of both": 200 * (messages + bounds["broadcast_retain_messages_default"]),
        "broadcasts to be passed on": bounds["broadcast_lane_bytes_default"],
        "broadcasts that wait for an earlier one": bounds["broadcast_reorder_bytes_default"] + bounds["broadcast_early_bytes"],
        "payloads on their way in": bounds["pulls_max"] * bounds["pull_bytes_max"],
        "payloads on their way out": bounds["pulls_served_max"] * bounds["pull_bytes_max"],
        "frames that have not come whole": bounds["streams_max"] * bounds["stream_frame_bytes_max"],
        "commands on their way to the engine": bounds["mailbox_bytes"],
        "Sends under way, in and out": bounds["stream_payload_bytes_max"],
        "request ids that are remembered": 2 * 90 * bounds["requests_remembered_default"],
    }


class Sidecar(unittest.TestCase):
    def test_native_sidecar_is_the_first_init_container(self):
        pod = pod_of(only(rendered(*NATIVE), "StatefulSet"))
        self.assertEqual(pod["initContainers"][0]["name"], "swim")
        self.assertEqual(pod["initContainers"][0]["restartPolicy"], "Always")
        self.assertEqual([container["name"] for container in pod["containers"]], ["app"])
        self.assertNotIn("postStart", pod["initContainers"][0]["lifecycle"])

    def test_plain_sidecar_is_the_first_container_and_holds_the_others_back(self):
        pod = pod_of(only(rendered(*PLAIN), "StatefulSet"))
        self.assertNotIn("initContainers", pod)
        self.assertEqual([container["name"] for container in pod["containers"]], ["swim", "app"])
        self.assertNotIn("restartPolicy", pod["containers"][0])
        started = pod["containers"][0]["lifecycle"]["postStart"]["exec"]["command"]
        self.assertEqual(started, ["/usr/bin/swimctl", "wait", "--ready", "--timeout=60s"])

    def test_auto_is_native_where_every_kubelet_knows_it(self):
        for version, native in (("1.29.0", False), ("1.32.9", False), ("1.33.0", True), ("1.33.0-gke.1", True), ("1.37.0", True)):
            pod = pod_of(only(rendered(*DEMO, version=version), "StatefulSet"))
            self.assertEqual("initContainers" in pod, native, version)

    def test_no_cpu_limit_but_requests_of_both(self):
        for mode in (NATIVE, PLAIN):
            resources = sidecar_of(pod_of(only(rendered(*mode), "StatefulSet")))["resources"]
            self.assertNotIn("cpu", resources["limits"])
            self.assertEqual(sorted(resources["requests"]), ["cpu", "memory"])
            self.assertIn("memory", resources["limits"])

    def test_a_cpu_limit_that_a_quota_asks_for_is_taken(self):
        pod = pod_of(only(rendered(*NATIVE, "--set", "swim.resources.limits.cpu=2"), "StatefulSet"))
        self.assertEqual(sidecar_of(pod)["resources"]["limits"], {"cpu": 2, "memory": "448Mi"})

    def test_memory_limit_holds_what_the_bounds_of_swimd_add_up_to(self):
        resources = sidecar_of(pod_of(only(rendered(*NATIVE), "StatefulSet")))["resources"]
        limit, request = (int(resources[kind]["memory"].removesuffix("Mi")) for kind in ("limits", "requests"))
        page = (tools.ROOT / "deploy" / "README.md").read_text().split("\n## Memory\n")[1]
        rows = re.findall(r"^\| ([^|*]+) \| (\d+) \|", page, re.M)
        told = {what: int(mebibytes) for what, mebibytes in rows}
        self.assertEqual(len(told), len(rows))
        idle = told.pop("an idle node")
        self.assertLessEqual(idle, request)
        self.assertEqual(told, {what: math.ceil(size / 2**20) for what, size in kept_by_bounds().items()})
        total, more = re.search(r"\| \*\*sum\*\* \| \*\*(\d+)\*\* \| a quarter more .*: (\d+) \|", page).groups()
        self.assertEqual(int(total), idle + sum(told.values()))
        self.assertEqual(int(more), math.ceil(int(total) * 1.25))
        left = int(re.search(r"The limit leaves some (\d+) MiB", page)[1])
        self.assertEqual(limit, int(more) + left)
        self.assertIn(f"The limit of {limit}Mi is", page)

    def test_probes_ask_the_http_port(self):
        sidecar = sidecar_of(pod_of(only(rendered(*NATIVE), "StatefulSet")))
        port = named(sidecar["ports"], "swim-http")
        self.assertEqual(port["containerPort"], 7948)
        for probe, path in (("startupProbe", "/readyz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")):
            self.assertEqual(sidecar[probe]["httpGet"], {"path": path, "port": 7948})
        self.assertEqual(sidecar["startupProbe"]["periodSeconds"], 1)

    def test_stopping_drains_first(self):
        sidecar = sidecar_of(pod_of(only(rendered(*NATIVE), "StatefulSet")))
        self.assertEqual(sidecar["lifecycle"]["preStop"]["exec"]["command"], ["/usr/bin/swimctl", "drain"])

    def test_stopping_without_a_drain(self):
        for mode, hooks in ((NATIVE, None), (PLAIN, ["postStart"])):
            sidecar = sidecar_of(pod_of(only(rendered(*mode, "--set", "swim.drainOnStop=false"), "StatefulSet")))
            self.assertEqual(list(sidecar["lifecycle"]) if "lifecycle" in sidecar else None, hooks)

    def test_downward_api(self):
        sidecar = sidecar_of(pod_of(only(rendered(*NATIVE), "StatefulSet")))
        fields = {entry["name"]: entry["valueFrom"]["fieldRef"]["fieldPath"] for entry in sidecar["env"] if "valueFrom" in entry}
        self.assertEqual(fields, {"POD_NAME": "metadata.name", "POD_NAMESPACE": "metadata.namespace", "POD_IP": "status.podIP",
                                  "NODE_NAME": "spec.nodeName"})
        plain = [entry["name"] for entry in sidecar["env"] if "value" in entry]
        names = [entry["name"] for entry in sidecar["env"]]
        for name in plain:  # $(…) is filled in only from what stands before it
            self.assertGreater(names.index(name), max(names.index(field) for field in fields), name)

    def test_address_of_an_ipv6_pod_is_in_brackets(self):
        found = rendered(*NATIVE, "--set", "swim.gossip.ipFamily=IPv6")
        sidecar = sidecar_of(pod_of(only(found, "StatefulSet")))
        self.assertEqual(named(sidecar["env"], "SWIM_GOSSIP_ADVERTISE_ADDRESS")["value"], "[$(POD_IP)]:7946")
        config = yaml.safe_load(only(found, "ConfigMap")["data"]["swim.yaml"])
        self.assertEqual(config["gossip"]["bind-address"], "[::]:7946")


class Pod(unittest.TestCase):
    def test_sockets_are_in_memory_and_the_admin_one_is_the_sidecars_alone(self):
        pod = pod_of(only(rendered(*NATIVE), "StatefulSet"))
        for name in ("swim-socket", "swim-admin"):
            self.assertEqual(named(pod["volumes"], name)["emptyDir"], {"medium": "Memory", "sizeLimit": "1Mi"})
        self.assertNotIn("swim-admin", [mount["name"] for mount in named(pod["containers"], "app")["volumeMounts"]])
        self.assertIn("swim-admin", [mount["name"] for mount in sidecar_of(pod)["volumeMounts"]])

    def test_the_group_of_the_socket_is_the_pods(self):
        for arguments, group in ((NATIVE, 65532), (NATIVE + ("--set", "swim.user=1234"), 1234)):
            pod = pod_of(only(rendered(*arguments), "StatefulSet"))
            self.assertEqual(pod["securityContext"]["fsGroup"], group)
            self.assertEqual(sidecar_of(pod)["securityContext"]["runAsGroup"], group)

    def test_keys_are_a_folder_that_only_the_group_reads(self):
        pod = pod_of(only(rendered(*NATIVE), "StatefulSet"))
        self.assertEqual(named(pod["volumes"], "swim-keys")["secret"], {"secretName": "rel-swim-keys", "defaultMode": 0o440})
        self.assertNotIn("swim-keys", [mount["name"] for mount in named(pod["containers"], "app")["volumeMounts"]])

    def test_keys_and_settings_are_folders_so_that_changed_ones_arrive(self):
        pod = pod_of(only(rendered(*NATIVE), "StatefulSet"))
        for name in ("swim-keys", "swim-config"):
            self.assertNotIn("subPath", named(sidecar_of(pod)["volumeMounts"], name))

    def test_passes_pod_security_restricted(self):
        for arguments in (NATIVE, PLAIN):
            pod = pod_of(only(rendered(*arguments), "StatefulSet"))
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertEqual(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
            for container in pod.get("initContainers", []) + pod["containers"]:
                context = container["securityContext"]
                self.assertIs(context["allowPrivilegeEscalation"], False)
                self.assertIs(context["privileged"], False)
                self.assertIs(context["runAsNonRoot"], True)
                self.assertIs(context["readOnlyRootFilesystem"], True)
                self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                self.assertGreater(context["runAsUser"], 0)
            kinds = {key for volume in pod["volumes"] for key in volume if key != "name"}
            self.assertLessEqual(kinds, {"configMap", "emptyDir", "secret"})
            for forbidden in ("hostNetwork", "hostPID", "hostIPC"):
                self.assertNotIn(forbidden, pod)

    def test_asks_nothing_of_the_api_server(self):
        found = rendered(*NATIVE)
        self.assertIs(pod_of(only(found, "StatefulSet"))["automountServiceAccountToken"], False)
        kinds = {kind for kind, _ in found}
        self.assertEqual(kinds, {"ConfigMap", "Secret", "Service", "NetworkPolicy", "StatefulSet"})

    def test_changed_settings_start_the_pods_anew(self):
        def checksum(*more):
            return only(rendered(*NATIVE, *more), "StatefulSet")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
        self.assertEqual(checksum(), checksum())
        self.assertNotEqual(checksum(), checksum("--set", "swim.log.level=debug"))

    def test_mesh_leaves_gossip_and_the_probes_alone(self):
        page = (tools.ROOT / "deploy" / "README.md").read_text()
        for mesh, key in (("istio", "traffic.sidecar.istio.io/exclude{}Ports"), ("linkerd", "config.linkerd.io/skip-{}-ports")):
            template = only(rendered(*NATIVE, "--set", f"swim.mesh={mesh}"), "StatefulSet")["spec"]["template"]
            for way, ports in (("Inbound", "7946,7948"), ("Outbound", "7946")):
                annotation = key.format(way if mesh == "istio" else way.lower())
                self.assertEqual(template["metadata"]["annotations"][annotation], ports)
                if mesh == "istio":
                    self.assertIn(f'`{annotation}: "{ports}"`', page)
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):  # a name is not compared with excluded ports
                self.assertEqual(sidecar_of(template["spec"])[probe]["httpGet"]["port"], 7948)


class Shared(unittest.TestCase):
    def test_mode_sidecar_makes_only_what_is_shared(self):
        self.assertEqual({kind for kind, _ in rendered()}, {"ConfigMap", "Secret", "Service"})

    def test_unready_members_can_be_found_whatever_the_values(self):
        for arguments in ((), DEMO, ("-f", str(tools.CHART / "ci" / "full-values.yaml"))):
            service = only(rendered(*arguments), "Service")
            self.assertIs(service["spec"]["publishNotReadyAddresses"], True)
            self.assertEqual(service["spec"]["clusterIP"], "None")

    def test_selectors_agree_and_find_the_pods(self):
        for arguments in (DEMO, ("-f", str(tools.CHART / "ci" / "full-values.yaml"))):
            found = rendered(*arguments)
            workload = only(found, "StatefulSet")
            labels = workload["spec"]["template"]["metadata"]["labels"]
            service = only(found, "Service")
            policy = only(found, "NetworkPolicy")["spec"]
            selected = service["spec"]["selector"]
            self.assertEqual(policy["podSelector"]["matchLabels"], selected)
            self.assertEqual(policy["ingress"][0]["from"][0]["podSelector"]["matchLabels"], selected)
            self.assertLessEqual(selected.items(), labels.items())
            self.assertLessEqual(workload["spec"]["selector"]["matchLabels"].items(), labels.items())
            self.assertEqual(workload["spec"]["serviceName"], service["metadata"]["name"])

    def test_ports_of_service_pod_and_policy_agree(self):
        found = rendered("-f", str(tools.CHART / "ci" / "full-values.yaml"))
        ports = {(port["containerPort"], port["protocol"])
                 for port in sidecar_of(pod_of(only(found, "StatefulSet")))["ports"] if port["name"] != "swim-http"}
        service = only(found, "Service")["spec"]["ports"]
        self.assertEqual({(port["port"], port["protocol"]) for port in service}, ports)
        self.assertEqual([port["targetPort"] for port in service if "targetPort" in port], [])  # the same number
        opened = only(found, "NetworkPolicy")["spec"]["ingress"]
        self.assertEqual([(port["port"], port["protocol"]) for port in opened[0]["ports"]], [(17946, "UDP"), (17946, "TCP")])
        self.assertEqual([(port["port"], port["protocol"]) for port in opened[1]["ports"]], [(17948, "TCP")])

    def test_other_ports_stay_open_only_on_demand_and_never_ours(self):
        def ranges(*more):
            ingress = only(rendered(*DEMO, *more), "NetworkPolicy")["spec"]["ingress"]
            return [(port["port"], port["endPort"]) for rule in ingress if "from" not in rule for port in rule["ports"]
                    if port["protocol"] == "TCP"]
        self.assertEqual(ranges(), [])
        allow = ("--set", "networkPolicy.allowOtherPorts=true")
        self.assertEqual(ranges(*allow), [(1, 7945), (7947, 7947), (7949, 65535)])
        self.assertEqual(ranges(*allow, "--set", "swim.http.port=7947"), [(1, 7945), (7948, 65535)])
        self.assertEqual(ranges(*allow, "--set", "swim.http.port=7945"), [(1, 7944), (7947, 65535)])

    def test_generated_key_has_32_bytes_and_is_another_each_time(self):
        keys = [only(rendered(), "Secret")["data"]["primary"] for _ in range(2)]
        for key in keys:
            self.assertEqual(len(base64.b64decode(base64.b64decode(key, validate=True), validate=True)), 32)
        self.assertNotEqual(*keys)

    def test_existing_secret_is_mounted_and_none_is_made(self):
        found = rendered(*DEMO, "--set", "swim.encryption.existingSecret=mine")
        self.assertNotIn("Secret", {kind for kind, _ in found})
        self.assertEqual(named(pod_of(only(found, "StatefulSet"))["volumes"], "swim-keys")["secret"]["secretName"], "mine")

    def test_neither_a_key_nor_one_to_make_is_an_error(self):
        done = tools.run("helm", "template", "rel", tools.CHART, "--kube-version", "1.33.0", "--set", "swim.encryption.generate=false")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("swimctl keys generate", done.stderr)

    def test_settings_that_depend_on_the_release(self):
        config = yaml.safe_load(rendered(release="a", namespace="shop")[("ConfigMap", "a-swim-config")]["data"]["swim.yaml"])
        self.assertEqual(config["cluster"]["label"], "shop/a-swim")
        self.assertEqual(config["discovery"]["seeds"], ["dns+a-swim-gossip.shop.svc.cluster.local.:7946"])

    def test_extra_settings_win(self):
        config = yaml.safe_load(only(rendered("--set", "swim.extraConfig.gossip.preset=wan", "--set", "swim.extraConfig.api.max-streams=7"),
                                     "ConfigMap")["data"]["swim.yaml"])
        self.assertEqual(config["gossip"], {"preset": "wan", "bind-address": "0.0.0.0:7946"})
        self.assertEqual(config["api"]["max-streams"], 7)

    def assert_refused(self, values, said):
        done = tools.run("helm", "template", "rel", tools.CHART, "--kube-version", "1.33.0", "-f", "-", stdin=values)
        self.assertNotEqual(done.returncode, 0, values)
        self.assertRegex(done.stderr, said)

    def test_extra_settings_that_the_pods_fix_are_refused(self):
        for name, value, instead in (("node.name", "one", "it is the pod's name"), ("node.labels", "{tier: web}", "set swim.labels"),
                                     ("gossip.advertise-address", "10.0.0.1:1", "the pod's"),
                                     ("gossip.bind-address", "0.0.0.0:1025", "set swim.gossip.port"),
                                     ("admin.http-address", "off", "set swim.http.port.*networkPolicy.httpFrom"),
                                     ("admin.http-address", '"off"', "set swim.http.port"), ("api.socket", "/tmp/s", "your containers"),
                                     ("admin.socket", "/tmp/s", "/run/swim-admin/admin.sock"),
                                     ("encryption.keyring-dir", "/tmp/k", "set swim.encryption.existingSecret")):
            section, setting = name.split(".")
            self.assert_refused(f"swim: {{extraConfig: {{{section}: {{{setting}: {value}}}}}}}",
                                f"swim.extraConfig.{name} has no place in the file: .*{instead}")
        config = yaml.safe_load(only(rendered("--set", "swim.extraConfig.node.zone=b"), "ConfigMap")["data"]["swim.yaml"])
        self.assertEqual(config["node"], {"zone": "b"})

    def test_a_file_mode_that_yaml_took_for_a_number_is_refused(self):
        self.assert_refused("swim: {extraConfig: {api: {socket-mode: 0660}}}", 'socket-mode: write it in quotes, as in "0660"')
        found = rendered("--set-string", "swim.extraConfig.api.socket-mode=0666")
        self.assertEqual(yaml.safe_load(only(found, "ConfigMap")["data"]["swim.yaml"])["api"]["socket-mode"], "0666")

    def test_one_port_for_gossip_and_http_is_refused(self):
        self.assert_refused("swim: {http: {port: 7946}}", "swim.gossip.port and swim.http.port are both 7946")

    def test_long_release_names_stay_valid(self):
        for found in (rendered(*DEMO, release="r" * 53), rendered(*DEMO, release="swim-" + "r" * 48)):
            for kind, name in found:
                self.assertLessEqual(len(name), 63, f"{kind} {name}")
            for value in only(found, "Service")["spec"]["selector"].values():
                self.assertLessEqual(len(value), 63)


if __name__ == "__main__":
    unittest.main()
